"""Say a verdict: plain text for a terminal, HTML for a notebook. Both are the same on every machine."""

from html import escape

from numpy import array2string, asarray, ndarray

from .answers import Odd
from .compare import MISSING, Difference, as_array
from .links import link, title
from .questions import Code

MARK = {"done": "✓", "partly": "◐", "not yet": "✗", "not started": "○"}
# mid-tones that keep 3:1 against a white and a near-black page; the words carry the meaning
COLOUR = {"done": "#0A8F6A", "partly": "#B77900", "not yet": "#D55E00", "not started": "#767676"}


def amount(points):
    """Points without a needless decimal point."""
    return f"{round(points, 2):g}"


def numbers_text(values):
    """A small array as text, with four significant digits."""
    values = asarray(values)
    if values.dtype.kind == "f":
        return array2string(
            values, separator=" ", formatter={"float_kind": lambda v: f"{v:.4g}"}, max_line_width=96
        )
    return array2string(values, separator=" ", max_line_width=96)


def describe(value, most=16):
    """A short text for an argument or a result: its numbers if they are few, else its shape."""
    if isinstance(value, Code):
        return "a function"
    if value is MISSING:
        return "nothing"
    if isinstance(value, Odd):
        return value.detail if value.kind == "huge" else f"something of type {value.detail}"
    if isinstance(value, ndarray):
        if value.ndim == 0:
            return numbers_text(value)
        shape = "shape " + "x".join(map(str, value.shape))
        if not 0 < value.size <= most:
            return shape
        return f"{numbers_text(value)} ({shape})"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        return value if len(value) < 60 else value[:57] + "..."
    if isinstance(value, (list, tuple)):
        if not any(isinstance(v, (ndarray, list, tuple, dict)) for v in value) and len(value) <= most:
            inside = ", ".join(describe(v) for v in value)
            return f"[{inside}]" if isinstance(value, list) else f"({inside})"
        flat = as_array(value)
        if isinstance(flat, Difference):
            return f"a {type(value).__name__} of {len(value)}"
        return f"a nested list, {describe(flat, most)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {describe(v, 4)}" for k, v in value.items()) + "}"
    return str(value)[:60]


def case_text(question, one):
    """The arguments of a case."""
    names = question.parameters
    pairs = [(names[i] if i < len(names) else f"argument {i + 1}", a) for i, a in enumerate(one.args)]
    pairs += one.kwargs.items()
    text = ", ".join(f"{name} = {describe(value)}" for name, value in pairs)
    how = {"F": "Fortran order", "view": "a view of every second element", "reversed": "a reversed view"}
    if one.layout in how:
        text += f" (arrays given as {how[one.layout]})"
    if one.note:
        text += f" [{one.note}]" if text else one.note
    return text


def failure_lines(question, verdict, cases):
    """(what, text) lines that show the first failing case."""
    failure = verdict.failure
    if failure is None:
        return []
    lines = []
    if question.kind == "tests":
        lines.append(("Given", cases[failure.case].note))
    elif question.kind != "values":
        lines.append(("First case that fails", case_text(question, cases[failure.case])))
    kind, name = failure.difference.kind, failure.output
    of = f" {name}" if name else ""
    if kind in ("error", "timeout", "memory", "skipped", "unfilled"):
        if verdict.problem:
            lines.append(("Stopped by", verdict.problem))
        return lines
    want, got = asarray(failure.expected), as_array(failure.got)
    big = isinstance(got, ndarray) and got.shape == want.shape and want.size > 16 and want.dtype.kind in "iuf"
    if big:
        place = next(i for i in _places(got, want))
        where = f"{name or 'result'}[{', '.join(map(str, place))}]"
        wrong = sum(1 for _ in _places(got, want))
        lines.append((f"Expected {where}", f"{want[place]:.6g}"))
        lines.append((f"Got {where}", f"{got[place]:.6g} ({wrong} of {want.size} numbers differ)"))
        return lines
    # a value that was to be worked out by hand is not given away
    if question.kind != "values":
        lines.append((f"Expected{of}", describe(failure.expected)))
    dtype = f", {got.dtype}" if isinstance(got, ndarray) and kind in ("half", "integer") else ""
    lines.append((f"Got{of}", describe(failure.got) + dtype))
    return lines


def _places(got, want):
    import numpy as np

    scale = float(np.nanmax(np.abs(want), initial=0.0)) or 1.0
    for place in np.ndindex(want.shape):
        if not abs(float(got[place]) - float(want[place])) <= 1e-8 * scale:
            yield place


NOT_STARTED = {
    "missing": "There is no {function} yet: run the cell that defines it, then this one.",
    "unfilled": "Replace `raise NotImplementedError` in {function} by your own lines, run it, then this.",
}


class Card:
    """A verdict that shows itself."""

    def __init__(self, question, verdict, cases, progress, points_only=False):
        self.question, self.verdict, self._cases = question, verdict, cases
        self._progress, self._points_only = progress, points_only

    def _lines(self):
        """(label, text, address or None) after the headline."""
        question, verdict = self.question, self.verdict
        if verdict.state == "not started":
            return [("", NOT_STARTED[verdict.problem].format(function=question.function), None)]
        lines = []
        if len(verdict.parts) > 1 and verdict.state != "done":
            earned = [f"{MARK['done' if ok else 'not yet']} {part}" for part, ok in verdict.parts.items()]
            lines.append(("Parts", "  ".join(earned), None))
        if verdict.state != "done":
            lines += [(*pair, None) for pair in failure_lines(question, verdict, self._cases)]
            if verdict.problem and not lines:
                lines.append(("Stopped by", verdict.problem, None))
            for found in verdict.diagnoses[:3]:
                label = "This looks like" if found.sure else "Perhaps"
                of = f" ({found.output})" if found.output else ""
                lines.append((label, found.name + of, None))
                lines.append(("Hint", found.hint, None))
                lines.append(("Read", title(found.section), link(found.section)))
        lines += [("Note", note, None) for note in verdict.notes]
        if verdict.printed and verdict.state != "done":
            lines.append(("Your function printed", verdict.printed.strip()[:300], None))
        return lines

    def _headline(self):
        verdict, question = self.verdict, self.question
        title = f" · {question.title}" if question.title else ""
        points = f"{amount(verdict.points)} of {amount(verdict.of)} points"
        return f"{question.name}{title}: {verdict.state}, {points}"

    def _closing(self):
        count, *news = self._progress
        return [f"Notebook: {count}", *news]

    def __str__(self):
        rows = [f"{MARK[self.verdict.state]} {self._headline()}"]
        for label, text, address in self._lines():
            rows.append(f"  {label + ': ' if label else ''}{text}{' ' + address if address else ''}")
        rows += [f"  {line}" for line in self._closing()]
        return "\n".join(rows)

    def __repr__(self):
        # nbgrader takes the number that a test cell shows as its points
        return repr(float(self.verdict.points)) if self._points_only else str(self)

    def html(self):
        colour = COLOUR[self.verdict.state]
        rows = [
            f'<p style="margin:0"><span aria-hidden="true" style="color:{colour}">'
            f"{MARK[self.verdict.state]}</span> <strong>{escape(self._headline())}</strong></p>"
        ]
        for label, text, address in self._lines():
            shown = escape(text)
            if address:
                shown = f'<a href="{escape(address)}">{shown}</a>'
            if label.startswith(("First", "Expected", "Got", "Your function")):
                shown = f'<code style="background:none;white-space:pre-wrap">{shown}</code>'
            head = f"<em>{escape(label)}:</em> " if label else ""
            rows.append(f'<p style="margin:.25em 0 0 1.3em">{head}{shown}</p>')
        rows += [f'<p style="margin:.4em 0 0 1.3em">{escape(line)}</p>' for line in self._closing()]
        return (
            f'<div role="status" style="border-left:4px solid {colour};padding:.3em .8em;margin:.3em 0">'
            + "".join(rows)
            + "</div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        if self._points_only:
            return {"text/plain": repr(self)}
        result = {"question": self.question.name, "points": self.verdict.points, "of": self.verdict.of}
        return {"text/plain": str(self), "text/html": self.html()}, {"conv_course": result}


class Message:
    """A line or more of text that shows itself like a card."""

    def __init__(self, text, rows=(), data=None):
        self._text, self._rows, self._data = text, rows, data

    def __str__(self):
        return "\n".join([self._text, *(f"  {row}" for row in self._rows)])

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None):
        rows = "".join(f"<li>{escape(row)}</li>" for row in self._rows)
        listed = f'<ul style="margin:.2em 0;list-style:none">{rows}</ul>' if rows else ""
        html = f'<div role="status"><strong>{escape(self._text)}</strong>{listed}</div>'
        return {"text/plain": str(self), "text/html": html}, {"conv_course": self._data} if self._data else {}
