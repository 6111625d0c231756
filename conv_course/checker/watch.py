"""See a learner's function call one that answers the question, by whatever name it is reached.

While an answer runs, the code of each watched function is exchanged for one that writes the call down and
then does the same work. An alias, a partial or a wrapper holds the same function object, so it is seen as
well; nothing else becomes slower.

This tells of calls, it is no lock. A function that a cell made from the code of a watched one, before the
watch began, is not seen in a notebook. The class grader begins a `Watch` before a learner's first cell, for
what was imported by then (all of conv_lib, NumPy). Nothing sees a copied source text, nor code that takes
the watch itself away.
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
_watching = []  # what calls are written down for
_exchanged = set()  # functions whose code is not their own now
_inside = threading.local()  # .watches: those that have written down a call that still runs in this thread


@contextlib.contextmanager
def watching(names):
    """Watch for calls of `names` in the block; gives a `Watch`.

    A name is that of a function or method anywhere in conv_lib, "conv1d" or "SGD.step", or one anywhere in
    another package: "numpy:convolve". "conv2d(groups)" is a call of conv2d with more than one group.
    """
    watch = Watch(names)
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)
        watch.end()


class Watch:
    """Exchanges the code of functions until its `end`; outside of `watching` it writes nothing down."""

    def __init__(self, names):
        self._wanted = {}  # package -> [([attribute, ...], keyword), ...]
        for name in names:
            package, path, keyword = _parsed(name)
            self._wanted.setdefault(package, []).append((path, keyword))
        self._keywords = {}  # function -> the keyword that makes its call one to write down, or ""
        self._code = {}  # function -> the code that it had
        self._replaced = []  # (names, name, function) where a function without Python code stood
        self._modules = 0
        self._called = {}
        self.look()

    def look(self):
        """Find the functions, also those of modules that were imported meanwhile."""
        if not self._wanted or len(sys.modules) == self._modules:
            return
        self._modules = len(sys.modules)
        for name, module in list(sys.modules.items()):
            # the checker's own functions, which answer every question, are no learner's
            if name.startswith(__package__) or not isinstance(module, types.ModuleType):
                continue
            for path, keyword in self._wanted.get(name.partition(".")[0], ()):
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
        """The names of what was called since the last time."""
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
        """Put a function of Python's in the place of one of C's, in its module and in the notebook."""
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
        """Write a call down if it is one that was asked for; True if so."""
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
        # what a written-down function calls by itself is not the learner's call
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
    """What a call of `code` passes for an argument: 1 if nothing, None if that cannot be told for sure."""
    if any(type(key) is not str for key in kwargs):
        return None
    names = code.co_varnames[: code.co_argcount]
    place = names.index(name) if name in names else len(args)
    return args[place] if place < len(args) else kwargs.get(name, 1)


def is_one(value):
    """Whether it is the number 1, whatever the methods of its class say."""
    kind = type(value)
    if issubclass(kind, int):
        return operator.index(value) == 1
    return any(kind is one for one in NUMPY_INTEGERS) and bool(value == 1)


def _parsed(name):
    """(package, [attribute, ...], keyword) of "conv2d(groups)" or "numpy:convolve"."""
    dotted, _, keyword = name.rstrip(")").partition("(")
    package, _, path = dotted.rpartition(":")
    return package or "conv_lib", path.split("."), keyword


def _find(module, path):
    """The function that stands at `path` in a module, None if there is none."""
    found = vars(module).get(path[0])
    for name in path[1:]:
        found = vars(found).get(name) if isinstance(found, type) else None
    try:
        found = unwrap(found)
    except ValueError:
        return None
    if isinstance(found, types.FunctionType):
        # a package may have a function of another one among its names: SciPy has NumPy's correlate
        own = module.__name__.partition(".")[0] == str(found.__module__).partition(".")[0]
        return found if own else None
    return found if isinstance(found, types.BuiltinFunctionType) else None


def _shown(function):
    """How a card names a function: vectorized.conv2d, numpy.convolve."""
    package, *modules = function.__module__.split(".")
    first = modules[:1] if package == "conv_lib" else [package]
    return ".".join([*first, function.__qualname__])


def _by_a_given_function():
    """Whether the call comes out of a function that the case handed over."""
    frame = sys._getframe(2)
    while frame is not None:
        if cases.is_given(frame.f_code):
            return True
        frame = frame.f_back
    return False
