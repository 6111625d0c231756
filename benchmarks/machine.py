"""Describe the machine of the measurements: the processor, its caches, and the software versions."""

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "scipy", "threadpoolctl", "torch", "onnxruntime", "jax")


def describe():
    """Return a description of the machine as a dict of plain values."""
    from conv_lib.fast import pool

    return {
        "processor": _processor(),
        "cores": pool.cores(),
        "caches": _caches(),
        "memory GiB": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions():
    """Return {"python": ..., package: version or "not installed"}, and the BLAS that NumPy calls."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    found["blas"] = _blas()
    return found


def _blas():
    from conv_lib.fast import blas

    names = [
        f"{library.internal_api} {library.version} ({getattr(library, 'architecture', '?')})"
        for library in blas._libraries()
    ]
    return ", ".join(names) or "unknown"


def _processor():
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _caches():
    """Return {"L1d": "32K", "L2": ..., "L3": ...} of the first core."""
    sizes = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            sizes[f"L{level}" + ("d" if kind == "Data" else "")] = size
    return sizes


def _memory():
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)
