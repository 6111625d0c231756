"""Run the functions that a question passes to a learner's function, in a separate process.

A question about tests passes right and wrong layers to the learner's test. If their code were in the
learner's process, it could be read instead of tested. So the learner gets stand-ins. They send their
arguments to this process through a socket, and get back a result or an error, and the arrays that the layer
changed. Only plain data crosses, in both directions.

`Servers` sends the process one socket per submission. The process forks for each socket, so that no state is
carried over from one submission to the next.
"""

import contextlib
import importlib
import json
import os
import socket
import struct
import sys

LARGEST = 64 << 20  # bytes of a request or a reply; encoding makes an array a third larger than in memory
# sent when a submission ends: all calls were carried, a call was too large, the process died early
FREE, FULL, ENDED = b".", b"f", b"e"
SET_SECCOMP, FILTER = 22, 2  # of prctl


def receive(connection):
    """Return one message, or None when the connection is closed."""
    header = _exactly(connection, 4)
    size = int.from_bytes(header or b"", "big")
    return _exactly(connection, size) if header and size <= LARGEST else None


def _exactly(connection, size):
    data = bytearray(size)
    left = memoryview(data)
    while left:
        count = connection.recv_into(left)
        if not count:
            return None
        left = left[count:]
    return data


def send(connection, data):
    connection.sendall(len(data).to_bytes(4, "big"))
    connection.sendall(data)


def check_size(what, value, data=b""):
    """Raise `TooLarge` if `value`, or its encoded form `data`, is too large to be sent."""
    size = max(len(data), 4 * nbytes(value) // 3)
    if size > LARGEST:
        most = f"a layer's arguments and its results can take {LARGEST >> 20} MB each"
        raise TooLarge(f"the {what} of this call would take {size >> 20} MB to send, and {most}")


class TooLarge(MemoryError):
    """A message is too large to be sent. The learner's code sees a MemoryError."""


def nbytes(value):
    """Return the total size in bytes of the arrays in a value."""
    if isinstance(value, (list, tuple)):
        return sum(map(nbytes, value))
    return nbytes(list(value.values())) if isinstance(value, dict) else getattr(value, "nbytes", 0)


def main():
    with os.fdopen(os.dup(0), "rb") as file:
        job = json.loads(file.read())
    sys.path[:] = [job["folder"], *sys.path, *job["packages"]]
    from conv_course.checker.wire import loads_trusted

    codes = loads_trusted(job["codes"].encode())
    for code in codes:
        code.function  # noqa: B018 - compile once for all submissions
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
            said = ENDED
            try:
                said = serve(codes, descriptors[0], job)
            finally:
                os._exit(said[0])
        os.close(descriptors[0])
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        control.sendall(bytes([status]) if status in (*FREE, *FULL) else ENDED)


def serve(codes, descriptor, job):
    """Answer the requests of one submission. An empty request means that a call was too large to be sent."""
    confine(job)
    said = FREE
    with socket.socket(fileno=descriptor) as connection, contextlib.suppress(OSError):
        while (request := receive(connection)) is not None:
            if request:
                try:
                    answer = reply(codes, request)
                except TooLarge as error:
                    said, answer = FULL, error_reply("MemoryError", error)
                send(connection, answer)
            else:
                said = FULL
    return said


def confine(job):
    """Forbid writing files and starting processes from now on, and limit the computing time."""
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
    """Return the reply to one request: the layer's result or error, and the arguments that it changed."""
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
        check_size("results", [value, changed])
        answer = dumps(["value", value, changed])
        check_size("results", [], answer)
        return answer
    except TimeLimit:
        return error_reply("TimeoutError", "this layer took too long")
    except TooLarge:
        raise
    except Exception as error:
        return error_reply(type(error).__name__, error)


def error_reply(name, message):
    from conv_course.checker.wire import dumps

    return dumps(["error", name, str(message)[:500]])


if __name__ == "__main__":
    main()
