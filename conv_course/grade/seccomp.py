"""System calls that a learner's process may not make, as a filter program for `bwrap --seccomp`.

Above all it cannot start processes: a limit on their number does not hold for root. Threads can be
started; memory limits them. Of sockets there are only those of Unix: a network namespace does not cover all
other families (a virtual machine's AF_VSOCK leads to its host).
"""

import platform
import struct

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name: (x86_64, aarch64); None where the machine does not have it
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
NAMESPACES = 0x7E020000  # CLONE_NEWNS and its kind
SOCKETS, AF_UNIX = ((41, 198), (53, 199)), 1  # socket, socketpair
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
ARGUMENT = 16  # where the lower half of the first argument is
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def program(machine=None, *, forks=False):
    """The filter's bytes, or None for a machine whose numbers are not in the table.

    With `forks` a process may fork, which only the course's own functions do, before they see anything of a
    submission.
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
    if machine == "x86_64":  # the second numbering of the same calls
        steps += [(JUMP_AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, ERROR | EPERM)]
    steps += [(JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ERROR | ENOSYS)]  # the C library then asks for clone
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
