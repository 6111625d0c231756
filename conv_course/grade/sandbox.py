"""One process for one submission: under bubblewrap, or bare with `--no-sandbox`."""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from conv_course.checker.pipes import collect
from conv_course.grade import seccomp

INSIDE = "/course"
SCRATCH = 16 << 20
OCTAVE_MEMORY = 4 << 30  # of address space, of which it takes more than Python from the start


@dataclass(frozen=True)
class Limits:
    """What one process may use."""

    memory: int = 2 << 30  # bytes of address space
    cpu: float = 40  # seconds of computing, whole
    wall: float = 120  # seconds by the clock, whole
    whole: float = 180  # seconds by the clock, of all processes that a submission gets
    cell: float = 6  # seconds of computing, a cell
    question: float = 5  # seconds of computing, all cases of a question
    octave: float = 20  # seconds by the clock, all cases of a question in Octave
    output: int = 8 << 20  # bytes of answers
    user: int | None = None  # who runs a process that is not in bubblewrap, if not we
    restarts: int = 6  # new processes for what comes after a cell or a question that ended one


@dataclass(frozen=True)
class Ended:
    """What a process wrote to its channel, and how it ended: "ended", "killed", "time" or "output"."""

    lines: bytes
    how: str
    code: int
    complaint: str = ""
    notes: list = field(default_factory=list)  # on the functions that the learner's functions called


class NoSandbox(Exception):
    """Why there is no sandbox on this machine."""


@functools.cache
def packages():
    """The folders that hold NumPy and the other installed packages, without the course itself."""
    import numpy

    places = [
        Path(numpy.__file__).parents[1],
        Path(sysconfig.get_path("purelib")),
        Path(sysconfig.get_path("platlib")),
    ]
    return list(dict.fromkeys(str(place) for place in places if place.is_dir()))


def command(folder, *, size=True, filter_descriptor=None):
    """The words that start bubblewrap; the program's own words follow.

    `folder` is shown at /course. Nothing can be written but, with `size`, a scratch folder in memory.
    """
    words = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--as-pid-1",
        "--cap-drop",
        "ALL",
    ]
    words += ["--hostname", "sandbox", "--clearenv"]
    for name, value in environment(INSIDE).items():
        words += ["--setenv", name, value]
    words += ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    words += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    for link in ("/bin", "/lib", "/lib64", "/lib32"):
        if os.path.islink(link):
            words += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            words += ["--ro-bind", link, link]
    # a process of root may write the kernel's settings below /proc/sys without any capability
    words += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    if size:  # before what follows: Python or the course may themselves lie under /tmp
        words += ["--size", str(SCRATCH), "--tmpfs", "/tmp"]
    # the interpreter is started by its real path, and looks for its library beside it
    home = Path(os.path.realpath(sys.executable)).parents[1]
    places = list(dict.fromkeys([str(home), sys.base_prefix, *packages()]))
    for place in places:
        if not _inside(place, "/usr"):
            words += ["--ro-bind", place, place]
    for hidden in _course_folders(places):
        words += ["--tmpfs", hidden, "--remount-ro", hidden]
    words += ["--ro-bind", str(folder), INSIDE]
    words += ["--chdir", "/tmp" if size else "/"]
    words += ["--remount-ro", "/"]
    if filter_descriptor is not None:
        words += ["--seccomp", str(filter_descriptor)]
    return words


def _inside(path, folder):
    return Path(os.path.realpath(path)).is_relative_to(folder)


def _course_folders(places):
    """Folders of the course that would be seen within what is shown."""
    from conv_course.grade.given import COURSE, PACKAGES

    shown = [Path("/usr"), *map(Path, places)]
    found = [Path(place) / name for place in packages() for name in PACKAGES]
    course = [COURSE] if any(COURSE.is_relative_to(place) for place in shown) else []
    if course and any(Path(place).is_relative_to(COURSE) for place in places):
        course = [COURSE / name for name in (*PACKAGES, "solutions", "exercises", "matlab", "tests", ".git")]
    return [str(path) for path in [*course, *found] if path.is_dir()]


def environment(home):
    """All that the learner's process sees of the environment."""
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
    variables |= {"PYTHONHASHSEED": "0", "MPLCONFIGDIR": "/tmp", "IPYTHONDIR": "/tmp"}
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        variables[name] = "1"
    return variables


def interpreter(folder):
    """The words that start the child, -S because the site module would look through the whole machine."""
    program = os.path.realpath(sys.executable)
    return [program, "-I", "-S", "-B", f"{folder}/answer.py"]


def trial():
    """Start the sandbox once. Gives the words that `run` needs; raises `NoSandbox` with the reason.

    A program called bwrap may be there and not work: user namespaces can be forbidden.
    """
    if not sys.platform.startswith("linux"):
        raise NoSandbox("the sandbox needs Linux (bubblewrap); on Windows use WSL 2, on macOS a container")
    if shutil.which("bwrap") is None:
        raise NoSandbox("bubblewrap is not installed; on Debian or Ubuntu: sudo apt-get install bubblewrap")
    complaint = ""
    for size in (True, False):
        with tempfile.TemporaryDirectory(prefix="grade_") as folder:
            Path(folder, "answer.py").write_text(
                "import os, numpy\nos.write(CHANNEL, b'it works')\n".replace("CHANNEL", "1")
            )
            with call_filter() as descriptor:
                words = [*command(folder, size=size, filter_descriptor=descriptor)]
                words += [os.path.realpath(sys.executable), "-I", "-S", "-c"]
                words += [f"import sys; sys.path += {packages()!r}; exec(open('{INSIDE}/answer.py').read())"]
                try:
                    tried = subprocess.run(
                        words,
                        capture_output=True,
                        timeout=60,
                        pass_fds=[descriptor] if descriptor else [],
                        check=False,
                    )
                except (OSError, subprocess.TimeoutExpired) as error:
                    raise NoSandbox(f"bubblewrap does not start: {error}") from None
        if tried.stdout == b"it works":
            return functools.partial(command, size=size)
        complaint = tried.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [
            f"code {tried.returncode}"
        ]
        complaint = complaint[0]
    raise NoSandbox(f"bubblewrap is installed but does not work here: {complaint}")


@contextlib.contextmanager
def call_filter(*, forks=False):
    """A descriptor to read the filter of system calls from, or None; `forks` lets the process fork."""
    program = seccomp.program(forks=forks)
    if program is None:
        yield None
        return
    reading, writing = os.pipe()
    os.write(writing, program)
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def limiter(limits, file_size):
    """What to do between fork and exec; no Windows."""
    import resource

    def limit():
        cpu = int(limits.cpu) + 1
        for what, most in (
            (resource.RLIMIT_AS, limits.memory),
            (resource.RLIMIT_CPU, cpu),
            (resource.RLIMIT_FSIZE, file_size),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 128),
        ):
            hard = resource.getrlimit(what)[1]
            value = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (value, value))

    return limit


def run(job, folder, limits, words=None, servers=None):
    """Run the child on a job; `words` is what `trial` gave, None for no sandbox.

    `servers`, a `Servers`, runs the functions that the learner's functions may call.
    """
    notes = []
    with contextlib.ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        job = job | {"channel": writing, "packages": packages(), "sandboxed": words is not None}
        job |= {"folder": INSIDE if words else str(folder)}
        errors = stack.enter_context(tempfile.TemporaryFile(prefix="grade_"))
        passed, before, options = [writing], [], {}
        job["layers"] = None
        if servers:
            theirs = stack.enter_context(servers.connection(notes))
            job["layers"] = theirs.fileno()
            passed.append(theirs.fileno())
        stdin = stack.enter_context(tempfile.TemporaryFile(prefix="grade_"))
        stdin.write(json.dumps(job).encode())
        stdin.seek(0)
        if words:
            descriptor = stack.enter_context(call_filter())
            before = words(folder, filter_descriptor=descriptor)
            passed += [descriptor] if descriptor is not None else []
            options["env"] = {"PATH": os.environ.get("PATH", "")}
        else:
            options["env"] = os.environ | environment(folder)
            options["cwd"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="grade_"))
            if limits.user is not None:
                os.chown(options["cwd"], limits.user, limits.user)
                options |= {"user": limits.user, "group": limits.user, "extra_groups": []}
        if os.name == "posix":
            options |= {"pass_fds": passed, "preexec_fn": limiter(limits, SCRATCH), "start_new_session": True}
        process = subprocess.Popen(
            [*before, *interpreter(INSIDE if words else folder)],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            # what a learner prints does not come here; what bubblewrap says when it cannot start does
            stderr=errors if words else subprocess.DEVNULL,
            **options,
        )
        os.close(writing)
        stack.callback(end, process)
        lines, how = collect(reading, limits.wall, limits.output)
        if how == "ended":
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                how = "time"
        end(process)
        errors.seek(0)
        complaint = errors.read(500).decode("utf-8", "replace").strip()
        return Ended(lines, how, process.returncode, complaint, notes)


def run_octave(words, command, *, scratch, timeout):
    """Run Octave in the sandbox, as `conv_course.checker.matlab` asks for it.

    It reads `scratch` and can write to the memory of the sandbox alone; its answers come through a pipe.
    """
    from conv_course.checker.matlab import LARGEST_OUTPUT, Outcome

    with contextlib.ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        descriptor = stack.enter_context(call_filter())
        process = subprocess.Popen(
            [*words(scratch, filter_descriptor=descriptor), *command(INSIDE, f"/dev/fd/{writing}")],
            env={"PATH": os.environ.get("PATH", "")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing] if descriptor is None else [writing, descriptor],
            preexec_fn=limiter(Limits(memory=OCTAVE_MEMORY, cpu=timeout), SCRATCH),
            start_new_session=True,
        )
        stack.callback(end, process)
        os.close(writing)
        return Outcome(*collect(reading, timeout, LARGEST_OUTPUT))


def end(process):
    """End a process with all that it started."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
