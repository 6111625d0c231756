"""The exercises' sliders: they run the learner's own function and show its result.

Only `sliders` needs ipywidgets, and imports it when it is called. The handlers set an HTML widget's value, so
that a test of the notebook can compare it.
"""

from functools import cache
from html import escape

import numpy as np

from conv_course.checker.guards import TimeLimit, quiet, time_limit

SECONDS = 5
COLOUR = {"x": "#0072B2", "w": "#D55E00", "y": "#009E73", "dout": "#CC79A7", "dx": "#56B4E9", "dw": "#E69F00"}


def sliders(show, **ranges):
    """Show one slider per keyword, and below them the HTML that `show` returns for their values.

    Parameters
    ----------
    show : callable
        Called with the sliders' values by keyword. It returns HTML, for example from `rows`, or plain text.
        If it calls a function that is not written yet or is wrong, a message is shown instead.
    ranges : range or list
        The values of each slider, which starts at the first one.

    Examples
    --------
    sliders(lambda stride, padding: rows(y=slide_padded(x, w, stride=stride, padding=padding)),
            stride=range(1, 4), padding=range(0, 5))
    """
    import ipywidgets

    place = ipywidgets.HTML()
    controls = {
        name: ipywidgets.SelectionSlider(
            options=list(values), description=name, continuous_update=True, layout={"width": "20em"}
        )
        for name, values in ranges.items()
    }

    def draw(change=None):
        place.value = run_show(show, {name: control.value for name, control in controls.items()})

    for control in controls.values():
        control.observe(draw, names="value")
    draw()
    return _box(ipywidgets)([*controls.values(), place])


@cache
def _box(ipywidgets):
    """Return a VBox class whose repr describes the sliders, for notebooks shown without being run."""

    class Sliders(ipywidgets.VBox):
        def __repr__(self):
            names = [control.description for control in self.children[:-1]]
            return f"Sliders for {' and '.join(names)}: run this cell to move them."

    return Sliders


def run_show(show, values):
    """Return the HTML of `show(**values)`, or a friendly line if the learner's function is missing."""
    try:
        with quiet(), time_limit(SECONDS):
            shown = show(**values)
        return _page(str(shown))
    except NotImplementedError:
        return _page("<p>Write the function above first; these sliders then run it.</p>")
    except TimeLimit:
        return _page("<p>Your function was stopped: it took too long.</p>")
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return _page(f"<p>Your function stopped with <code>{escape(text[:300])}</code></p>")


def _page(body):
    return f'<div role="status" style="line-height:1.5">{body}</div>'


def rows(**named):
    """Return one line per name, with its numbers in boxes: `rows(x=x, y=y)`. A text is shown as it is."""
    lines = []
    for name, value in named.items():
        if value is None:
            lines.append(f"<p><b>{escape(name)}</b>: None (your function returned nothing)</p>")
        elif isinstance(value, str):
            lines.append(f"<p><b>{escape(name)}</b>: {escape(value)}</p>")
        else:
            lines.append(_boxes(name, np.asarray(value)))
    return "".join(lines)


def _boxes(name, values):
    colour = COLOUR.get(name.split()[0], "#767676")
    shape = " x ".join(map(str, values.shape)) or "a number"
    if values.size > 120 or values.ndim > 2:
        return f"<p><b>{escape(name)}</b> ({shape})</p>"
    box = f"border:1px solid {colour};padding:0 .4em;text-align:right;min-width:2.2em"
    body = "".join(
        "<tr>" + "".join(f'<td style="{box}">{number(v)}</td>' for v in line) + "</tr>"
        for line in np.atleast_2d(values)
    )
    return (
        f'<table style="border-collapse:collapse;margin:.2em 0"><caption style="text-align:left">'
        f'<b style="border-bottom:3px solid {colour}">{escape(name)}</b> ({shape})</caption>{body}</table>'
    )


def number(value):
    """Format a number as short text, the same on every machine.

    >>> number(0.1 + 0.2), number(-1e-17), number(7)
    ('0.3', '0', '7')
    """
    if isinstance(value, int | float | np.number):
        return f"{round(float(value), 4) + 0.0:g}"
    return escape(str(value))
