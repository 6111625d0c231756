"""The course's interactive figures: one call shows one, in the built book and in live Jupyter alike.

`figure("conv1d", stride=2)` computes the figure's numbers with conv_lib and hands them to a small ES
module that only looks them up and draws. In a page of the book the result is plain HTML that a script
brings to life; in a live notebook it is an anywidget. Importing this package needs NumPy alone.
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
        The controls' first values, for example `stride=2, padding=1`.

    Raises
    ------
    ValueError
        If the figure, a control or a control's value does not exist; the message lists those that do.

    Examples
    --------
    >>> figure("conv1d", stride=2, padding=1).state["stride"]
    2
    """
    return Figure(name, initial_state)


__all__ = ["Figure", "figure", "names"]
