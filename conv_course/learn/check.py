"""Run a learner's notebook in the terminal and show the card of each question."""

import ast
import linecache
import sys
import types
from pathlib import Path

from conv_course.checker.notebook import sheet
from conv_course.checker.show import Card, Message
from conv_course.grade.child import without_magic
from conv_course.grade.notebooks import parse
from conv_course.grade.submissions import Unreadable
from conv_course.learn.work import Unknown


def check(path, say=print):
    """Run every cell and show every card. Return whether the notebook has all its points.

    The cells run in this process as `__main__`, one after another. A cell that fails is reported in one line,
    and the next one runs. A question whose check cell was deleted is checked at the end.

    Raises
    ------
    Unknown
        If there is no such notebook, or it is not an exercise of this course.
    """
    path = Path(path)
    try:
        notebook = parse(path.read_bytes(), path.name, lambda stem: {})
    except Unreadable as problem:
        raise Unknown(f"{path}: {problem}") from None
    except OSError as problem:
        raise Unknown(f"{path} cannot be read: {problem.strerror}") from None
    checker = sheet(notebook.stem)
    checker.results.clear()
    module = types.ModuleType("__main__")
    before, sys.modules["__main__"] = sys.modules["__main__"], module
    shown = []
    try:
        for card in _cards(notebook.cells, module.__dict__):
            shown.append(str(card))
            say(card)
        for question in checker.sheet:
            if question.name not in checker.results:
                shown.append("")
                say(checker(question.name, module.__dict__.get(question.function)))
    finally:
        sys.modules["__main__"] = before
    if not shown or shown[-1] != str(checker.progress()):
        say(checker.progress())
    return checker.points == checker.sheet.points


def _cards(cells, space):
    """Yield the checker's cards in the cells' last lines, and a line for each cell that fails."""
    for number, text in cells:
        name = f"<cell {number}>"
        try:
            value = _run(without_magic(text), name, space)
        except NotImplementedError:
            continue  # the cards will say that the question is not started
        except Exception as error:
            yield f"cell {number}: {_what(error, name)}"
        else:
            if isinstance(value, Card | Message):
                yield value


def _run(text, name, space):
    """Run one cell, and return the value of its last line if that is an expression."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    tree = ast.parse(text, name)
    ends = isinstance(tree.body[-1], ast.Expr) if tree.body else False
    final = ast.Expression(tree.body.pop().value) if ends else None
    exec(compile(tree, name, "exec"), space)
    return eval(compile(final, name, "eval"), space) if ends else None


def _what(error, name):
    """Return an error as text, for example "NameError in line 2: name 'ys' is not defined"."""
    line, trace = getattr(error, "lineno", None), error.__traceback__
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == name else line
        trace = trace.tb_next
    said = error.msg if isinstance(error, SyntaxError) else str(error).split("\n")[0][:200]
    return f"{type(error).__name__}{f' in line {line}' if line else ''}: {said}"
