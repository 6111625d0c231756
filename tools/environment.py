"""Create and maintain `.venv`, the folder in which the whole course is installed.

Standard library only: this runs on the reader's own Python, before anything is installed.

Packages come from a lock file with hashes. Each lock contains the previous one (book < lite < learn < dev),
so a higher level includes a lower one. `.venv/course.json` records what is installed. It is written last, so
if it is missing, the installation was interrupted and the folder is recreated.
"""

import contextlib
import errno
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from tools.process import Status, run
from tools.turns import alone

ROOT = Path(__file__).resolve().parent.parent
LEVELS = {
    "book": "requirements.lock",
    "lite": "requirements-lite.lock",
    "learn": "requirements-learn.lock",
    "dev": "requirements-dev.lock",
}
FULL_DISK = re.compile(r"No space left on device|not enough space on the disk|ENOSPC", re.IGNORECASE)
NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|getaddrinfo failed|dns error"
    r"|nodename nor servname|Network is unreachable|Connection refused|ConnectTimeout|error sending request"
    r"|NewConnectionError|Failed to establish a new connection|Could not connect|ProxyError|tunnel error",
    re.IGNORECASE,
)


class Problem(Exception):
    """A problem that stops the work, explained in one line."""


class FullDisk(Problem):
    """The disk is full."""


def ensure(level="book", newest=False):
    """Return the path of a Python that has all packages of `level`. Install missing ones first.

    With `newest` it is in a second folder, which has the newest versions that the requirements allow instead
    of the locked ones. The nightly run tests these.
    """
    folder = ROOT / (".venv-newest" if newest else ".venv")
    if _serves(folder, level, newest):
        return str(interpreter(folder))
    with alone(f"{folder}.lock", "Another course.py is installing; waiting for it."):
        if not _serves(folder, level, newest):  # another course.py may have made it while this one waited
            _install(folder, level, newest)
    return str(interpreter(folder))


def interpreter(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variables(python):
    """Return the environment for programs in `.venv`: its folder is first in PATH, no other Python is set."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "MPLBACKEND", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"):
        env.pop(name, None)
    if Path(python).parent.parent.parent == ROOT:
        env["VIRTUAL_ENV"] = str(Path(python).parent.parent)
        env["PATH"] = str(Path(python).parent) + os.pathsep + env.get("PATH", "")
    env["JUPYTER_PREFER_ENV_PATH"] = "1"
    env["PYTHONUTF8"] = "1"
    return env


def explain(error):
    """Return one line for the reader that explains an OSError."""
    where = getattr(error, "filename", None) or ROOT
    if error.errno == errno.ENOSPC:
        return full_disk(where)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"Cannot write {where}: work in a copy of the course in a folder of your own."
    return f"{error.strerror or error}: {where}"


def explained(verb):
    """Decorate the main function of a verb: an OSError becomes one line and exit code 1."""

    def decorate(main):
        @functools.wraps(main)
        def run_main(*arguments, **more):
            try:
                return main(*arguments, **more)
            except OSError as error:
                print(f"course.py {verb}: {explain(error)}", file=sys.stderr)
                return 1

        return run_main

    return decorate


def full_disk(where=ROOT):
    place = Path(where)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e6
    return (
        f"The disk is full ({free:.0f} MB free at {place}); the course needs about 1500 MB. "
        "Nothing is broken: free some and try again."
    )


def _source(level, newest):
    """Return the lock file, or the list of requirements, to install from."""
    return ROOT / (LEVELS[level].replace(".lock", ".txt") if newest else LEVELS[level])


def _identity(newest):
    """Return the Python, path and lock files that a `.venv` must have been made with to be usable now."""
    together = hashlib.sha256()
    for level in LEVELS:
        together.update(_source(level, newest).read_bytes().replace(b"\r\n", b"\n"))
    python = sys.version.split()[0]
    return {"locks": together.hexdigest(), "root": str(ROOT), "python": python, "base": sys.base_prefix}


def _serves(folder, level, newest):
    """Return whether all packages of `level` are installed in `folder`."""
    held = _held(folder, newest)
    return held is not None and list(LEVELS).index(held) >= list(LEVELS).index(level)


def _held(folder, newest):
    """Return the level that is complete in `folder`, or None if there is none or it has other locks."""
    try:
        stamp = json.loads((folder / "course.json").read_text(encoding="utf-8"))
        present = set(os.listdir(folder / stamp["packages"]))
        whole = interpreter(folder).exists() and present.issuperset(stamp["holds"])
        return stamp["level"] if whole and stamp["identity"] == _identity(newest) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _install(folder, level, newest):
    begin = time.monotonic()
    status = Status()
    lock = _source(level, newest)
    uv = uv_program()
    held = _held(folder, newest)
    if held and not uv and not (_packages(folder) / "pip").is_dir():  # created by uv, now removed
        held = None
    if held:
        status.say(f"Adding the packages of {lock.name} beyond level {held} to {folder.name}.")
    elif sys.prefix == str(folder):
        raise Problem(f"{folder.name} must be recreated: run course.py with a Python outside it.")
    elif folder.exists():
        status.say(f"{folder.name} does not match {lock.name}: recreating it.")
    try:
        if uv:
            _install_with_uv(uv, folder, lock, newest, status, held)
    except FullDisk:
        raise
    except Problem as problem:
        status.say(f"uv could not: {problem} Trying pip.")
        uv = held = None
    if not uv:
        _install_with_pip(folder, lock, newest, status, held)
    _stamp(folder, level, newest)
    status.say(f"Installed in {time.monotonic() - begin:.0f} s.")


def _install_with_uv(uv, folder, lock, newest, status, held):
    if not held:
        status.say(f"[1/2] Making {folder.name} with uv")
        _remove(folder)
        _do([uv, "venv", "--quiet", "--python", _base_python(), str(folder)], status, "making .venv")
    status.say(f"[2/2] Installing the packages of {lock.name} with uv")
    install = [
        uv,
        "pip",
        "install",
        "--python",
        str(interpreter(folder)),
        "--compile-bytecode",
        "-r",
        str(lock),
    ]
    _do(install + _by_hash(newest), status, "installing")


def _install_with_pip(folder, lock, newest, status, held):
    if not held:
        _require_venv(status)
        status.say(f"[1/3] Making {folder.name} with venv")
        _remove(folder)
        _do([_base_python(), "-m", "venv", str(folder)], status, "making .venv")
    python = str(interpreter(folder))
    status.say(f"[2/3] Installing the packages of {lock.name} with pip")
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"]
    _do([*install, "-r", str(lock), *_by_hash(newest)], status, "installing", _count(lock))
    status.say("[3/3] Compiling it on all processors, which pip would do on one")
    # some packages contain files for other Pythons, so the exit code means nothing
    compile_all = [python, "-m", "compileall", "-q", "-j", "0", str(_packages(folder))]
    run(compile_all, on_line=lambda line: None, on_tick=lambda seconds: status.show(f"      {seconds:.0f} s"))


def _by_hash(newest):
    """Return pip's options for a lock. It is complete and has all hashes, so nothing has to be resolved."""
    return [] if newest else ["--require-hashes", "--no-deps"]


def _base_python():
    """Return the Python to create .venv with: in a virtual environment, the one that it was created from."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _count(lock):
    return len(re.findall(r"^[A-Za-z0-9].*==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def _packages(folder):
    """Return the folder of the installed packages in a virtual environment."""
    where = {"base": str(folder), "platbase": str(folder), "installed_base": str(folder)}
    scheme = "nt_venv" if os.name == "nt" else "posix_venv"
    return Path(sysconfig.get_paths(scheme, vars=where)["purelib"])


def _stamp(folder, level, newest):
    """Make the course importable in `folder`, and record that its installation is complete."""
    packages = _packages(folder)
    (packages / "course.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    stamp = {
        "identity": _identity(newest),
        "level": level,
        "packages": packages.relative_to(folder).as_posix(),
        "holds": sorted(name for name in os.listdir(packages) if name != "__pycache__"),
    }
    partial = folder / "course.json.partial"
    partial.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(partial, folder / "course.json")


def uv_program():
    uv = shutil.which("uv")
    if not uv:
        return None
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run([uv, "--version"], capture_output=True, timeout=30, check=False)
        if answer.returncode == 0:
            return uv
    return None


def _require_venv(status):
    """Install the package with the rest of `venv`, which Debian and its derivatives split off."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    from tools import system

    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    status.say(f"This Python has no venv module: it is in the system package {package}.")
    if not system.apt_install([package], status):
        raise Problem(
            f"This Python cannot make a .venv: its venv module is missing. "
            f"Install it with `{system.apt_line([package])}`, or install uv, and try again."
        )


def _remove(folder):
    try:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
        else:
            folder.unlink()
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise Problem(
            f"Cannot remove {error.filename}: close what uses {folder.name} and try again."
        ) from error


class Progress:
    """What pip or uv has done so far, from the lines that it prints: it never seems to go back."""

    def __init__(self, count=0):
        self.count, self.seen, self.unpacks, self.last = count, set(), False, ""

    def add(self, line):
        self.last = line.strip()
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            self.seen.add(line.split()[1])
        self.unpacks |= line.startswith("Installing collected")

    def __str__(self):
        if self.unpacks:
            return f", unpacking {len(self.seen)} packages"
        if self.seen:
            return f", fetched {len(self.seen)} of up to {self.count}"
        return f": {self.last}" if self.last else ""


def _do(command, status, doing, count=0):
    """Run one step of the installation and show its progress in one line. Raise Problem if it fails."""
    lines, progress = [], Progress(count)

    def on_line(line):
        lines.append(line)
        progress.add(line)

    def on_tick(seconds):
        status.show(f"      {doing}, {seconds:.0f} s{progress}")

    code = run(command, env=variables(sys.executable), on_line=on_line, on_tick=on_tick)
    if code == 130:
        raise KeyboardInterrupt
    if code == 0:
        return
    text = "\n".join(lines)
    if FULL_DISK.search(text):
        raise FullDisk(full_disk())
    errors = [line.strip() for line in lines if re.match(r"\s*(ERROR|error|×|Error)", line)] or lines[-1:]
    said = re.sub(r"\s+", " ", errors[-1])[:300] if errors else f"exit code {code}"
    if NO_NETWORK.search(text):
        raise Problem(f"Cannot reach the package index: {said.rstrip('. ')}. {_way_out()}")
    raise Problem(f"{doing} failed: {said}")


def _way_out():
    """Return advice for when no package can be fetched: check the proxy, if there is one."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        if os.environ.get(name):
            return f"{name} says to go through {re.sub('//[^/@]*@', '//', os.environ[name])}: is it right?"
    return "Is there a network? Try again when there is."
