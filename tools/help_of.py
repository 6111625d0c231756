"""Print the help of a verb before anything is installed: `python3 -m tools.help_of tools.learn --help`.

A verb's module imports packages that may not be there yet, and its help needs none of them. Whatever is missing
is replaced by a stand-in that lets modules be imported.
"""

import importlib.abc
import importlib.machinery
import runpy
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"]
COMPARISONS = ["lt", "le", "gt", "ge"]


class _Anything(type):
    """The class of a class that can be called, indexed, computed with and derived from."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything

    def __call__(cls, *arguments, **named):
        return Anything

    def __getitem__(cls, key):
        return Anything

    def __iter__(cls):
        return iter(())

    def __len__(cls):
        return 0

    def __neg__(cls):
        return Anything


def _anything(cls, *others):
    return Anything


for _name in [*OPERATORS, *(f"r{name}" for name in OPERATORS), *COMPARISONS]:
    setattr(_Anything, f"__{_name}__", _anything)


class Anything(metaclass=_Anything):
    pass


class _Module(types.ModuleType):
    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module that no one else has found, unless it would be one of the course."""

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if (ROOT / top).is_dir() or (ROOT / f"{top}.py").is_file() or top in sys.stdlib_module_names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _Module(spec.name)

    def exec_module(self, module):
        pass


def main(arguments):
    sys.meta_path.append(Missing())
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
