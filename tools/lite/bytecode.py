"""Compile the Python files that every page and notebook loads, so that no reader's browser has to.

Python would compile them at each start, which takes about as long as all the rest of it. Only the same Python
can compile for it: so Pyodide does, in a browser without a window, from the files that the site is about to
serve. Without a browser on this machine the files are served as they are, and Python starts more slowly.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from tools import serve, system
from tools.lite.pyodide_files import cache_folder, sha256

COMPILER = Path(__file__).parent / "compiler"
SECONDS = 300
SLOWER = "Python will start more slowly on the pages"


def compile_in(folder, names, say=print):
    """Replace the archives `names` in a folder with Pyodide by the same with bytecode, if possible."""
    kept = cache_folder() / "compiled"
    made = {name: kept / f"{_key(folder / name)}-{name}" for name in names}
    missing = [name for name in names if not made[name].exists()]
    if missing:
        say(f"  compiling {len(missing)} archives of Python files")
        with tempfile.TemporaryDirectory() as scratch:
            problem = _in_browser(folder, missing, Path(scratch))
            if problem:
                say(f"  not compiled: {problem}; {SLOWER}")
                return
            kept.mkdir(exist_ok=True)
            for name in missing:
                for older in kept.glob(f"*-{name}"):
                    older.unlink()
                shutil.move(Path(scratch) / name, made[name])
    for name in names:
        shutil.copy(made[name], folder / name)


def _key(path):
    """Return a name for what comes out: it depends on the archive and on the compiler."""
    return f"{sha256(path)[:16]}-{sha256(COMPILER / 'compile.py')[:8]}"


def _in_browser(folder, names, out):
    """Have a browser write the compiled archives into `out`. Return what went wrong, or None."""
    browser = system.find("chromium")
    if browser is None:
        return "there is no Chromium or Chrome on this machine"
    with _Server(folder, names, out) as server, tempfile.TemporaryDirectory() as profile:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        command = [browser, "--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        command += ["--no-first-run", "--disable-gpu", *(["--no-sandbox"] if _is_root() else [])]
        process = subprocess.Popen(
            [*command, f"http://127.0.0.1:{server.server_port}/compiler/index.html"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            ended = server.ended.wait(SECONDS)
        finally:
            _end(process)
            server.shutdown()
    return server.problem if ended else f"the browser did not end in {SECONDS} s"


def _end(process):
    """Kill the browser with all that it started: where the program is a script, it is a child of that."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


class _Server(serve.Server):
    """Serves the folder with Pyodide and the page that compiles, and takes what the page makes."""

    def __init__(self, folder, names, out):
        self.ended, self.problem, self.names, self.out = threading.Event(), None, names, out
        super().__init__(("127.0.0.1", 0), lambda *given: _Requests(*given, directory=str(folder)))


class _Requests(serve.Pages):
    def do_GET(self):
        if self.path == "/compiler/names.json":
            self._answer(json.dumps(self.server.names).encode(), "application/json")
        elif self.path.startswith("/compiler/"):
            file = COMPILER / Path(self.path).name
            kind = "text/html" if file.suffix == ".html" else "text/plain"
            self._answer(file.read_bytes(), f"{kind}; charset=utf-8")
        else:
            super().do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        name = self.path.removeprefix("/made/")
        if name in self.server.names:
            (self.server.out / name).write_bytes(body)
        self._answer(b"", "text/plain")
        if self.path in ("/done", "/failed"):
            self.server.problem = body.decode()[-500:] if self.path == "/failed" else None
            self.server.ended.set()

    def _answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
