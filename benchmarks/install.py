"""Install the contestants that a fresh .venv lacks: PyTorch as the tests pin it, the rest by name."""

import importlib

from benchmarks.contestants import contestants
from tools import system
from tools.process import Status


def missing():
    """Packages that contestants need and that are not installed, in the order of the contestants."""
    importlib.invalidate_caches()
    return list(dict.fromkeys(name for contestant in contestants() for name in contestant.missing()))


def bring():
    """Try to install the missing packages; returns those that are still missing."""
    status, lacking = Status(), missing()
    if "torch" in lacking:
        system.ensure_torch(status)
    others = [name for name in lacking if name != "torch"]
    if others:
        status.say(f"  installing {', '.join(others)}, to compare with")
        system.pip_install(others, status)
    return missing()
