"""The processes that run an exercise's layers (layers.py).

Starting one means starting Python and importing NumPy, which is most of the cost of a submission. So they are
started once, and fork for each submission.
"""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import threading
from dataclasses import replace

from conv_course.checker.wire import dumps
from conv_course.grade import given, sandbox, seccomp
from conv_course.grade.layers import ENDED, FREE, FULL, LARGEST

NOTES = {
    FULL: f"a call of a layer was refused: it would have carried more than {LARGEST >> 20} MB (MemoryError)",
    ENDED: "the process of the layers ended too early: it had used up its computing time or memory",
}
PATIENCE = 1.0  # seconds for a server to finish the last call of a submission that has ended


class Servers:
    """A pool with one server per concurrent submission. A server that does not become free is killed."""

    def __init__(self, codes, limits, words):
        self.limits, self.words = limits, words
        self._idle, self._lock = [], threading.Lock()
        self._home = tempfile.TemporaryDirectory(prefix="grade_")
        self.folder = f"{self._home.name}/layers"
        filter_ = seccomp.program() if words else None
        self.job = {
            "codes": dumps(list(codes)).decode(),
            "modules": given.build_layers(codes, self.folder),
            "packages": sandbox.packages(),
            "folder": sandbox.INSIDE if words else self.folder,
            "cpu": int(limits.cpu) + 1,
            "filter": filter_ and filter_.hex(),
        }

    @contextlib.contextmanager
    def connection(self, told=None):
        """Yield a socket for a learner's process. The process must have ended by the end of the block.

        Notes for the teacher about the calls are then appended to the list `told`.
        """
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
        said = server.last_words()
        if said in NOTES and told is not None:
            told.append(NOTES[said])
        if said:
            with self._lock:
                self._idle.append(server)
            return
        died = server.process.poll() is not None
        server.end()
        if died:  # it runs no learner's code itself, so this is a fault of the machine
            raise RuntimeError("the process of the layers could not be started, or ended")

    def close(self):
        with self._lock:
            while self._idle:
                self._idle.pop().end()
        self._home.cleanup()

    def _take(self):
        with self._lock:
            while self._idle:
                server = self._idle.pop()
                if server.process.poll() is None:
                    return server
                server.end()
        return _Server(self.job, self.folder, self.limits, self.words)


class _Server:
    def __init__(self, job, folder, limits, words):
        self.control, theirs = socket.socketpair()
        self.control.settimeout(PATIENCE)
        program = [sandbox.interpreter(job["folder"])[0], "-I", "-S", "-B"]
        program += [f"{job['folder']}/conv_course/grade/layers.py"]
        with (
            theirs,
            sandbox.call_filter(forks=True) as descriptor,
            tempfile.TemporaryFile(prefix="grade_") as stdin,
        ):
            stdin.write(json.dumps(job | {"control": theirs.fileno()}).encode())
            stdin.seek(0)
            # no scratch folder: the next submission could see files in it
            before = words(folder, size=False, filter_descriptor=descriptor) if words else []
            self.process = subprocess.Popen(
                [*before, *program],
                env={"PATH": os.environ.get("PATH", "")}
                if words
                else os.environ | sandbox.environment(folder),
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()] if descriptor is None else [theirs.fileno(), descriptor],
                # the process itself mostly waits; each of its forks has the limit of a submission
                preexec_fn=sandbox.limiter(replace(limits, cpu=24 * 3600), sandbox.SCRATCH),
                start_new_session=True,
            )

    def last_words(self):
        """Return the status that the server sends when it is free again, or b"" if it is still computing."""
        try:
            said = self.control.recv(1)
        except OSError:
            return b""
        return said if said in (FREE, FULL, ENDED) else b""

    def end(self):
        self.control.close()
        sandbox.end(self.process)
