"""The output of `check.hint("q3")`: one rung, as text and as HTML."""

from conv_course.words import say

from ..show import boxed, html_row, text_row


class HintCard:
    """A hint, displayed like a card. `place` is its number on the question, `last` whether it is the last."""

    def __init__(self, question, rung, place, last):
        self.question, self.rung, self.place, self.last = question, rung, place, last

    def _headline(self):
        title = f" · {say(self.question.title)}" if self.question.title else ""
        return f"{self.question.name}{title}: {say(f'hint {self.place}')}, {say(self.rung.name)}"

    def _closing(self):
        if self.last:
            return "This was the last hint. Read the section again, or ask somebody: show them this card."
        return f'Next hint: check.hint("{self.question.name}")'

    def __str__(self):
        rows = [self._headline(), *(text_row(*line) for line in self.rung.lines)]
        if self.rung.picture:
            rows += [f"  {line}" for line in self.rung.picture.text().split("\n")]
        return "\n".join([*rows, text_row("", self._closing(), None)])

    __repr__ = __str__

    def html(self):
        rows = [html_row(*line) for line in self.rung.lines]
        rows += [self.rung.picture.html()] if self.rung.picture else []
        return boxed(self._headline(), [*rows, html_row("", self._closing(), None)])

    def _repr_mimebundle_(self, include=None, exclude=None):
        told = {"question": self.question.name, "hint": self.rung.number}
        return {"text/plain": str(self), "text/html": self.html()}, {"conv_course": told}
