"""Whatever a submission does, its record is correct."""

import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from conv_course.grade import sandbox
from conv_course.grade.given import COURSE
from conv_course.grade.grade import Grader
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import ALL, FULL, WRONG_SLIDE, full_but, points, submission
from tests.grading_batch.conftest import SHORT

pytestmark = pytest.mark.sandbox

LOOP = "def slide(x, w, b=0.0):\n    while True:\n        pass"


def slide(*lines):
    return "def slide(x, w, b=0.0):\n    " + "\n    ".join(lines)


def test_the_solution_gets_full_marks(grade):
    record = grade(submission())
    assert (record.status, record.points, record.of) == ("graded", ALL, ALL), record
    assert points(record) == FULL
    assert record.notes == []
    assert record.reason == ""


OPENS = """
import os
opened = []
for top in ("/proc", "/sys", "/dev"):
    for folder, inner, files in os.walk(top):
        if folder == "/proc":  # its own process is its own affair
            inner[:] = [name for name in inner if not name.isdigit() and "self" not in name]
        for name in files:
            path = os.path.join(folder, name)
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                opened.append(path)
            except OSError:
                pass
print(*opened)
"""


def test_no_setting_of_the_machine_can_be_written(tmp_path):
    """A process of root could write to /proc/sys even without capabilities."""
    words = [*sandbox.command(tmp_path), os.path.realpath(sys.executable), "-I", "-c", OPENS]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts/ptmx"}
    harmless |= {"stdin", "stdout", "stderr"}
    assert set(result.stdout.split()) <= {f"/dev/{name}" for name in harmless}


# a function that does this loses its own question and no other
IN_A_FUNCTION = {
    "an endless loop": (LOOP, "A loop that does not end"),
    "an endless loop that swallows everything": (
        slide("while True:", "    try:", "        while True: pass", "    except BaseException: pass"),
        "A loop that does not end",
    ),
    "an endless loop in C": (
        slide("import itertools", "return sum(itertools.count())"),
        "its process was stopped",
    ),
    "a loop behind an ignored alarm": (
        slide("import signal", "signal.signal(signal.SIGALRM, signal.SIG_IGN)", "while True: pass"),
        "its process was stopped",
    ),
    "a memory bomb": (slide("return np.ones(10**12)"), "Out of memory"),
    "a growing list": (slide("a = [0.0]", "while True: a = a * 1000"), "Out of memory"),
    "a runaway result": (slide("return np.ones(10**7)"), "A result far too large"),
    # Python 3.13.0 does not count the calls of a function with defaults, and never stops this by itself
    "endless recursion": (
        slide("return slide(x, w)"),
        "its process was" if sys.version_info[:3] == (3, 13, 0) else "RecursionError",
    ),
    "exit": (slide("raise SystemExit"), "SystemExit"),
    "os._exit": (slide("import os", "os._exit(0)"), "ended itself (exit code 0)"),
    "a segmentation fault": (slide("import ctypes", "ctypes.string_at(0)"), "signal 11"),
    "a kill of itself": (slide("import os", "os.kill(os.getpid(), 9)"), None),
    "an exec": (slide("import os", "os.execv('/usr/bin/env', ['env'])"), "ended itself"),
    "all descriptors closed": (slide("import os", "os.closerange(0, 100)", "return x"), "its process"),
    "output without end": (slide("while True: print('14 of 14 points' * 1000)"), "A loop that does not end"),
    "output past Python": (
        slide("import os", "while True: os.write(1, b'y' * 9999)"),
        "A loop that does not end",
    ),
    "an array that claims to be equal": (
        slide(
            "class Same(np.ndarray):",
            "    def __eq__(self, other): return True",
            "    def __sub__(self, other): return np.zeros(1)",
            "    def __array_ufunc__(self, *a, **k): return np.zeros(1)",
            "return np.ones(3).view(Same)",
        ),
        None,
    ),
    "an object equal to everything": (
        slide(
            "class Same:",
            "    def __eq__(self, other): return True",
            "    def __getattr__(self, name): return self",
            "    def __array__(self, *a, **k): raise SystemExit",
            "return Same()",
        ),
        "Not an array or a number",
    ),
    "nothing": (slide("y = x * 2", "return None"), "Returns None"),
    "a whole number that no float holds": (slide("return 10 ** 400"), "A result far too large"),
    "a whole number that cannot be written": (slide("return [10 ** 5000] * 3"), "A result far too large"),
    "a nest without end": (slide("a = []", "a.append(a)", "return a"), None),
    "a wrong answer": (WRONG_SLIDE, None),
}


@pytest.mark.parametrize("name", IN_A_FUNCTION)
def test_in_a_function(grade, name):
    source, said = IN_A_FUNCTION[name]
    record = grade(submission(answers={"q2": source}))
    # the border that the page for teachers draws
    if said == "A loop that does not end":
        assert record.status == "graded"
    if said and "process" in said:
        assert record.status == "partly graded"
    assert points(record) == full_but(q2=0), record.notes
    assert record.points == ALL - FULL["q2"]
    q2 = next(q for q in record.questions if q["name"] == "q2")
    if said:
        assert said in " ".join([q2["html"], *record.notes])


# a cell that does this stops; the answers after it still count
IN_A_CELL = {
    "an endless loop": ("while True: pass", "stopped after"),
    "an endless loop in C": ("import itertools\nsum(itertools.count())", "was stopped after it had used"),
    "a memory bomb": (
        "import numpy as np\na = []\nwhile True: a.append(np.empty(10**8, 'u1'))",
        "MemoryError",
    ),
    "os._exit": ("import os\nos._exit(3)", "ended itself (exit code 3)"),
    "exit": ("exit()", "cell 3 stopped"),
    "a kill of its parent": ("import os\nos.kill(os.getppid(), 9)\nos.kill(os.getppid(), 15)", None),
    "a kill of everybody": ("import os\nos.kill(-1, 9)", None),
    "a fork bomb": ("import os\nwhile True: os.fork()", "PermissionError"),
    "a fork bomb past Python": (
        "import ctypes\nwhile True:\n    assert ctypes.CDLL(None).fork() >= 0",
        "AssertionError",
    ),
    "a process": ("import subprocess\nsubprocess.run(['true'])", "PermissionError"),
    "a thread bomb": (
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        "cell 3",
    ),
    "a file that grows": ("f = open('/tmp/f', 'wb')\nwhile True: f.write(b'x' * 2**20)", "cell 3"),
    "many files": (
        "for i in range(10**6):\n    with open(f'/tmp/{i}', 'wb') as f: f.write(b'x' * 2**20)",
        "No space left",
    ),
    "memory outside the process": ("import os\nos.memfd_create('m')", "PermissionError"),
    "a file elsewhere": ("open('/usr/x', 'w')", "Read-only file system"),
    "a syntax error": ("def f(:\n    pass", "SyntaxError"),
    "an error": ("1 / 0", "ZeroDivisionError"),
    "an error that cannot be said": (
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
        "cell 3 stopped: E",
    ),
    "magic": ("%matplotlib inline\n!ls\nx = 1", None),
    "a whole cell of magic": ("%%bash\nrm -rf /", None),
    "a NumPy that says yes": (
        "import numpy as np\nnp.array_equal = np.allclose = lambda *a, **k: True\n"
        "np.testing.assert_allclose = lambda *a, **k: None",
        None,
    ),
    "a printed score": ("print('{\"points\": 14}')\nprint('answers/q1 14')", None),
    "a user namespace": (
        "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "AssertionError",
    ),
    "another process": (
        "import os\nassert [p for p in os.listdir('/proc') if p.isdigit()] == [str(os.getpid())]\n1 / 0",
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", IN_A_CELL)
def test_in_a_cell(grade, name):
    source, said = IN_A_CELL[name]
    record = grade(submission(first=source))
    assert points(record) == FULL, (record.reason, record.notes)
    assert said is None or said in " ".join(record.notes), record.notes


PATCHES = {
    "NumPy": "np.array_equal = np.allclose = lambda *a, **k: True\nnp.abs = lambda *a, **k: 0.0",
    "the runner": (
        "import conv_course.checker.run as r, conv_course.checker.answers as a\n"
        "r.call = r.run = r.clean = lambda *a, **k: True\na.dumps = a.clean = lambda *a, **k: b'[]'"
    ),
    "the checker": (
        "import conv_course.checker as g\ng.sheet = lambda *a, **k: None\n"
        "check = lambda *a, **k: '14 of 14 points'"
    ),
    "equality": "import builtins\nbuiltins.len = lambda *a: 0\nbuiltins.all = builtins.any = lambda *a: True",
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_gives_no_points(grade, name):
    record = grade(submission(answers={"q2": WRONG_SLIDE}, last=PATCHES[name]))
    assert points(record).get("q2", 0) == 0
    assert (record.points or 0) <= sum(full_but(q2=0).values())


FORGED = """
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'answers/q2 [{"answer":["value",true,"","",0,{"t":[]},"",{"t":[]}]}]\\n')
        os.write(fd, b'answers/q3 "all right"\\npoints 14\\nend \\n')
    except OSError:
        pass
"""


@pytest.mark.parametrize("exits", ["", "os._exit(0)"])
def test_forged_answers_are_judged(grade, exits):
    record = grade(submission(answers={"q2": WRONG_SLIDE}, first=FORGED + exits))
    assert points(record)["q2"] == 0
    assert any("something other than the grader" in note for note in record.notes)


def test_a_flood_of_answers_is_cut_off(grade):
    flood = slide(
        "import os",
        "while True:",
        "    for fd in range(3, 20):",
        "        try: os.write(fd, b'y' * 60000)",
        "        except OSError: pass",
    )
    record = grade(submission(answers={"q2": flood}))
    assert points(record)["q2"] == 0
    assert any("written more than 1 MB" in note for note in record.notes), record.notes


def test_kernels_of_the_course_are_no_answer(grade):
    for source in (
        "from conv_lib.naive import conv1d\ndef slide(x, w, b=0.0):\n    return conv1d(x, w, b)",
        "from conv_lib.naive import conv1d as slide",
        "import conv_course.checker.sheets.layer_sizes",
        "from conv_lib.vectorized import conv1d as slide",
    ):
        record = grade(submission(answers={"q2": source}))
        assert points(record) == full_but(q2=0)
        assert "ModuleNotFoundError" in " ".join(record.notes)


READ = """
import os, sys, gc, inspect
def slide(x, w, b=0.0):
    found = []
    frame = sys._getframe()
    while frame:
        found += list(frame.f_locals) + list(frame.f_globals)
        frame = frame.f_back
    found += [str(p) for p in sys.path] + list(sys.modules)
    for root, folders, files in os.walk("/"):
        if root.startswith(("/proc", "/usr", "/sys")) or root.endswith(("site-packages", "lib")):
            folders.clear()
        found += [name for name in files + folders if name.endswith((".ipynb", ".state")) or "conv" in name]
    raise ValueError(" ".join(w for w in found if any(k in w for k in SECRETS))[:150] or "nothing found")
SECRETS = ("expected", "seed", "reference", "sheets", "judge", "mistakes", "solutions", ".ipynb", "naive")
"""


def test_nothing_that_tells_the_answer_is_in_reach(grade):
    record = grade(submission(answers={"q2": READ}))
    q2 = next(q for q in record.questions if q["name"] == "q2")
    assert "ValueError: nothing found" in q2["problem"], q2["problem"]


def test_files_of_this_machine_are_not_there(grade, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("42")
    paths = [
        secret,
        COURSE / "conv_lib" / "naive",
        COURSE / "solutions",
        Path.home() / ".bashrc",
        "/etc/passwd",
    ]
    source = f"import os\nassert not any(os.path.exists(p) for p in {[str(p) for p in paths]})"
    assert grade(submission(first=source)).notes == []


def test_there_is_no_network(grade):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        came = []

        def wait():
            try:
                came.append(server.accept())
            except TimeoutError:
                return

        source = (
            f"import socket\nsocket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=1)"
        )
        record = grade(submission(first=source))
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert not came
    assert any("ConnectionRefusedError" in note or "OSError" in note for note in record.notes), record.notes
    assert record.points == ALL


SOCKETS = """
import asyncio, socket
made = set()
for family in range(64):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            made.add(family)
        except OSError:
            pass
        try:
            for end in socket.socketpair(family, kind):
                end.close()
            made.add(family)
        except OSError:
            pass
asyncio.run(asyncio.sleep(0))
raise ValueError(sorted(made))
"""


def test_only_unix_sockets_can_be_made(grade):
    """A network namespace does not isolate AF_VSOCK, which leads from a virtual machine to its host."""
    record = grade(submission(first=SOCKETS))
    assert any("ValueError: [1] " in note for note in record.notes), record.notes
    assert record.points == ALL


def test_processes_that_sleep_and_end_do_not_go_on_for_ever(words, tmp_path, monkeypatch):
    """The limit on wall-clock time is for all processes of a submission together, not for each."""
    limits = replace(SHORT, wall=3, whole=4, restarts=20)
    path = tmp_path / "ada.ipynb"
    sleep = "import os, signal, time\nsignal.alarm(0)\ntime.sleep(1.5)\nos._exit(0)"
    path.write_text(submission(first=[sleep] * 10))
    allowed, run = [], sandbox.run
    monkeypatch.setattr(sandbox, "run", lambda *a: allowed.append(a[2].wall) or run(*a))
    grader = Grader(7, words, limits)
    record = grader.grade(Found("ada", path))
    grader.close()
    assert allowed[0] == 3
    assert all(wall <= 4 - 1.5 * k for k, wall in enumerate(allowed))
    assert len(allowed) <= 3
    assert (record.status, record.points) == ("no score", None)
    assert "had used up its time" in record.reason


def test_notes_hold_little_of_what_cells_say(grade):
    """A cell can read the hidden cases and raise them as an error, so messages are short and few."""
    raising = [f"raise ValueError('{number}' + 'x' * 10_000)" for number in range(50)]
    record = grade(submission(first=raising))
    assert any("45 more cells stopped" in note for note in record.notes)
    assert sum(map(len, record.notes)) < 1000
    assert record.points == ALL


def test_nothing_is_left_running(grade):
    source = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()"
    assert grade(submission(last=source)).points == ALL
    mine = {str(os.getpid())}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue  # the process has ended meanwhile
        assert parent not in mine or b"/course/answer.py" not in (process / "cmdline").read_bytes()
