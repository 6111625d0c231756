"""Compose the Python that JupyterLite serves: Pyodide, the widget wheels and conv_lib, under one lock file.

The lock lists only what is served, with the names that each wheel imports, so that `import conv_lib` in
any cell loads it and no notebook needs an install cell.
"""

import email.parser
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from tools.lite.pyodide_files import RELEASE, FetchError, cache_folder, fetch_all, sha256

ROOT = Path(__file__).resolve().parents[2]
PINNED_WHEELS = Path(__file__).parent / "wheels.txt"

# import names and run-time needs of the pure wheels; their front ends come with the page
PURE = {
    "ipywidgets": (["ipywidgets"], ["ipython", "traitlets", "comm"]),
    "comm": (["comm"], []),
    "anywidget": (["anywidget"], ["ipywidgets", "psygnal", "typing-extensions"]),
    "psygnal": (["psygnal"], []),
    "typing-extensions": (["typing_extensions"], []),
    "conv-lib": (["conv_lib"], ["numpy"]),
    "piplite": (["piplite"], ["micropip"]),
    "pyodide-kernel": (["pyodide_kernel"], ["ipython", "comm"]),
    "ipykernel": (["ipykernel"], []),
    "widgetsnbextension": (["widgetsnbextension"], []),
}


def widget_wheels(say=print):
    """The pinned pure-Python wheels, from the cache or by pip, which checks their hashes; list of paths."""
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
    """The wheels that JupyterLite's kernel brings along; of two versions the newer."""
    extension = (
        Path(sysconfig.get_path("data")) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
    )
    newest = {
        wheel.name.split("-")[0]: wheel for wheel in sorted((extension / "static" / "pypi").glob("*.whl"))
    }
    if not newest:
        raise FetchError("jupyterlite-pyodide-kernel is not installed, or keeps its wheels elsewhere now")
    return list(newest.values())


def course_wheel(folder):
    """Build conv_lib's own wheel into `folder`; returns its path."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    # a copy, so that setuptools leaves nothing in the tree
    source = folder / "source"
    shutil.copytree(ROOT / "conv_lib", source / "conv_lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", source)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    result = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(source)], stdin=subprocess.DEVNULL, env=environment
    )
    if result.returncode:
        raise FetchError("conv_lib's wheel could not be built; pip says why above")
    return next(folder.glob("conv_lib-*.whl"))


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
    """Fill the folder `target` with everything that the kernel loads; returns its size in bytes."""
    target.mkdir(parents=True)
    cache = fetch_all(say)
    packages = dict(RELEASE["packages"])
    for name in [*RELEASE["core"], *(entry["file_name"] for entry in packages.values())]:
        shutil.copy(cache / name, target)
    for wheel in [*widget_wheels(say), *kernel_wheels(), course_wheel(scratch)]:
        shutil.copy(wheel, target)
        entry = lock_entry(wheel)
        packages[entry["name"]] = entry
    lock = {"info": RELEASE["info"], "packages": dict(sorted(packages.items()))}
    (target / "pyodide-lock.json").write_text(json.dumps(lock))
    return sum(path.stat().st_size for path in target.iterdir())
