"""The processes that run an exercise's layers (layers.py), kept from one submission to the next.

Starting one means a Python and NumPy of its own, most of what a submission costs. It runs the course's own
functions alone, and keeps nothing of a submission but arrays that it forgets.
"""

import contextlib
import json
import socket
import subprocess
import tempfile
import threading
from dataclasses import replace

from conv_lib.grading.answers import dumps
from conv_lib.grading.batch import sandbox
from conv_lib.grading.batch.given import COURSE
from conv_lib.grading.batch.layers import FREE

PATIENCE = 1.0  # seconds for a server to finish what an ended submission had asked for


class Servers:
    """As many as there are submissions at a time; one that does not come free is ended."""

    def __init__(self, codes, limits, words):
        # of no use against the course's own functions, each call of which has a limit
        self.codes, self.limits, self.words = list(codes), replace(limits, cpu=24 * 3600), words
        self._idle, self._lock = [], threading.Lock()

    @contextlib.contextmanager
    def connection(self):
        """A socket for a learner's process. By the end of the block that process must have ended."""
        server = self._take()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                with ours:
                    socket.send_fds(server.control, [b"!"], [ours.fileno()])
                yield theirs
        except BaseException:
            server.end()
            raise
        if server.is_free():
            with self._lock:
                self._idle.append(server)
        else:
            server.end()

    def close(self):
        with self._lock:
            while self._idle:
                self._idle.pop().end()

    def _take(self):
        with self._lock:
            while self._idle:
                server = self._idle.pop()
                if server.process.poll() is None:
                    return server
                server.end()
        return _Server(self.codes, self.limits, self.words)


class _Server:
    def __init__(self, codes, limits, words):
        self.control, theirs = socket.socketpair()
        self.control.settimeout(PATIENCE)
        folder = sandbox.INSIDE if words else str(COURSE)
        program = [sandbox.interpreter(folder)[0], "-I", "-S", "-B"]
        program += [f"{folder}/conv_lib/grading/batch/layers.py"]
        arguments = [str(theirs.fileno()), json.dumps(sandbox.packages()), folder]
        with theirs, sandbox.call_filter() as descriptor, tempfile.TemporaryFile(prefix="grade_") as stdin:
            stdin.write(dumps(codes))
            stdin.seek(0)
            self.process = subprocess.Popen(
                [*(words(COURSE, filter_descriptor=descriptor) if words else []), *program, *arguments],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()] if descriptor is None else [theirs.fileno(), descriptor],
                preexec_fn=sandbox.limiter(limits, sandbox.SCRATCH),
                start_new_session=True,
            )

    def is_free(self):
        """Whether it has come to the end of its submission."""
        try:
            return self.control.recv(1) == FREE
        except OSError:
            return False

    def end(self):
        self.control.close()
        sandbox.end(self.process)
