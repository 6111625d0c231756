"""Plan the programs to run for questions on a function's source."""

import ast
import random
import textwrap
import zlib
from dataclasses import dataclass, field

from numpy import ndarray

from ..cases import Code
from ..described import call_as_code
from ..judge import limits
from .changes import changes
from .rounds import with_notes

LONGEST = 8_000  # characters of a function
MOST_SHOWN = 24  # numbers in the arguments of a displayed call
ROOM = 4096  # numbers in the notes of a call
NOTED = 2  # cases that are run with notes


class NotReadable(ValueError):
    """The reason why no question can be asked on a function, in words for the learner."""


@dataclass
class Plan:
    """The source, its changes, the cases, and the `programs` that `inside.own_answers` runs.

    The order of the programs is that in which `ask` reads their answers: the source itself, the source with
    notes, each change, each change with notes.
    """

    question: object
    source: str
    name: str
    rng: random.Random
    shown: list = field(default_factory=list)  # numbers of the cases whose calls can be displayed
    changes: list = field(default_factory=list)
    places: list = field(default_factory=list)
    programs: list = field(default_factory=list)

    def call(self, number):
        """Return the call of a case as a line of code."""
        text = call_as_code(self.question, self.question.cases_for(0)[number], MOST_SHOWN)
        return self.name + text[len(self.question.function) :]

    def job(self):
        """Return the input of `inside.own_answers` besides the cases and the function."""
        question = self.question
        return {
            "programs": self.programs,
            "names": list(question.parameters),
            "modifies": list(question.modifies),
            "limit": 4 * max(limits(question, 0)) + ROOM,
            "watch": [],
        }

    @property
    def lines(self):
        return self.source.rstrip().split("\n")


def can_be_asked(question):
    """Return whether the code of a right answer can be asked about, as far as the question decides that."""
    return question.kind == "function" and any(_can_be_shown(question, one) for one in question.cases_for(0))


def plan(question, source, who=""):
    """Return the `Plan` for a learner's function, the same for the same source. Raise `NotReadable`."""
    try:
        return _plan(question, source, who)
    except (RecursionError, MemoryError):
        raise NotReadable("The text of the function cannot be read.") from None


def _plan(question, source, who):
    if question.kind != "function":
        raise NotReadable("This question is not answered by a function of numbers.")
    source, definition = read(source)
    seed = zlib.crc32("\0".join([question.stem, question.name, who, source]).encode("utf-8", "replace"))
    made = Plan(question, source, definition.name, random.Random(seed))
    cases = question.cases_for(0)
    made.shown = [i for i, one in enumerate(cases) if _can_be_shown(question, one)]
    if not made.shown:
        raise NotReadable("The calls of this question are too large to be asked about.")
    made.changes = changes(source, made.rng)
    made.places, noted = with_notes(source)
    everywhere, few = list(range(len(cases))), made.shown[:NOTED]
    made.programs = [[source, made.name, everywhere, True], [noted, "own_asked", few, False]]
    made.programs += [[change.source, made.name, made.shown, True] for change in made.changes]
    made.programs += [[with_notes(c.source)[1], "own_asked", few, False] for c in made.changes if made.places]
    return made


def read(source):
    """Return the dedented source and the definition of a single function. Raise `NotReadable`."""
    source = textwrap.dedent(source).strip("\n") + "\n"
    if len(source) > LONGEST:
        raise NotReadable("The function is too long to be asked about.")
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        raise NotReadable("The text of the function cannot be read.") from None
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or body[0].decorator_list:
        raise NotReadable("This is not a plain `def` of one function, so there is no line to ask about.")
    odd = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom)
    if any(isinstance(node, odd) for node in ast.walk(body[0])):
        raise NotReadable("What the function gives may depend on more than its arguments.")
    return source, body[0]


def _can_be_shown(question, one):
    values = [*one.args, *one.kwargs.values()]
    if one.layout != "C" or any(isinstance(value, (Code, dict)) for value in values):
        return False
    nested = any(isinstance(v, ndarray) for vs in values if isinstance(vs, (list, tuple)) for v in vs)
    return not nested and bool(call_as_code(question, one, MOST_SHOWN))
