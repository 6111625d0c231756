"""See a learner's function call one that answers the question, by whatever name it is reached.

While an answer runs, the code of each watched function is exchanged for one that writes the call down and
then does the same work. An alias, a partial or a wrapper holds the same function object, so it is seen as
well; nothing else becomes slower.
"""

import contextlib
import sys
import types
from inspect import unwrap

GIVEN = "<given function>"  # where the functions that a case hands over come from (questions.Code)


@contextlib.contextmanager
def watching(names):
    """Watch for calls of `names` in the block; gives a `Watch`.

    A name is that of a function or method anywhere in conv_lib, "conv1d" or "SGD.step", or one anywhere in
    another package: "numpy:convolve". "conv2d(groups)" is a call of conv2d with more than one group.
    """
    watch = Watch(names)
    try:
        yield watch
    finally:
        watch.end()


class Watch:
    def __init__(self, names):
        self._wanted = {}  # package -> [([attribute, ...], keyword), ...]
        for name in names:
            package, path, keyword = _parsed(name)
            self._wanted.setdefault(package, []).append((path, keyword))
        self._code = {}  # function -> the code that it had
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
                if function is not None and function not in self._code:
                    self._exchange(function, keyword)

    def take(self):
        """The names of what was called since the last time."""
        called, self._called = tuple(self._called), {}
        return called

    def end(self):
        for function, code in self._code.items():
            function.__code__ = code
        self._code = {}

    def _exchange(self, function, keyword):
        code = function.__code__
        twin = types.FunctionType(
            code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        twin.__kwdefaults__ = function.__kwdefaults__
        shown = _shown(function)

        def called(args, kwargs):
            if (not keyword or kwargs.get(keyword, 1) != 1) and not _by_a_given_function():
                self._called[shown] = True
            return twin(*args, **kwargs)

        constants = tuple(called if value == "called" else value for value in _stand_in.__code__.co_consts)
        self._code[function] = code
        function.__code__ = _stand_in.__code__.replace(
            co_consts=constants, co_freevars=code.co_freevars, co_name=code.co_name
        )


def _stand_in(*args, **kwargs):
    call = "called"
    return call(args, kwargs)


def _parsed(name):
    """(package, [attribute, ...], keyword) of "conv2d(groups)" or "numpy:convolve"."""
    dotted, _, keyword = name.rstrip(")").partition("(")
    package, _, path = dotted.rpartition(":")
    return package or "conv_lib", path.split("."), keyword


def _find(module, path):
    """The Python function that stands at `path` in a module, None if there is none."""
    found = vars(module).get(path[0])
    for name in path[1:]:
        found = vars(found).get(name) if isinstance(found, type) else None
    try:
        found = unwrap(found)
    except ValueError:
        return None
    return found if isinstance(found, types.FunctionType) else None


def _shown(function):
    """How a card names a function: vectorized.conv2d, numpy.convolve."""
    package, *modules = function.__module__.split(".")
    first = modules[:1] if package == "conv_lib" else [package]
    return ".".join([*first, function.__qualname__])


def _by_a_given_function():
    """Whether the call comes out of a function that the case handed over."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename == GIVEN:
            return True
        frame = frame.f_back
    return False
