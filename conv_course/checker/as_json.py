"""Convert the results of `check` and `check.hint` to plain data, for a page with the checker in a worker."""

from .hints.card import HintCard
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
