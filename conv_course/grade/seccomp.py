"""A filter program for `bwrap --seccomp`: the system calls that a learner's process may not make.

Most importantly, the process cannot start processes: RLIMIT_NPROC does not apply to root. It can start
threads, whose number is limited by memory. Only Unix sockets are allowed, since a network namespace does not
isolate all other families (AF_VSOCK leads from a virtual machine to its host).
"""

import platform
import struct

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name: (x86_64, aarch64); None if the architecture does not have the call
DENIED = {
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
FORKS = ("fork", "vfork")
CLONE, CLONE3, CLONE_THREAD = (56, 220), 435, 0x00010000
NAMESPACES = 0x7E020000  # CLONE_NEWNS and the other namespace flags
SOCKETS, AF_UNIX = ((41, 198), (53, 199)), 1  # socket, socketpair
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
ARGUMENT = 16  # offset of the lower half of the first argument
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def program(machine=None, *, forks=False):
    """Return the filter's bytes, or None for an architecture that is not in the table.

    With `forks` the process may fork. Only the process of the course's own layers does so, before it reads
    anything from a submission.
    """
    machine = machine or platform.machine()
    if machine not in AUDIT_ARCH:
        return None
    column = list(AUDIT_ARCH).index(machine)
    denied = [
        numbers[column]
        for name, numbers in DENIED.items()
        if numbers[column] is not None and not (forks and name in FORKS)
    ]
    steps = [
        (LOAD, 0, 0, 4),  # the architecture
        (JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),  # the number of the call
    ]
    if machine == "x86_64":  # refuse the x32 numbering of the same calls
        steps += [(JUMP_AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, ERROR | EPERM)]
    steps += [(JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ERROR | ENOSYS)]  # the C library falls back to clone
    for number in denied:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERROR | EPERM)]
    for numbers in SOCKETS:
        steps += [
            (JUMP_EQUAL, 0, 4, numbers[column]),
            (LOAD, 0, 0, ARGUMENT),  # the family
            (JUMP_EQUAL, 1, 0, AF_UNIX),
            (RETURN, 0, 0, ERROR | EAFNOSUPPORT),
            (RETURN, 0, 0, ALLOW),
        ]
    good, bad = (1, 0) if not forks else (0, 1)
    steps += [
        (JUMP_EQUAL, 0, 3, CLONE[column]),
        (LOAD, 0, 0, ARGUMENT),  # the flags
        (JUMP_ANY_BIT, good, bad, NAMESPACES if forks else CLONE_THREAD),
        (RETURN, 0, 0, ERROR | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", code, yes, no, value) for code, yes, no, value in steps)
