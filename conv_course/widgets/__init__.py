"""The course's interactive figures: one call shows a figure, both in the built book and in live Jupyter.

`figure("conv1d", stride=2)` computes the figure's numbers with conv_lib and passes them to a small ES module
that only looks them up and draws. On a page of the book the result is plain HTML that a script makes
interactive. In a live notebook it is an anywidget. Importing this package needs only NumPy.
"""

from conv_course.widgets._esm import names
from conv_course.widgets._figure import Figure


def figure(name, **initial_state):
    """Return one of the course's interactive figures, ready to be shown as a cell's result.

    Parameters
    ----------
    name : str
        One of `names()`.
    **initial_state
        The controls' first values, for example `stride=2, padding=1`. With `only="position"` the figure
        has no other control, and no line that speaks of them.

    Raises
    ------
    ValueError
        If the figure, a control or a control's value does not exist. The message lists the existing ones.

    Examples
    --------
    >>> figure("conv1d", stride=2, padding=1).state["stride"]
    2
    """
    return Figure(name, initial_state)


__all__ = ["Figure", "figure", "names"]
