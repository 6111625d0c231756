"""System packages: install them if root and apt allow it without asking, else print the exact command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.process import run

ROOT = Path(__file__).resolve().parent.parent


def apt_line(packages):
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def apt_install(packages, status):
    """Install Debian packages if this process may do so. Return whether they are installed now.

    Each is a name, or names separated by a bar: "a|b" means a if apt knows it, else b.
    """
    prefix = _apt_prefix()
    if prefix is None:
        return False
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")

    def apt(*arguments):
        lines = []
        code = run(
            [*prefix, "apt-get", *arguments],
            env=env,
            on_line=lines.append,
            on_tick=lambda seconds: status.show(f"      apt-get, {seconds:.0f} s"),
        )
        if code:
            status.say("      apt-get: " + " / ".join(lines[-2:]))
        return code == 0

    apt("update", "-qq")
    packages = [_first_known(names.split("|")) for names in packages]
    status.say(f"      apt-get install {' '.join(packages)}")
    return apt("install", "-y", "-qq", "--no-install-recommends", *packages)


def _first_known(packages):
    """Return the first package that apt knows, else the last."""
    for package in packages[:-1]:
        if subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0:
            return package
    return packages[-1]


def _apt_prefix():
    """Return the prefix of `apt-get`: [] for root, sudo if a CI machine allows it, else None."""
    if not sys.platform.startswith("linux") or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if os.environ.get("CI") == "true" and shutil.which("sudo"):
        asked = subprocess.run([*sudo, "true"], capture_output=True, check=False)
        return sudo if asked.returncode == 0 else None
    return None


# On Ubuntu 24.04 and later this file contains 1: unconfined programs may not create user namespaces.
RESTRICTION = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def allow_sandbox(status):
    """Allow bubblewrap on a CI machine that forbids it. A reader's own machine is not changed."""
    if os.environ.get("CI") != "true" or not RESTRICTION.is_file():
        return
    prefix = _apt_prefix()
    if prefix is not None and RESTRICTION.read_text(encoding="ascii").strip() == "1":
        setting = f"kernel.{RESTRICTION.name}=0"
        status.say(f"      sysctl {setting}, so that the sandbox may start")
        subprocess.run([*prefix, "sysctl", "-q", "-w", setting], check=False)


# tool: (its programs, the Debian package or "best|other", the line for macOS and Windows)
TOOLS = {
    "chromium": (
        # the headless build first: it loads a page in two thirds of the time
        (
            "chromium-headless-shell",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
        ),
        "chromium-headless-shell|chromium",
        "install Chrome or Chromium",
    ),
    "octave": (("octave-cli", "octave"), "octave", "install GNU Octave"),
    "bubblewrap": (("bwrap",), "bubblewrap", "the sandbox needs Linux"),
}
PLACES_OF_CHROME = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)


def find(tool):
    """Return the path of one of TOOLS, or None."""
    for program in TOOLS[tool][0]:
        path = shutil.which(program)
        if path:
            return path
    if tool == "chromium":
        return next((place for place in PLACES_OF_CHROME if os.path.isfile(place)), None)
    return None


def how_to_get(tool):
    _, package, elsewhere = TOOLS[tool]
    return apt_line([package.rpartition("|")[2]]) if sys.platform.startswith("linux") else elsewhere


def must_have(tool):
    """Return whether a missing tool is a failure: yes on CI, except for tools that this system cannot have.

    A workflow may name tools that its machines lack: COURSE_MAY_LACK="octave torch".
    """
    if os.environ.get("CI") != "true" or tool in os.environ.get("COURSE_MAY_LACK", "").split():
        return False
    return tool != "bubblewrap" or sys.platform.startswith("linux")


def ensure_torch(status):
    """Install the PyTorch of requirements-oracle.txt into this Python, if it is available."""
    wanted = (ROOT / "requirements-oracle.txt").read_text(encoding="utf-8").split()[-1]
    version = wanted.partition("==")[2]
    if _torch_version().partition("+")[0] == version:
        return True
    attempts = [f"torch=={version}"]
    # On Linux the plain name may bring gigabytes for graphics cards: try the build named "cpu" first.
    if sys.platform.startswith("linux"):
        attempts.insert(0, f"torch=={version}+cpu")
    status.say(f"  installing {wanted} (CPU), to compare with")
    return any(pip_install([attempt], status) and _torch_version() for attempt in attempts)


def pip_install(packages, status):
    """Install packages into this Python. Return whether pip succeeded."""
    code = run(
        [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *packages],
        on_line=lambda line: None,
        on_tick=lambda seconds: status.show(f"      pip, {seconds:.0f} s"),
    )
    return code == 0


def _torch_version():
    """Return the version of the installed PyTorch if it can be imported, else ""."""
    ask = "import torch; print(torch.__version__)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
