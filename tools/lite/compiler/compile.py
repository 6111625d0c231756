"""Runs in Pyodide: give every module of an archive its bytecode."""

import importlib.util
import io
import py_compile
import sys
import zipfile
from pathlib import Path

LIBRARY = "/lib/python{}{}.zip".format(*sys.version_info)  # where Pyodide puts its own
SCRATCH, RESULT = Path("/tmp/module.py"), Path("/tmp/module.pyc")
# neither the time nor the text of the source is looked at when such a file is imported
UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def with_bytecode(name, data):
    """Return the archive `data` with bytecode: in a wheel beside the source, in the standard library instead.

    What Python imports straight from a zip file it compiles anew each time, so there the source can go.
    """
    wheel, out = name.endswith(".whl"), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            source = old.read(item)
            code = bytecode(item.filename, source, wheel) if item.filename.endswith(".py") else None
            if wheel or code is None:
                new.writestr(item, source)
            if code is not None:
                place = importlib.util.cache_from_source(item.filename) if wheel else f"{item.filename}c"
                new.writestr(place, code)
    return out.getvalue()


def bytecode(path, source, wheel):
    """Return the bytecode of one module, None if it cannot be compiled."""
    SCRATCH.write_bytes(source)
    shown = path if wheel else f"{LIBRARY}/{path}"
    try:
        py_compile.compile(SCRATCH, RESULT, shown, doraise=True, invalidation_mode=UNCHECKED)
    except py_compile.PyCompileError:
        return None
    return RESULT.read_bytes()
