"""Questions on one's own code in a notebook: `check.own("q3")` asks, `check.own("q3", "bca")` answers."""

import inspect
import re
from html import escape

from conv_course.words import say

from ..show import Message, boxed
from .ask import LETTERS, asked
from .inside import leans_on, own_answers
from .plan import NotReadable, plan

CODE = re.compile(r"    |\w+\(")
AFTER = "Questions on your own code come once {0} has full marks: check it first."


def sheet_of(question, function):
    """Return the `Sheet` on a function. Raise `NotReadable`."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        raise NotReadable("The text of the function cannot be read.") from None
    made = plan(question, source)
    if thing := leans_on(function):
        raise NotReadable(f"What the function gives may depend on {thing}, not on its arguments alone.")
    return asked(made, own_answers(made.job(), question.cases_for(0), function))


class Own:
    """The questions asked in a notebook and their answers. The first answers to each text count."""

    def __init__(self):
        self._sheets, self._given = {}, {}

    def ask(self, question, function):
        """Return the questions as a card."""
        try:
            sheet = sheet_of(question, function)
        except NotReadable as reason:
            return Message(f"{question.name}: there is no question on this code.", [str(reason)])
        if not sheet.asked:
            return Message(f"{question.name}: there is no question on this code.", sheet.missing)
        kept = self._sheets.get(question.name)
        if kept is None or kept.lines != sheet.lines:
            self._given.pop(question.name, None)
        self._sheets[question.name] = sheet
        return OwnCard(question, sheet)

    def answer(self, question, letters):
        """Return the marks for answers such as "bca"."""
        sheet = self._sheets.get(question.name)
        if sheet is None or not sheet.asked:
            return Message(f'{question.name}: ask first, by check.own("{question.name}").')
        said = [letter for letter in str(letters).lower() if letter.isalnum()]
        if len(said) != len(sheet.asked) or not set(said) <= set(LETTERS):
            count = len(sheet.asked)
            such = f"answer with {count} of the letters {LETTERS}, such as {LETTERS[:count]!r}"
            return Message(f"{question.name} has {count} questions: {such}.")
        first = self._given.setdefault(question.name, said)
        rows = []
        for number, (letter, one) in enumerate(zip(said, sheet.asked, strict=True), 1):
            right = letter == one.letter
            said = f"{number}: not {letter}; try it: run your code"
            rows.append(f"✓ {say(f'{number}: {letter} is right')}" if right else f"✗ {say(said)}")
        if first != said:
            rows.append("The answers that you gave first are the ones that count.")
        return Message(f"{question.name}, your own code: {_marks(first, sheet)} of {len(sheet.asked)}", rows)

    def rows(self):
        """Yield a line for each answered question, for `check.progress`."""
        for name, given in self._given.items():
            sheet = self._sheets[name]
            yield f"{name}, your own code: {_marks(given, sheet)} of {len(sheet.asked)}, counted apart"


def _marks(given, sheet):
    return sum(letter == one.letter for letter, one in zip(given, sheet.asked, strict=True))


class OwnCard:
    """Questions on a function, displayed like a card."""

    def __init__(self, question, sheet):
        self.question, self.sheet = question, sheet

    def _head(self):
        return say(f"{self.question.name}: questions on your own code, counted apart from the points")

    def _listing(self):
        return [f"{number:3}  {line}" for number, line in enumerate(self.sheet.lines, 1)]

    def _tail(self):
        letters = "".join(LETTERS[k % len(LETTERS)] for k in range(len(self.sheet.asked)))
        answer = say("Answer with the letters, in this order:")
        return [*map(say, self.sheet.missing), f'{answer} check.own("{self.question.name}", "{letters}")']

    def __str__(self):
        rows = [self._head(), *self._listing()]
        for number, one in enumerate(self.sheet.asked, 1):
            rows += ["", *f"{number}. {spoken(one.text)}".split("\n")]
            rows += [f"   {LETTERS[k]}) {say(option)}" for k, option in enumerate(one.options)]
        return "\n".join([*rows, "", *self._tail()])

    __repr__ = __str__

    def html(self):
        rows = [f"<pre>{escape(chr(10).join(self._listing()))}</pre>"]
        rows += [question_html(number, one) for number, one in enumerate(self.sheet.asked, 1)]
        rows += [f"<p>{escape(line)}</p>" for line in self._tail()]
        return boxed(self._head(), rows, "done")

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self.html()}


def spoken(text):
    """Translate a question into the learner's language, except its lines of code."""
    return "\n".join(line if is_code(line) else say(line) for line in text.split("\n"))


def is_code(line):
    """Return whether a line of a question is a call, or a line of the learner's code."""
    return bool(CODE.match(line))


def question_html(number, one):
    """Return a question and its options as HTML."""
    items = "".join(f"<li><code>{escape(say(option))}</code></li>" for option in one.options)
    text = f"{number}. {spoken(one.text)}"
    return f'<pre style="white-space:pre-wrap">{escape(text)}</pre><ol type="a">{items}</ol>'
