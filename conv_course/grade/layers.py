"""Run the functions that a question hands to a learner's function, in a process beside the learner's.

A question about tests hands over right and wrong layers. If their code lay in the learner's process, it could
be read instead of tested. So the learner gets stand-ins that send their arguments here, through a socket,
and get back a result, an error, and arrays that the layer changed. Only plain data crosses, both ways.

`Servers` sends the process a socket for each submission. The process forks for it, so that nothing of one
submission is there when the next one comes.
"""

import contextlib
import importlib
import json
import os
import socket
import struct
import sys

LARGEST = 16 << 20
FREE = b"."  # said when a submission's end of its socket is closed
SET_SECCOMP, FILTER = 22, 2  # of prctl


def receive(connection):
    """One message, or None at the end."""
    size = int.from_bytes(_exactly(connection, 4) or b"", "big")
    return _exactly(connection, size) if 0 < size <= LARGEST else None


def _exactly(connection, size):
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 16))
        if not part:
            return None
        data += part
    return bytes(data)


def send(connection, data):
    connection.sendall(len(data).to_bytes(4, "big") + data)


def main():
    with os.fdopen(os.dup(0), "rb") as file:
        job = json.loads(file.read())
    sys.path[:] = [job["folder"], *sys.path, *job["packages"]]
    from conv_course.checker.wire import loads_trusted

    codes = loads_trusted(job["codes"].encode())
    for code in codes:
        code.function  # noqa: B018 - compiled once, for all submissions
    for module in [*job["modules"], "conv_course.checker.run", "ctypes"]:
        importlib.import_module(module)
    control = socket.socket(fileno=job["control"])
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        process = os.fork()
        if process == 0:
            control.close()
            try:
                serve(codes, descriptors[0], job)
            finally:
                os._exit(0)
        os.close(descriptors[0])
        os.waitpid(process, 0)
        control.sendall(FREE)


def serve(codes, descriptor, job):
    """Answer the requests of one submission."""
    confine(job)
    with socket.socket(fileno=descriptor) as connection, contextlib.suppress(OSError):
        while (request := receive(connection)) is not None:
            send(connection, reply(codes, request))


def confine(job):
    """From here on: no file can be written, computing time is limited, no process can be started."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu"], job["cpu"]))
    if job["filter"] is not None:
        import ctypes

        steps = bytes.fromhex(job["filter"])
        text = ctypes.create_string_buffer(steps, len(steps))
        program = struct.pack("HP", len(steps) // 8, ctypes.addressof(text))
        if ctypes.CDLL(None).prctl(SET_SECCOMP, FILTER, program, 0, 0) != 0:
            raise OSError("the filter of system calls cannot be set")


def reply(codes, request):
    """The answer to one request: what the layer gave, or its error, and the arguments that it changed."""
    from conv_course.checker.answers import Room
    from conv_course.checker.guards import TimeLimit, quiet, time_limit
    from conv_course.checker.run import arrange, same_input
    from conv_course.checker.wire import dumps, loads

    try:
        number, args, kwargs = loads(request, Room(LARGEST))
        if type(number) is not int or not 0 <= number < len(codes):
            raise IndexError("there is no such function")
        passed = [arrange(value, order) for order, value in args]
        named = {key: arrange(value, order) for key, (order, value) in kwargs.items()}
        with quiet(), time_limit(3):
            value = codes[number].function(*passed, **named)
        changed = [
            [i, new]
            for i, ((_, old), new) in enumerate(zip(args, passed, strict=True))
            if not same_input(old, new)
        ]
        changed += [[key, new] for key, new in named.items() if not same_input(kwargs[key][1], new)]
        return dumps(["value", value, changed])
    except TimeLimit:
        return dumps(["error", "TimeoutError", "this layer took too long"])
    except Exception as error:
        return dumps(["error", type(error).__name__, str(error)[:500]])


if __name__ == "__main__":
    main()
