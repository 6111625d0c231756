"""The parts of a sheet: questions with their cases, right answers and wrong answers.

Nothing here runs a learner's code (`run`) or compares anything (`judge`).
"""

import importlib
import inspect
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from conv_course.checker import slips as _slips
from conv_course.checker.by_hand import by_hand_first, ended_by_zeros, once_more
from conv_course.checker.cases import Case, Code, case, numbers

SHEETS = Path(__file__).parent / "sheets"
# other libraries' functions that are a layer's forward pass: "libraries" in a question means all of them
LIBRARIES = (
    *(f"scipy:{kind}{n}" for kind in ("convolve", "correlate") for n in ("", "1d", "2d")),
    "scipy:fftconvolve",
    "scipy:oaconvolve",
    *(f"torch:{name}{n}d" for name in ("conv", "conv_transpose") for n in (1, 2)),
)


@lru_cache(maxsize=512)
def _parameters(function):
    return tuple(inspect.signature(function).parameters)


@dataclass(frozen=True)
class Wrong:
    """A misconception: a wrong function, its name, a hint, and the section that explains it.

    If it was made by editing a right answer, `slip` is the edit and `base` the right answer.
    """

    name: str
    hint: str
    function: Callable
    section: str
    slip: _slips.Slip | None = None
    base: str = ""


@dataclass(eq=False)
class Question:
    """One question of a sheet, made by `Sheet.function`, `.values` or `.tests`."""

    stem: str
    name: str
    function: str
    parts: dict
    section: str
    kind: str = "function"
    outputs: tuple = ()
    modifies: tuple = ()
    title: str = ""
    answered_by: tuple = ()
    answer: Callable | None = None
    oracle: Callable | None = None
    make_cases: Callable | None = None
    source: str = ""
    names: dict = field(default_factory=dict)
    wrongs: list = field(default_factory=list)
    rights: list = field(default_factory=list)
    worked_text: str = ""
    asks: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    together: bool = False

    @property
    def points(self):
        return sum(self.parts.values())

    @property
    def parameters(self):
        """Return the names of the positional parameters, as shown with a case."""
        return _parameters(self.model)

    @property
    def model(self):
        """Return a right answer: the reference or, for a question about tests, the first right test."""
        return self.answer or self.rights[0]

    def reference(self, function):
        """Decorate the right answer."""
        self.answer = function
        return function

    def solution(self, source):
        """Set the right answer as source text, from which the solution, the stub and the slips are made."""
        self.source = _slips.tidy(source)
        self.answer = self.compiled(self.source)

    def slips(self, text, source=None):
        """Add misconceptions as edits (see the module `slips`) of the solution or of another right answer."""
        if source is not None:
            source = _slips.tidy(source)
            self.rights.append(self.compiled(source))
        base = source or self.source
        for slip in _slips.slips(text, base):
            function = self.compiled(slip.source)
            section = slip.section or self.section
            self.wrongs.append(Wrong(slip.name, slip.hint, function, section, slip, base))

    def worked(self, text):
        """Set the rules by which a paper question's numbers are computed, in the notation of `readings`."""
        self.worked_text = _slips.textwrap.dedent(text)

    def ask(self, text):
        """Set what a paper question asks about a wrong number that nothing explains.

        Below the names of numbers, separated by ` | `, stands the question, indented.
        """
        lines = [line.strip() for line in text.strip().splitlines()]
        for names, asked in zip(lines[::2], lines[1::2], strict=True):
            self.asks |= dict.fromkeys(names.split(" | "), asked)

    def where(self, text):
        """Set what is said of an answer that nothing explains, by the outputs that are wrong.

        Below the names of all wrong outputs stand, indented, what that tells and a question.
        """
        lines = [line.strip() for line in text.strip().splitlines()]
        for names, told, asked in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            self.places |= dict.fromkeys(names.split(" | "), (told, asked))

    def compiled(self, source):
        """Compile `source` with the sheet's imports and return the function that the question asks for."""
        return _slips.compiled(source, self.function, self.names)

    def cases(self, function):
        """Decorate the generator of the cases. It is called with a seeded `numpy.random.Generator`."""
        self.make_cases = function
        return function

    def right(self, function):
        """Decorate another right answer, in another style. The tests check that it gets full marks."""
        self.rights.append(function)
        return function

    def wrong(self, name, hint, function=None, *, section=None):
        """Add a misconception: pass its function, or use the result as a decorator."""

        def add(function):
            self.wrongs.append(Wrong(name, hint, function, section or self.section))
            return function

        return add if function is None else add(function)

    @lru_cache(maxsize=64)  # noqa: B019 - a sheet's questions live as long as the process
    def _drawn(self, seed):
        rng = np.random.default_rng([seed, zlib.crc32(f"{self.stem}/{self.name}".encode())])
        cases = list(self.make_cases(rng))
        if self.kind == "function":
            order = "pool" in self.function
            ended = ended_by_zeros(cases, self.parameters, keeps_order=order)
            cases = by_hand_first(cases, self.parameters, keeps_order=order) + ended
            cases += once_more(cases)
        if not self.outputs:
            unknown = {c.part for c in cases} - set(self.parts)
            if unknown:
                raise ValueError(
                    f"{self.stem} {self.name}: cases for {unknown}, but parts are {set(self.parts)}"
                )
        return tuple(cases)

    def cases_for(self, seed):
        """Return the cases of a seed. They are the same on every machine."""
        return list(self._drawn(seed))

    def trials_for(self, seed):
        """Return the cases to run: all cases, then a C-ordered copy of each case with another memory layout.

        The copies do not affect the points. They show whether the layout is the reason for a wrong result.
        """
        cases = self.cases_for(seed)
        return cases + [replace(one, layout="C") for one in cases if one.layout != "C"]


class Sheet:
    """The questions of one exercise, in order.

    `given` holds the imports of the exercise's first cell, which the learner and the solutions use.
    """

    def __init__(self, stem, given="import numpy as np"):
        self.stem = stem
        self.given = _slips.tidy(given)
        self.names = {}
        exec(self.given, self.names)
        self.questions = {}

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions.values())

    @property
    def points(self):
        return sum(q.points for q in self)

    def _add(self, name, function, points, parts, **rest):
        if name in self.questions:
            raise ValueError(f"{self.stem} has two questions {name}")
        if (points is None) == (parts is None):
            raise ValueError(f"{self.stem} {name}: give points or parts")
        outputs = rest.get("outputs", ())
        if parts is None:
            names = outputs or ("",)
            parts = dict.fromkeys(names, points / len(names) if len(names) > 1 else points)
        if outputs and set(outputs) != set(parts):
            raise ValueError(f"{self.stem} {name}: parts {list(parts)} are not the outputs {list(outputs)}")
        question = Question(self.stem, name, function, dict(parts), names=self.names, **rest)
        self.questions[name] = question
        return question

    def function(
        self,
        name,
        function,
        *,
        section,
        points=None,
        parts=None,
        outputs=(),
        modifies=(),
        title="",
        answered_by="",
    ):
        """Add a question that is answered by a function with numeric results.

        `outputs` names the members of a returned tuple; each is graded separately. `modifies` names the
        arguments that the function has to change in place; they are appended to the outputs. Without
        `outputs`, `parts` groups the cases: a part is earned if all of its cases pass. `answered_by` names
        functions that already answer the question: an answer that calls one gets no points (`watch`).
        """
        return self._add(
            name,
            function,
            points,
            parts,
            section=section,
            outputs=tuple(outputs) + tuple(modifies),
            modifies=tuple(modifies),
            title=title,
            answered_by=_names(answered_by),
        )

    def values(self, name, function, expected, *, section, points=None, parts=None, title="", together=False):
        """Add a fill-in question: a function without arguments, or a variable, with the values `expected`.

        `expected` is a dict. The learner may return a dict, or a list or tuple in the same order. If one
        calculation gives all of them `together`, a name has to explain all that is wrong.
        """
        question = self._add(
            name,
            function,
            points,
            parts,
            section=section,
            kind="values",
            outputs=tuple(expected),
            title=title,
            together=together,
        )
        question.reference(lambda: dict(expected))
        question.cases(lambda rng: [Case()])
        return question

    def tests(
        self, name, function, *, section, right, wrong, points=None, parts=None, title="", answered_by=""
    ):
        """Add a question whose answer is a test: a function that takes an implementation and returns a bool.

        `right` and `wrong` are dicts of functions (module-level, needing only `np`) or `Code`. The test gets
        points only if it accepts all the right ones. If `parts` is given, it maps a part to its points, and
        each key in `wrong` starts with its part and a colon.
        """
        question = self._add(
            name,
            function,
            points,
            parts,
            section=section,
            kind="tests",
            title=title,
            answered_by=_names(answered_by),
        )
        given = [(key, True, f) for key, f in right.items()] + [(key, False, f) for key, f in wrong.items()]
        table = [(key, ok, f if isinstance(f, Code) else Code.of(f)) for key, ok, f in given]
        first = next(iter(question.parts))

        def cases(rng):
            # right ones first, so that a test that rejects everything fails on them; the others shuffled
            rights = [row for row in table if row[1]]
            wrongs = [row for row in table if not row[1]]
            for key, _, code in rights + [wrongs[i] for i in rng.permutation(len(wrongs))]:
                part = key.split(":")[0] if ":" in key and key.split(":")[0] in question.parts else first
                yield Case((code,), part=part, note=key)

        answers = {id(code): ok for _, ok, code in table}
        question.cases(cases)
        question.oracle = lambda code: answers[id(code)]
        return question


def _names(answered_by):
    """Return the names of the functions that answer a question."""
    words = answered_by.split()
    return tuple(w for w in words if w != "libraries") + (LIBRARIES if "libraries" in words else ())


def load_sheet(stem):
    """Return the `Sheet` of conv_course/checker/sheets/STEM.py."""
    if not (SHEETS / f"{stem}.py").is_file():
        known = ", ".join(sheet_stems())
        raise ValueError(f"no sheet named {stem!r}; there are {known}")
    return importlib.import_module(f"conv_course.checker.sheets.{stem}").sheet


def sheet_stems():
    """Return the stems of all sheets, in the course's order."""
    return sorted(path.stem for path in SHEETS.glob("[0-9]*.py"))


__all__ = ["Case", "Code", "Question", "Sheet", "Wrong", "case", "load_sheet", "numbers", "sheet_stems"]
