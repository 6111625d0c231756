"""One interactive figure: its data, its static HTML for the page, and its widget for live notebooks."""

import html
import importlib
import json
import os
import re
from contextlib import contextmanager
from functools import cache
from importlib import util

import numpy as np

from conv_course.widgets._controls import first_state
from conv_course.widgets._esm import names


def plain(value):
    """Convert NumPy arrays and numbers in `value` to the shortest JSON that keeps all displayed digits."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if np.isinf(value):
            return "-inf" if value < 0 else "inf"
        return int(value) if value == int(value) else round(float(value), 6)
    return value.item() if isinstance(value, np.generic) else value


def number(value):
    """Format a number for the tables: at most four decimals, no trailing zeros."""
    if value is None:
        return ""
    value = plain(value)
    if isinstance(value, str):
        return value
    shown = f"{round(value, 4):.4f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


@cache
def load(name):
    """Return the Python module of a figure, which computes what its script draws."""
    if name not in names():
        raise ValueError(f"no figure named {name!r}; there are {', '.join(names())}")
    return importlib.import_module(f"conv_course.widgets.{name}")


@cache
def data(name):
    """Return everything that the script of a figure looks up, as JSON text."""
    module = load(name)
    controls = [control.as_json() for control in module.CONTROLS]
    everything = {"title": module.TITLE, "controls": controls, "text": module.TEXT, **module.data()}
    return json.dumps(plain(everything), separators=(",", ":"), ensure_ascii=False)


CHANGE = re.compile(r"([a-z]+)(\d+)_(-?\d+)")


@contextmanager
def changed(module, cells):
    """While this lasts, the figure has a reader's numbers: "x3_2.w0_-1" adds 2 to x[3], -1 to w[0]."""
    inputs = getattr(module, "INPUTS", {})
    changes = [CHANGE.fullmatch(one) for one in cells.split(".")] if cells else []
    known = all(one and one[1] in inputs and int(one[2]) < inputs[one[1]].size for one in changes)
    if not known:
        raise ValueError(
            f"cells={cells!r} is not of the form x3_2.w0_-1, with {', '.join(inputs) or 'no inputs'}"
        )
    book = {name: array.copy() for name, array in inputs.items()}
    try:
        for one in changes:
            inputs[one[1]].flat[int(one[2])] += int(one[3])
        yield
    finally:
        for name, array in book.items():
            inputs[name][...] = array


# with the name before it and the rest of the sum behind it, which stay on its line
FLOOR = re.compile(r"((?:<i>\w</i>′ = )?)⌊\((.*?)\)/(\d+)⌋((?: \+ 1 = \d+)?)")
SET_FLOOR = (
    r'<span class="conv-floor">\1<span class="conv-unseen">⌊</span><span class="conv-brackets">'
    r'<span class="conv-fraction"><span><span class="conv-unseen">(</span>\2'
    r'<span class="conv-unseen">)/</span></span><span>\3</span></span></span>'
    r'<span class="conv-unseen">⌋</span>\4</span>'
)


def typeset(line):
    """A formula as HTML, as the function of this name in parts.js: italic letters, a fraction for a floor."""
    line = re.sub(r"(?<!\w)-(?=\d)", "−", html.escape(line))
    line = FLOOR.sub(SET_FLOOR, re.sub(r"_(\w+?)_", r"<i>\1</i>", line))
    return line.replace("</i>′", '</i><span class="conv-prime">′</span>')


def table(key, caption, values):
    """Return an array as an HTML table, readable by tests, search and screen readers."""
    rows = np.asarray(values, dtype=object)
    if rows.ndim < 2:
        indexed = [(key, np.atleast_1d(rows))]
    else:
        indexed = [(",".join(map(str, index)), rows[index]) for index in np.ndindex(*rows.shape[:-1])]
    head = "".join(f'<th scope="col">{j}</th>' for j in range(len(indexed[0][1]) if indexed else 0))
    body = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th>{"".join(f"<td>{number(v)}</td>" for v in row)}</tr>'
        for label, row in indexed
    )
    return (
        f'<table data-values="{html.escape(key)}"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


class Figure:
    """The result of `figure(...)`. Jupyter and the book each use the representation that they can show."""

    def __init__(self, name, initial_state):
        self.name = name
        self.module = load(name)
        cells = initial_state.pop("cells", "")
        self.only = initial_state.pop("only", "")
        self.state = first_state(self.module.CONTROLS, initial_state)
        if cells:
            self.state["cells"] = cells
        self._live = None
        unknown = set(self.only.split()) - set(self.state)
        if unknown:
            raise ValueError(f"only={self.only!r}: this figure has no {', '.join(sorted(unknown))}")

    def __repr__(self):
        chosen = ", ".join(f"{key}={value!r}" for key, value in self.state.items())
        return f"figure({self.name!r}, {chosen})"

    def shown(self):
        """Return the figure's content in its initial state: `(tables, line)`, computed by conv_lib."""
        with changed(self.module, self.state.get("cells", "")):
            tables, line = self.module.shown(**{k: v for k, v in self.state.items() if k != "cells"})
            return [(key, caption, np.array(values)) for key, caption, values in tables], line

    def _repr_html_(self):
        tables, line = self.shown()
        # A closing tag inside the JSON would end the script element early.
        embedded = data(self.name).replace("</", "<\\/")
        written = "".join(table(*entry) for entry in tables)
        only = f' data-only="{html.escape(self.only)}"' if self.only else ""
        return (
            f'<div class="conv-figure" data-figure="{self.name}" '
            f'data-state="{html.escape(json.dumps(self.state))}"'
            f"{only}>"
            f'<script type="application/json">{embedded}</script>'
            f'<p class="conv-title">{html.escape(self.module.TITLE)}</p>'
            f'<div class="conv-fallback"><p class="conv-line">{typeset(line)}</p>'
            f'<div class="conv-tables" tabindex="0" role="group" aria-label="Tables">{written}</div>'
            "</div></div>"
        )

    @property
    def live(self):
        """The figure as an anywidget, with the same module, data and state."""
        if self._live is None:
            from conv_course.widgets._live import LiveFigure

            everything = json.loads(data(self.name)) | ({"only": self.only} if self.only else {})
            self._live = LiveFigure(self.name, data=everything, state=dict(self.state))
        return self._live

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if in_live_notebook():
            # anywidget returns (data, metadata); only the view's own entry is needed besides the HTML.
            shown = self.live._repr_mimebundle_()
            widget = shown[0] if isinstance(shown, tuple) else shown
            bundle.update({key: value for key, value in (widget or {}).items() if "widget-view" in key})
        return bundle


def in_live_notebook():
    """Return whether a widget can be shown: a kernel runs, it is not the book's build, anywidget is there.

    The book's build sets CONV_LIB_STATIC so that no widget state is stored in its pages.
    """
    if os.environ.get("CONV_LIB_STATIC") or util.find_spec("anywidget") is None:
        return False
    if util.find_spec("IPython") is None:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
