"""Grade on the workers of a Dask cluster: `--dask ADDRESS`.

Each worker starts its own sandbox. It has the course installed, and gets the seed and one submission at a
time, never the other submissions. If a worker is lost, the cluster gives its submission to another worker.
"""

import atexit
import functools

from conv_course.grade import sandbox
from conv_course.grade.grade import Grader
from conv_course.grade.matlab_folder import Fault
from conv_course.grade.records import Refused
from conv_course.grade.state import course_version

HOW = "--dask needs the package distributed, here and on the workers: python3 -m pip install distributed"
PATIENCE = "20s"  # how long to wait for the cluster to answer


class Workers:
    """The cluster's workers, with the interface of `whole_class.ThisMachine`."""

    def __init__(self, stopped, *, address, seed, sandboxed, secret=None, own=False):
        self._what = seed, sandboxed, secret, own
        self._client = _client(address)
        try:
            self.jobs = 2 * self._ready(sandboxed)
        except BaseException:
            self.close()
            raise
        self._pool = self._client.get_executor(pure=False, retries=3)

    def _ready(self, sandboxed):
        """Return how many submissions the workers take at a time. Raise if one would grade differently."""
        threads = sum(self._client.nthreads().values())
        if not threads:
            raise Refused("the cluster has no workers")
        for worker, (version, problem) in self._client.run(_about, sandboxed).items():
            if version != course_version():
                raise Refused(f"the worker {worker} has another version of the course")
            if problem:
                raise sandbox.NoSandbox(f"on the worker {worker}: {problem}")
        return threads

    def submit(self, submission, data):
        return self._pool.submit(_grade, *self._what, submission, data)

    def stop(self):
        self._pool.shutdown(wait=False)

    def close(self):
        self._client.close()


def _client(address):
    try:
        from distributed import Client
    except ImportError:
        raise Refused(HOW) from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Refused(f"no cluster answers at {address} ({type(error).__name__})") from None


def _about(sandboxed):
    """Return a worker's version of the course, and the reason why it has no sandbox, or ""."""
    try:
        if sandboxed:
            _words()
    except sandbox.NoSandbox as reason:
        return course_version(), str(reason)
    return course_version(), ""


@functools.cache
def _words():
    return sandbox.trial()


@functools.cache
def _grader(seed, sandboxed, secret, own):
    grader = Grader(seed, _words() if sandboxed else None, secret=secret, own=own)
    atexit.register(grader.close)
    return grader


def _grade(seed, sandboxed, secret, own, submission, data):
    """Return the record of a submission. Runs on a worker."""
    try:
        grader = _grader(seed, sandboxed, secret, own)
    except sandbox.NoSandbox as reason:
        raise Fault(f"a worker has no sandbox: {reason}") from None
    return grader.grade(submission, data)
