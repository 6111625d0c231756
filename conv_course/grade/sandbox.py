"""Run one process per submission: under bubblewrap, or without it (`--no-sandbox`)."""

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
OCTAVE_MEMORY = 4 << 30  # bytes of address space; Octave needs more of it than Python just to start


@dataclass(frozen=True)
class Limits:
    """The resources that one process may use."""

    memory: int = 2 << 30  # bytes of address space
    cpu: float = 40  # seconds of CPU time, for the whole process
    wall: float = 120  # seconds of wall-clock time, for the whole process
    whole: float = 180  # seconds of wall-clock time, for all processes of a submission
    cell: float = 6  # seconds of CPU time per cell
    question: float = 5  # seconds of CPU time per question, for all its cases
    octave: float = 20  # seconds of wall-clock time per question in Octave, for all its cases
    output: int = 8 << 20  # bytes of answers
    user: int | None = None  # user ID for a process outside bubblewrap, if not ours
    restarts: int = 6  # new processes after a cell or a question has ended one


@dataclass(frozen=True)
class Ended:
    """The lines that a process wrote to its channel, and `how` it ended (see `pipes.collect`)."""

    lines: bytes
    how: str
    code: int
    complaint: str = ""
    notes: list = field(default_factory=list)  # about the functions that the learner's functions called


class NoSandbox(Exception):
    """The reason why there is no sandbox on this machine."""


@functools.cache
def packages():
    """Return the folders that hold NumPy and the other installed packages."""
    import numpy

    places = [
        Path(numpy.__file__).parents[1],
        Path(sysconfig.get_path("purelib")),
        Path(sysconfig.get_path("platlib")),
    ]
    return list(dict.fromkeys(str(place) for place in places if place.is_dir()))


def command(folder, *, size=True, filter_descriptor=None):
    """Return the command line that starts bubblewrap, to be followed by the program's command line.

    `folder` is mounted at /course. Nothing is writable except, with `size`, a scratch folder in memory.
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
    # a process of root could write kernel settings in /proc/sys even without capabilities
    words += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    if size:  # must come first: Python or the course may themselves be under /tmp
        words += ["--size", str(SCRATCH), "--tmpfs", "/tmp"]
    # the interpreter is started by its real path and looks for its library relative to it
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
    """Return the folders of the course that would be visible inside the mounted folders."""
    from conv_course.grade.given import COURSE, PACKAGES

    shown = [Path("/usr"), *map(Path, places)]
    found = [Path(place) / name for place in packages() for name in PACKAGES]
    course = [COURSE] if any(COURSE.is_relative_to(place) for place in shown) else []
    if course and any(Path(place).is_relative_to(COURSE) for place in places):
        course = [COURSE / name for name in (*PACKAGES, "solutions", "exercises", "matlab", "tests", ".git")]
    return [str(path) for path in [*course, *found] if path.is_dir()]


def environment(home):
    """Return the environment variables of the learner's process."""
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
    variables |= {"PYTHONHASHSEED": "0", "MPLCONFIGDIR": "/tmp", "IPYTHONDIR": "/tmp"}
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        variables[name] = "1"
    return variables


def interpreter(folder):
    """Return the command line that starts the child. With -S the site module does not scan the machine."""
    program = os.path.realpath(sys.executable)
    return [program, "-I", "-S", "-B", f"{folder}/answer.py"]


def trial():
    """Start the sandbox once and return the `words` that `run` needs. Raise `NoSandbox` with the reason.

    The program bwrap may be installed and still not work, if user namespaces are forbidden.
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
    """Yield a descriptor that the system call filter can be read from, or None. `forks` allows forking."""
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
    """Return a function that sets the limits between fork and exec. Not for Windows."""
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
    """Run the child on a job. `words` is the result of `trial`, or None for no sandbox.

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
            # the child silences the learner's output; this catches bubblewrap's message if it cannot start
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
    """Run Octave in the sandbox, with the interface that `conv_course.checker.matlab` expects.

    Octave can read `scratch` and write only to the sandbox's memory. Its answers come through a pipe.
    """
    from conv_course.checker.octave.process import LARGEST_OUTPUT, Outcome

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
    """Kill a process and everything that it started."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
