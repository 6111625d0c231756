"""Convert the results of `check` and `check.hint` to plain data, for a page with the checker in a worker."""

from .hints.card import HintCard
from .own.notebook import OwnCard, is_code
from .show import Card


def as_json(shown):
    """Return a dict of texts, numbers and truth values.

    `kind` is "card", "hint" or "message". All have `text` and `html`. A card also has `state`, `points`,
    `of`, `explained` (slip, fault, computes or none), `hint`, the number of the hint on it (0 for none), and
    `more`, whether there are further hints. A hint has its number, its `name`, and `last`, whether it is the
    last one.
    """
    told = {"kind": "message", "text": str(shown), "html": shown.html()}
    if isinstance(shown, Card):
        verdict = shown.verdict
        told |= {"kind": "card", "question": shown.question.name, "state": verdict.state}
        told |= {"points": float(verdict.points), "of": float(verdict.of), "explained": verdict.explained}
        told |= {"hint": shown.rung.number if shown.rung else int(shown.more), "more": shown.more}
    if isinstance(shown, HintCard):
        told |= {"kind": "hint", "question": shown.question.name}
        told |= {"hint": shown.rung.number, "name": shown.rung.name, "last": shown.last}
    return told


def own_as_json(shown):
    """Return the questions that `check.own` asks as a dict.

    It has the `lines` of the code, the questions `asked`, and the reasons for those that are `missing`. A
    question has its `kind`, its `options`, the index of the `right` one, and its `text` as a list of [whether
    this is code, line]. If nothing can be asked, `asked` is empty and `html` says why.
    """
    if not isinstance(shown, OwnCard):
        return {"lines": [], "asked": [], "missing": [], "html": shown.html()}
    sheet = shown.sheet
    asked = [
        {"kind": one.kind, "text": lines_of(one.text), "options": list(one.options), "right": one.right}
        for one in sheet.asked
    ]
    return {"lines": sheet.lines, "asked": asked, "missing": sheet.missing}


def lines_of(text):
    r"""Return the lines of a question on code as [whether it is code, line].

    >>> lines_of("to this:\n    y = 2\nf(x=[1, 2])\nWhat is y[1] then?")
    [[False, 'to this:'], [True, 'y = 2'], [True, 'f(x=[1, 2])'], [False, 'What is y[1] then?']]
    """
    return [[is_code(line), line.strip()] for line in text.split("\n")]
