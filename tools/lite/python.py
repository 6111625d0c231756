"""Compose the Python that JupyterLite serves: Pyodide, the widgets and the course, under one lock file.

The lock lists only the packages that are served, with the names to import from each wheel, so that
`import conv_lib` in any cell loads it and no notebook needs an install cell.

JupyterLite's kernel requests jedi and ssl by name before it starts. Nothing in the course needs them, and
they would take megabytes to load: the lock gives an empty package for each, and completion inspects the live
objects instead.
"""

import email.parser
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from conv_course.checker import site
from tools.lite import bytecode
from tools.lite.pyodide_files import RELEASE, FetchError, cache_folder, fetch_all, sha256

ROOT = Path(__file__).resolve().parents[2]
PINNED_WHEELS = Path(__file__).parent / "wheels.txt"
LEFT_OUT = ["jedi", "ssl"]
LIBRARY = "python_stdlib.zip"
JEDI_ON = "self.Completer.use_jedi = True"

# import names and run-time dependencies of the pure wheels; the page provides their front ends
PURE = {
    "ipywidgets": (["ipywidgets"], ["ipython", "traitlets", "comm"]),
    "comm": (["comm"], []),
    "anywidget": (["anywidget"], ["ipywidgets", "psygnal", "typing-extensions"]),
    "psygnal": (["psygnal"], []),
    "typing-extensions": (["typing_extensions"], []),
    "convolution-layer": (["conv_lib", "conv_course"], ["numpy"]),
    "piplite": (["piplite"], ["micropip"]),
    "pyodide-kernel": (["pyodide_kernel"], ["ipython", "comm"]),
    "ipykernel": (["ipykernel"], []),
    "widgetsnbextension": (["widgetsnbextension"], []),
    **{name: ([], []) for name in LEFT_OUT},
}
# every page and notebook imports most of these, so they get bytecode, which makes them half as large again
COMPILED = ["numpy", "convolution-layer"]


def widget_wheels(say=print):
    """Return the paths of the pinned pure-Python wheels, from the cache or from pip, which checks hashes."""
    folder = cache_folder().parent / f"wheels-{sha256(PINNED_WHEELS)[:12]}"
    if not (folder / "complete").exists():
        say("  fetching the widget wheels (1 MB)")
        target = ["--implementation", "py", "--abi", "none", "--platform", "any", "--python-version", "3.12"]
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
        ]
        command += [*target, "--dest", str(folder), "--requirement", str(PINNED_WHEELS)]
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
            raise FetchError(f"pip could not fetch the wheels pinned in {PINNED_WHEELS.relative_to(ROOT)}")
        (folder / "complete").touch()
    return sorted(folder.glob("*.whl"))


def kernel_wheels():
    """Return the wheels that come with JupyterLite's kernel, only the newer of two versions."""
    extension = (
        Path(sysconfig.get_path("data")) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
    )
    newest = {
        wheel.name.split("-")[0]: wheel for wheel in sorted((extension / "static" / "pypi").glob("*.whl"))
    }
    if not newest:
        raise FetchError("jupyterlite-pyodide-kernel is not installed, or keeps its wheels elsewhere now")
    return list(newest.values())


def without_jedi(wheel, folder):
    """Return a copy of the kernel's wheel whose completion does not call jedi; other wheels unchanged."""
    if not wheel.name.startswith("pyodide_kernel-"):
        return wheel
    copy, changed = folder / wheel.name, False
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "pyodide_kernel/interpreter.py":
                changed = JEDI_ON.encode() in data
                data = data.replace(JEDI_ON.encode(), JEDI_ON.replace("True", "False").encode())
            new.writestr(item, data)
    if not changed:
        raise FetchError(f"{wheel.name} no longer says {JEDI_ON!r}: look how it completes without jedi now")
    return copy


def placeholder(name, folder):
    """Make an empty wheel in place of a package that the kernel requests but the course does not need."""
    path = folder / f"{name}-0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in [("METADATA", metadata), ("WHEEL", tags), ("RECORD", "")]:
            archive.writestr(zipfile.ZipInfo(f"{name}-0.dist-info/{file}"), text)
    return path


def course_wheel(folder, exercises=False):
    """Build the course's own wheel in `folder`, optionally with the exercises. Return its path."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    # a copy, so that setuptools leaves nothing in the tree
    source = folder / "source"
    for name in ("conv_lib", "conv_course", *(["exercises"] if exercises else [])):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, source)
    place = source / "conv_course" / "checker" / "site.py"
    place.write_text(named(place.read_text(encoding="utf-8")), encoding="utf-8")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    result = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(source)], stdin=subprocess.DEVNULL, env=environment
    )
    if result.returncode:
        raise FetchError("the course's wheel could not be built; pip says why above")
    return next(folder.glob("convolution_layer-*.whl"))


def named(text):
    """Return the source of `site.py` with the repository from COURSE_REPOSITORY, if it is set."""
    repository = "/".join(site.repository().split("/")[-2:])
    line = re.compile(r'^REPOSITORY = ".*?"', re.MULTILINE)
    if len(line.findall(text)) != 1:
        raise FetchError("conv_course/checker/site.py says in another way now where the course is")
    return line.sub(f'REPOSITORY = "{repository}"', text)


def lock_entry(wheel):
    with zipfile.ZipFile(wheel) as archive:
        metadata_file = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.parser.Parser().parsestr(archive.read(metadata_file).decode())
    name = metadata["Name"].replace("_", "-").lower()
    imports, depends = PURE[name]
    return {
        "name": name,
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
    }


def compose(target, scratch, say=print):
    """Fill the folder `target` with everything that the kernel loads. Return its size in bytes."""
    target.mkdir(parents=True)
    cache = fetch_all(say)
    packages = dict(RELEASE["packages"])
    for name in [*RELEASE["core"], *(entry["file_name"] for entry in packages.values())]:
        shutil.copy(cache / name, target)
    brought = [without_jedi(wheel, scratch) for wheel in kernel_wheels()]
    empty = [placeholder(name, scratch) for name in LEFT_OUT]
    for wheel in [*widget_wheels(say), *brought, *empty, course_wheel(scratch)]:
        shutil.copy(wheel, target)
        entry = lock_entry(wheel)
        packages[entry["name"]] = entry
    lock = {"info": RELEASE["info"], "packages": dict(sorted(packages.items()))}
    place = target / "pyodide-lock.json"
    place.write_text(json.dumps(lock))
    compiled = [packages[name] for name in COMPILED]
    bytecode.compile_in(target, [LIBRARY, *(entry["file_name"] for entry in compiled)], say)
    for entry in compiled:
        entry["sha256"] = sha256(target / entry["file_name"])
    place.write_text(json.dumps(lock))
    return sum(path.stat().st_size for path in target.iterdir())
