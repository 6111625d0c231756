"""One hint."""

from dataclasses import dataclass

NAMES = ("the question", "where to look", "both sums", "a worked case")


@dataclass(frozen=True)
class Rung:
    """One hint. `lines` are (label, text, address or None) as on a card, `picture` a `Picture` or None."""

    number: int
    lines: tuple
    picture: object = None
    title: str = ""

    @property
    def name(self):
        return self.title or NAMES[self.number - 1]
