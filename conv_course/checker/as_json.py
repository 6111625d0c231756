"""What `check` and `check.hint` give, as plain data: for a page that runs the checker in a worker."""

from .hints.card import HintCard
from .show import Card


def as_json(shown):
    """A dict of texts, numbers and truth values.

    `kind` is "card", "hint" or "message"; all have `text` and `html`. A card has `state`, `points`, `of`,
    `explained` (slip, fault, computes or none), the number of the `hint` that is on it (0 if there is none),
    and whether there are `more`; a hint has its number, its `name`, and whether it is the `last`.
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
