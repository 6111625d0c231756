"""Run the functions that a question hands to a learner's function, in a process beside the learner's.

A question about tests hands over right and wrong layers. If their code lay in the learner's process, it could
be read instead of tested. So the learner gets stand-ins that send their arguments here, through a socket,
and get back a result, an error, and arrays that the layer changed.

The process serves one submission after another: `Servers` sends it a socket for each.
"""

import contextlib
import json
import os
import socket
import sys

LARGEST = 16 << 20
FREE = b"."  # said when a submission's end of its socket is closed


def receive(connection):
    """One message, or None at the end."""
    size = int.from_bytes(_exactly(connection, 4) or b"", "big")
    return _exactly(connection, size) if 0 < size <= LARGEST else None


def _exactly(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 16))
        if not part:
            return None
        data += part
    return data


def send(connection, data):
    connection.sendall(len(data).to_bytes(4, "big") + data)


def main():
    descriptor, packages, folder = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
    sys.path[:] = [folder, *sys.path, *packages]
    from conv_lib.grading.answers import loads

    with os.fdopen(os.dup(0), "rb") as file:
        codes = loads(file.read())
    control = socket.socket(fileno=descriptor)
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        with socket.socket(fileno=descriptors[0]) as connection, contextlib.suppress(OSError):
            while (request := receive(connection)) is not None:
                send(connection, reply(codes, request))
        control.sendall(FREE)


def reply(codes, request):
    """The answer to one request: what the layer gave, or its error, and the arguments that it changed."""
    from conv_lib.grading.answers import dumps, loads
    from conv_lib.grading.guards import TimeLimit, quiet, time_limit
    from conv_lib.grading.run import arrange, same_input

    try:
        number, args, kwargs = loads(request)
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
