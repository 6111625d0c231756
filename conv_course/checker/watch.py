"""Detect calls of functions that answer a question, by whatever name the learner's function reaches them.

While an answer runs, the code of each watched function is replaced by code that records the call and then
does the same work. An alias, a partial or a wrapper holds the same function object, so its calls are detected
as well. No other code becomes slower.

This detects calls; it does not prevent them. In a notebook, a function that a cell made from the code of a
watched one before the watch began is not detected. The class grader begins a `Watch` before a learner's first
cell, for the modules imported by then (all of conv_lib, NumPy). A copied source text is never detected, nor
code that removes the watch itself.
"""

import contextlib
import operator
import sys
import threading
import types
from functools import wraps
from inspect import unwrap

from numpy import signedinteger, unsignedinteger

from . import cases

NUMPY_INTEGERS = (*signedinteger.__subclasses__(), *unsignedinteger.__subclasses__())
_watching = []  # the watches that currently record calls
_exchanged = set()  # functions whose code is currently replaced
_inside = threading.local()  # .watches: those that have recorded a call that still runs in this thread


@contextlib.contextmanager
def watching(names):
    """Record calls of `names` in the block. Yield the `Watch`.

    A name is a function or method anywhere in conv_lib, as "conv1d" or "SGD.step", or anywhere in another
    package, as "numpy:convolve". "conv2d(groups)" means a call of conv2d with more than one group.
    """
    watch = Watch(names)
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)
        watch.end()


class Watch:
    """Replaces the code of functions until `end` is called. Outside of `watching` it records nothing."""

    def __init__(self, names):
        self._wanted = {}  # {package: [([attribute, ...], keyword), ...]}
        for name in names:
            package, path, keyword = _parsed(name)
            self._wanted.setdefault(package, []).append((path, keyword))
        self._keywords = {}  # {function: the keyword whose use makes its call count, or "" for any call}
        self._code = {}  # {function: its original code}
        self._replaced = []  # (namespace, name, function) for each replaced function without Python code
        self._modules = 0
        self._called = {}
        self.look()

    def look(self):
        """Find the functions, including those in modules that were imported meanwhile."""
        if not self._wanted or len(sys.modules) == self._modules:
            return
        self._modules = len(sys.modules)
        for name, module in list(sys.modules.items()):
            wanted = self._wanted.get(name.partition(".")[0])
            # skip the checker's own functions, which answer every question
            if not wanted or name.startswith(__package__) or not isinstance(module, types.ModuleType):
                continue
            for path, keyword in wanted:
                function = _find(module, path)
                if function is None or function in self._keywords:
                    continue
                if not isinstance(function, types.FunctionType):
                    self._replace(function, name, path[-1])
                    continue
                self._keywords[function] = keyword
                if function not in _exchanged:
                    self._code[function] = function.__code__
                    _exchange(function)

    def take(self):
        """Return the names of the functions called since the last call of `take`."""
        called, self._called = tuple(self._called), {}
        return called

    def end(self):
        for function, code in self._code.items():
            function.__code__ = code
            _exchanged.discard(function)
        for names, name, function in self._replaced:
            names[name] = function
        self._code, self._replaced = {}, []

    def _replace(self, function, module, name):
        """Replace a function written in C by a Python function, in its module and in the notebook."""
        self._keywords[function] = ""

        @wraps(function)
        def called(*args, **kwargs):
            if not _by_a_given_function():
                for watch in _watching:
                    if function in watch._keywords:
                        watch._called[f"{module.partition('.')[0]}.{name}"] = True
            return function(*args, **kwargs)

        notebook = vars(sys.modules["__main__"]) if "__main__" in sys.modules else {}
        for names in (vars(sys.modules[module]), notebook):
            for key, value in list(names.items()):
                if value is function:
                    names[key] = called
                    self._replaced.append((names, key, function))

    def see(self, function, code, args, kwargs):
        """Record a call if it is one of the watched calls. Return whether it is."""
        keyword = self._keywords.get(function)
        if keyword == "" or (keyword and not is_one(_argument(code, keyword, args, kwargs))):
            self._called[_shown(function)] = True
            return True
        return False


def _exchange(function):
    code = function.__code__
    twin = types.FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__

    def called(args, kwargs):
        outer = getattr(_inside, "watches", ())
        # calls made by a recorded function itself are not the learner's
        watches = () if _by_a_given_function() else [w for w in _watching if w not in outer]
        try:
            _inside.watches = (*outer, *[w for w in watches if w.see(function, code, args, kwargs)])
            return twin(*args, **kwargs)
        finally:
            _inside.watches = outer

    constants = tuple(called if value == "called" else value for value in _stand_in.__code__.co_consts)
    function.__code__ = _stand_in.__code__.replace(
        co_consts=constants, co_freevars=code.co_freevars, co_name=code.co_name
    )
    _exchanged.add(function)


def _stand_in(*args, **kwargs):
    call = "called"
    return call(args, kwargs)


def _argument(code, name, args, kwargs):
    """Return what a call passes for the argument `name`: 1 if nothing, None if this cannot be determined."""
    if any(type(key) is not str for key in kwargs):
        return None
    names = code.co_varnames[: code.co_argcount]
    place = names.index(name) if name in names else len(args)
    return args[place] if place < len(args) else kwargs.get(name, 1)


def is_one(value):
    """Return whether a value is the number 1, without calling overridden methods of its class."""
    kind = type(value)
    if issubclass(kind, int):
        return operator.index(value) == 1
    return any(kind is one for one in NUMPY_INTEGERS) and bool(value == 1)


def _parsed(name):
    """Parse a name such as "conv2d(groups)" or "numpy:convolve" into (package, [attribute, ...], keyword)."""
    dotted, _, keyword = name.rstrip(")").partition("(")
    package, _, path = dotted.rpartition(":")
    return package or "conv_lib", path.split("."), keyword


def _find(module, path):
    """Return the function at the attribute path `path` in a module, or None."""
    found = vars(module).get(path[0])
    for name in path[1:]:
        found = vars(found).get(name) if isinstance(found, type) else None
    try:
        found = unwrap(found)
    except ValueError:
        return None
    if isinstance(found, types.FunctionType):
        # a package may re-export another package's function, as SciPy does with NumPy's correlate
        own = module.__name__.partition(".")[0] == str(found.__module__).partition(".")[0]
        return found if own else None
    return found if isinstance(found, types.BuiltinFunctionType) else None


def _shown(function):
    """Return a function's name as shown on a card: vectorized.conv2d, numpy.convolve."""
    package, *modules = function.__module__.split(".")
    first = modules[:1] if package == "conv_lib" else [package]
    return ".".join([*first, function.__qualname__])


def _by_a_given_function():
    """Return whether the call is made by a function that the case passed as an argument."""
    frame = sys._getframe(2)
    while frame is not None:
        if cases.is_given(frame.f_code):
            return True
        frame = frame.f_back
    return False
