"""Show a verdict: plain text for a terminal, HTML for a notebook. Both are the same on every machine."""

import re
from html import escape
from math import prod

from numpy import argwhere, asarray, isnan, ndarray

from conv_course.words import around, say

from .compare import as_array, differing
from .computes.sentences import NO_CAUSE, NOT_TOLD, READ, listed
from .described import call_as_code, call_of_case, case_text, describe, number_text
from .links import link, title

# names that say nothing about what else is wrong
BESIDE = ("The input is changed", "Not all filled in")
MARK = {"done": "✓", "partly": "◐", "not yet": "✗", "not started": "○"}
# mid-tones with a contrast of 3:1 on a white and on a near-black page; the text repeats the meaning
COLOUR = {"done": "#0A8F6A", "partly": "#B77900", "not yet": "#D55E00", "not started": "#767676"}


def amount(points):
    """Format points without unnecessary decimals."""
    return f"{round(points, 2):g}"


def failure_lines(question, verdict, cases):
    """Return the (label, text) lines that show the first failing case."""
    failure = verdict.failure
    if failure is None:
        return []
    lines = []
    if question.kind == "tests":
        what, note = question.parameters[0], cases[failure.case].note
        given = f'a right `{what}`, "{note}"' if failure.expected else f'a wrong `{what}`, "{note}"'
        lines.append(("Given", given))
    elif question.kind != "values":
        lines.append(("First case that fails", case_text(question, cases[failure.case], failure.layout)))
    kind = failure.difference.kind
    if kind in ("error", "timeout", "memory", "skipped", "unfilled"):
        if verdict.problem:
            lines.append(("Stopped by", verdict.problem))
        return lines + [_expected(failure)] * (question.kind == "function")
    if kind == "missing":
        return lines + [("Got", failure.difference.detail)] * bool(failure.difference.detail)
    lines += _result_lines(question, failure)
    for other in verdict.others:
        if other.case != failure.case and question.kind == "function":
            lines.append(
                (f"First case with a wrong result for {other.output}", case_text(question, cases[other.case]))
            )
        lines += _result_lines(question, other)
    return lines


def _result_lines(question, failure):
    """Return the lines that show the result and the expected value of one output."""
    kind, name, lines = failure.difference.kind, failure.output, []
    of = f" {name}" if name else ""
    want, got = asarray(failure.expected), as_array(failure.got)
    if want.shape == () and isinstance(got, ndarray) and got.size == 1:
        got = got.reshape(())
    if isinstance(got, ndarray) and got.shape == want.shape and want.dtype.kind in "iuf":
        wrong, got = differing(got, want), got.astype(float) if got.dtype.kind == "b" else got
        if want.size > 16:
            return _one_place(name or "result", got, want, wrong, kind)
        digits = _telling(got[wrong], want[wrong])
    else:
        digits = 4
    # do not reveal a value that the learner has to work out by hand
    if question.kind != "values":
        lines.append(_expected(failure, digits))
    dtype = f", {got.dtype}" if isinstance(got, ndarray) and kind in ("half", "integer") else ""
    result = f"the text {failure.got!r}" if kind == "type" and type(failure.got) is str else failure.got
    if want.shape and isinstance(got, ndarray) and got.dtype.kind in "iuf" and type(result) is list:
        result = got  # its type is no mistake
    lines.append((f"Got{of}", describe(result, digits=digits) + dtype))
    return lines


def _expected(failure, digits=4):
    of = f" {failure.output}" if failure.output else ""
    return f"Expected{of}", describe(failure.expected, digits=digits)


def _one_place(name, got, want, wrong, kind):
    """Return the lines for the first wrong number (the first NaN, if the fault is "nan") of a large array."""
    place = tuple(argwhere(isnan(got) & wrong if kind == "nan" else wrong)[0])
    where = f"{name}[{', '.join(map(str, place))}]"
    digits = max(6, _telling([got[place]], [want[place]]))
    how_many = f"{wrong.sum()} of {want.size} numbers differ"
    return [
        (f"Expected {where}", number_text(want[place], digits)),
        (f"Got {where}", f"{number_text(got[place], digits)} ({how_many})"),
    ]


def _telling(got, want):
    """Return the smallest number of significant digits at which the numbers differ."""
    for digits in (4, 6, 8, 10, 12):
        if all(f"{a:.{digits}g}" != f"{b:.{digits}g}" for a, b in zip(got, want, strict=True)):
            return digits
    return 17


# labels of lines that contain code or numbers
AS_CODE = ("First", "Both show", "It shows", "Expected", "Got", "Your function", "Seen", "Try it")
AS_CODE += ("Or paste", "Another case", "All of", "Case", "gives")
PAIR = ("your ", "asked for ")
SUMS = ("your ", "asked for ", "yours,", "yours ")  # beginnings of lines with sums or numbers


def explanation_lines(question, verdict, cases, offers_case=False):
    """Return the (label, text, address) lines on what a wrong answer computes."""
    found = verdict.explanation
    if found is None:
        return []
    lines = []
    elsewhere = found.case is not None and (verdict.failure is None or found.case != verdict.failure.case)
    seen = cases[found.case] if elsewhere else found.seen
    if seen is not None:
        lines.append(("Seen in the case", case_text(question, seen), None))
    if elsewhere and (why := _why_another(verdict.failure, cases, found)):
        lines.append(("Why this one", why, None))
    if elsewhere and offers_case:
        lines.append(("Try it there", call_of_case(question, found.case), None))
    label = "What it does" if seen is None else "What it does there"
    if seen is None and found.one_case:
        label = "What it does in this case"
    for text in _concrete_first(found.text):
        head = "" if text.startswith(SUMS) or text.endswith((NOT_TOLD, *NO_CAUSE)) else label
        lines.append((head, text, None))
        label = "" if head else label
    return [*lines, *([("Hint", found.hint, None)] if found.hint else [])]


def _why_another(failure, cases, found):
    """Return what the case of an explanation has before the first one that fails, or ""."""
    if failure is None:
        return ""
    if failure.difference.kind == "error":
        return "in the first case your function stops."
    if any(text.endswith(READ) for text in found.text):
        return "your function stops there, as in many others, and that tells more."
    first, other = (
        [v.shape for v in (*cases[i].args, *cases[i].kwargs.values()) if isinstance(v, ndarray)]
        for i in (failure.case, found.case)
    )
    lonely = [sum(s.count(1) for s in shapes) for shapes in (first, other)]
    if lonely[0] > lonely[1]:
        if lonely[0] == 1:
            return "in the first case an axis has length 1: its index is always 0, which tells less."
        return f"in the first case {lonely[0]} axes have length 1: their index is always 0, which tells less."
    if sum(map(prod, first)) > sum(map(prod, other)):
        return "it has fewer numbers than the first case, so the sums are short."
    return ""


def _concrete_first(texts):
    """Order the lines of an explanation: the shape, then the numbers of one entry, then the rule.

    Lines on how the function stops come before those on a case in which nothing does.
    """
    read = next((k + 1 for k, text in enumerate(texts) if text.endswith(READ)), 0)
    if read:
        return [*texts[:read], *_concrete_first(texts[read:])]
    shape = [t for t in texts[:1] if " has the shape " in t]
    pair = [t for t in texts if t.startswith(PAIR)]
    return [*shape, *pair, *(t for t in texts if t not in (*shape, *pair))]


def _answered(question, used):
    """Return why a call costs the points: with some argument, such as `groups`, or of any kind."""
    only = {entry.partition("(")[0].split(".")[-1]: entry for entry in question.answered_by if "(" in entry}
    entries = [only.get(name.split(".")[-1], "") for name in used]
    keywords = {entry.rstrip(")").partition("(")[2] for entry in entries}
    called = ", ".join(f"`{name}`" for name in used)
    if len(keywords) == 1 and (keyword := keywords.pop()):
        return (
            f"your function calls {called} with `{keyword}`, which answers this question. "
            f"Without `{keyword}` you may call it."
        )
    return f"your function calls {called}, which answers this question. Write it without that call."


NOT_STARTED = {
    "missing": "There is no {function} yet: run the cell that defines it, then this one.",
    "raise": "Replace `raise NotImplementedError` in {function} by your own lines, run it, then this.",
    "nothing": "{function} does nothing yet: write its lines, run its cell, then this one.",
    "dots": "The answer of {function} is still `...`: put your own there, run its cell, then this one.",
    "unfilled": "{function} has no answer yet: write one, run its cell, then this one.",
}


HANDED_IN = {  # the same, to be read on a page with no cell to run
    "missing": "There is no {function} in the notebook that was handed in.",
    "raise": "{function} was handed in without an answer: it still has `raise NotImplementedError`.",
    "nothing": "{function} was handed in without an answer: it does nothing.",
    "dots": "{function} was handed in without an answer: it is still `...`.",
    "unfilled": "{function} was handed in without an answer.",
}


def cases_have_arguments(cases):
    return any(one.args or one.kwargs for one in cases)


def text_row(label, text, address):
    """Return a line of a card as text."""
    label, text = spoken(label, text)
    return f"  {label + ': ' if label else ''}{text}{' ' + address if address else ''}"


def spoken(label, text):
    """Translate a line into the learner's language, except code and numbers."""
    if text.startswith((*SUMS, "missing from yours: ")):
        return say(label), around(text)
    return say(label), text if is_code(label, text) else say(text)


def is_code(label, text):
    return label.startswith(AS_CODE) or text.startswith(SUMS)


def html_row(label, text, address):
    """Return a line of a card as HTML, with numbers and code in a monospace font."""
    code = is_code(label, text)
    label, text = spoken(label, text)
    shown = escape(text)
    if address:
        shown = f'<a href="{escape(address)}">{shown}</a>'
    if code:
        shown = f'<code style="background:none;white-space:pre-wrap">{shown}</code>'
    head = f"<em>{escape(label)}:</em> " if label else ""
    return f'<p style="margin:.25em 0 0 1.3em">{head}{shown}</p>'


def boxed(headline, rows, state="not started"):
    """Return HTML rows in a box with a headline. The colour of its edge repeats the state in the headline."""
    colour, mark = COLOUR[state], MARK[state]
    return (
        f'<div role="status" style="border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0">'
        f'<p style="margin:0"><span aria-hidden="true" style="color:{colour}">{mark}</span> '
        f"<strong>{escape(headline)}</strong></p>{''.join(rows)}</div>"
    )


def _with_output(found):
    """Return a name with the outputs that it is about, if the name itself does not say them."""
    name = "Two mistakes" if found.pair else found.name
    outputs = [output for output in found.outputs if output]
    if all(_says(name, output) for output in outputs):
        return name
    quoted = [output if output.isidentifier() else f'"{output}"' for output in outputs]
    return f"{name} ({listed(quoted)})"


def _says(name, output):
    """Return whether a name says which output it is about. A single letter may be a word, such as "A"."""
    if len(output) == 1:
        return False
    return re.search(rf"(?<!\w){re.escape(output)}(?!\w)", name, re.IGNORECASE) is not None


class Card:
    """A verdict that displays itself: where the learner works, or, `handed_in`, on a page of feedback."""

    def __init__(
        self,
        question,
        verdict,
        cases,
        progress,
        points_only=False,
        *,
        offers_case=False,
        rung=None,
        more=False,
        handed_in=False,
    ):
        self.not_started = HANDED_IN if handed_in else NOT_STARTED
        self.question, self.verdict, self.rung, self._cases = question, verdict, rung, cases
        self._progress, self._points_only = progress, points_only
        self._offers_case = offers_case  # true if the learner can call `check.case`
        self.more = more  # whether `check.hint` has another hint

    def _lines(self):
        """Return the (label, text, address or None) lines below the headline."""
        question, verdict = self.question, self.verdict
        if verdict.state == "not started":
            return [("", self.not_started[verdict.problem].format(function=question.function), None)]
        lines = []
        if verdict.used:
            why = _answered(question, verdict.used)
            lines.append(("No points", why, None))
        # with too many or too few results, it is unknown which result is which
        kind = verdict.failure.difference.kind if verdict.failure else ""
        uncounted = kind == "missing" and not any(verdict.parts.values())
        if len(verdict.parts) > 1 and verdict.state != "done" and not uncounted:
            earned = [f"{MARK['done' if ok else 'not yet']} {part}" for part, ok in verdict.parts.items()]
            lines.append(("Parts", "  ".join(earned), None))
        if verdict.state != "done":
            lines += [(*pair, None) for pair in failure_lines(question, verdict, self._cases)]
            if self._offers_case and verdict.failure and cases_have_arguments(self._cases):
                lines.append(("Try it", call_of_case(question), None))
                pasted = call_as_code(question, self._cases[verdict.failure.case])
                lines += [("Or paste", pasted, None)] if pasted else []
            if verdict.problem and not lines:
                lines.append(("Stopped by", verdict.problem, None))
            named = verdict.diagnoses[:3]
            for k, found in enumerate(named):
                before, after = named[k - 1] if k else None, named[k + 1] if k + 1 < len(named) else None
                either = before is not None and before.output == found.output and before.name not in BESIDE
                lines.append(("Or like" if either else "This looks like", _with_output(found), None))
                lines += self._each(found)
                if not found.pair and (after is None or after.hint != found.hint):
                    lines.append(("Hint", found.hint, None))
                if found.section and (after is None or after.section != found.section):
                    lines.append(("Read", title(found.section), link(found.section)))
            lines += explanation_lines(question, verdict, self._cases, self._offers_case)
            if verdict.failure and verdict.explained == "none" and not verdict.diagnoses and not self.rung:
                asked = question.asks.get(verdict.failure.output)
                lines += [("Hint", asked, None)] if asked else []
                lines.append(("Read", title(question.section), link(question.section)))
            lines += self.rung.lines if self.rung else ()
        lines += [("Note", note, None) for note in verdict.notes]
        if verdict.printed and verdict.state != "done":
            lines.append(("Your function printed", verdict.printed.strip()[:300], None))
        return lines

    def _each(self, found):
        """Return the lines of two mistakes, each with its question, and a case in which they show."""
        lines = []
        for label, (name, hint, number) in zip(("The one", "The other"), found.pair, strict=False):
            lines += [(label, name, None), ("Hint", hint, None), *self._shows("It shows in the case", number)]
        return [*lines, *self._shows("Both show in the case", found.case)]

    def _shows(self, label, number):
        if number is None:
            return []
        lines = [(label, case_text(self.question, self._cases[number]), None)]
        if self._offers_case:
            lines.append(("Try it there", call_of_case(self.question, number), None))
        return lines

    def _headline(self):
        verdict, question = self.verdict, self.question
        title = f" · {say(question.title)}" if question.title else ""
        points = say(f"{amount(verdict.points)} of {amount(verdict.of)} points")
        return f"{question.name}{title}: {say(verdict.state)}, {points}"

    def _closing(self):
        more = [f'Next hint: check.hint("{self.question.name}")'] if self.more else []
        return [*more, *(f"Notebook: {count}" for count in self._progress[:1]), *self._progress[1:]]

    def __str__(self):
        rows = [
            f"{MARK[self.verdict.state]} {self._headline()}",
            *(text_row(*line) for line in self._lines()),
        ]
        if self.rung and self.rung.picture:
            rows += [f"  {line}" for line in self.rung.picture.text().split("\n")]
        return "\n".join([*rows, *(text_row("", line, None) for line in self._closing())])

    def __repr__(self):
        # nbgrader uses the number that a test cell displays as its points
        return repr(float(self.verdict.points)) if self._points_only else str(self)

    def html(self):
        rows = [html_row(*line) for line in self._lines()]
        rows += [self.rung.picture.html()] if self.rung and self.rung.picture else []
        rows += [html_row("", line, None) for line in self._closing()]
        return boxed(self._headline(), rows, self.verdict.state)

    def _repr_mimebundle_(self, include=None, exclude=None):
        if self._points_only:
            return {"text/plain": repr(self)}
        result = {"question": self.question.name, "points": self.verdict.points, "of": self.verdict.of}
        return {"text/plain": str(self), "text/html": self.html()}, {"conv_course": result}


class Message:
    """One or more lines of text that are displayed like a card."""

    def __init__(self, text, rows=(), data=None):
        self._text, self._rows, self._data = say(text), [say(row) for row in rows], data

    def __str__(self):
        return "\n".join([self._text, *(f"  {row}" for row in self._rows)])

    __repr__ = __str__

    def html(self):
        rows = "".join(f"<li>{escape(row)}</li>" for row in self._rows)
        listed = f'<ul style="margin:.2em 0;list-style:none">{rows}</ul>' if rows else ""
        return f'<div role="status"><strong>{escape(self._text)}</strong>{listed}</div>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        told = {"conv_course": self._data} if self._data else {}
        return {"text/plain": str(self), "text/html": self.html()}, told
