"""A case: one call of the learner's function, as plain data that can travel to another process."""

import inspect
import re
import textwrap
import types
from dataclasses import dataclass, field

import numpy as np

LAYOUTS = ("C", "F", "view", "reversed")


_given = {}  # {id: code object} of the functions in cases; file names can be forged, code objects cannot


def is_given(code):
    """Return whether a code object belongs to a function that a case passed as an argument."""
    return _given.get(id(code)) is code


def _parts(code):
    """Yield a code object and all code objects nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)


class Code:
    """A function that is passed to the learner's function, kept as source text.

    Cases must be sent to another process as plain data. So a callable in a case is source text that needs
    only `np` and its constants. It may import from conv_lib in its body.

    >>> Code("def f(x): return np.sum(a * x)", a=2.0)(np.ones(3))
    6.0
    """

    def __init__(self, source, **constants):
        self.source = textwrap.dedent(source).strip() + "\n"
        self.constants = constants
        self._function = None

    @classmethod
    def of(cls, function, **constants):
        """Return the `Code` of a module-level function, without its decorators."""
        source = textwrap.dedent(inspect.getsource(function))
        return cls(source[re.search(r"^def ", source, re.MULTILINE).start() :], **constants)

    @property
    def name(self):
        return re.match(r"def (\w+)", self.source)[1]

    @property
    def function(self):
        if self._function is None:
            space = {"np": np, **self.constants}
            code = compile(self.source, "<given function>", "exec")
            _given.update({id(part): part for part in _parts(code)})
            exec(code, space)
            self._function = space[self.name]
        return self._function

    def anonymous(self):
        """Return a new function that does not reveal its name."""
        inner = self.function
        return lambda *args, **kwargs: inner(*args, **kwargs)

    def __call__(self, *args, **kwargs):
        value = self.function(*args, **kwargs)
        return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True)
class Case:
    """One call of the learner's function: plain data, no expected answer."""

    args: tuple = ()
    kwargs: dict = field(default_factory=dict)
    part: str = ""
    layout: str = "C"
    note: str = ""


def case(*args, part="", layout="C", note="", **kwargs):
    """Return a `Case` with these arguments.

    `layout` is the memory layout of the arrays that the learner gets: "C", "F", "view" (every second
    element of a larger array) or "reversed" (negative strides).
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {LAYOUTS}, got {layout!r}")
    return Case(args, kwargs, part, layout, note)


def numbers(rng, *shape, dtype=np.float64):
    """Return readable random numbers: two decimals, between -3 and 3, none of them 0."""
    values = rng.integers(1, 300, size=shape) * rng.choice([-1, 1], size=shape) / 100
    return np.asarray(values, dtype=dtype)
