"""groups: which input channels reach which output channels, from dense to depthwise, with counts."""

import numpy as np

from conv_course.widgets._controls import Choice, Range, grid
from conv_lib.naive import conv2d

TITLE = "Wire the channels: groups"
D = 4
MOST_FILTERS = 8


def small_numbers(shape, start, low, high):
    """Return integers in no visible order, the same on every machine."""
    k = np.arange(start, start + int(np.prod(shape)))
    return ((k * k * 31 + k * 17) % 127 % (high - low + 1) + low).astype(float).reshape(shape)


X = small_numbers((1, D, 3, 3), 3, 0, 3)
WEIGHTS = small_numbers((MOST_FILTERS, D, 3, 3), 5, -1, 1)

CONTROLS = [
    Choice("groups", "Groups", (("1", "1, dense"), ("2", "2"), ("4", "4, one per channel")), "1"),
    Choice("filters", "F, filters", (("4", "4"), ("8", "8")), "4"),
    Range("kernel", "Kernel size", 1, 3, 3),
    Range("position", "Output channel", 0, MOST_FILTERS - 1, 0),
]
SETTING = ("groups", "filters", "kernel")

TEXT = {
    "size": "_x_ (1, 4, {kernel}, {kernel}), _w_ ({filters}, {each}, {kernel}, {kernel}), "
    "_y_ (1, {filters}, 1, 1): _H_′ = ⌊({kernel} + 2·0 − {kernel})/1⌋ + 1 = 1; "
    "weights _F_·(_D_/groups)·_kH_·_kW_ "
    "= {filters}·(4/{groups})·{kernel}·{kernel} = {weights}",
}


def setting(groups, filters, kernel):
    """Return x and w of one setting: one window per channel, so that y has one pixel per channel."""
    groups, filters = int(groups), int(filters)
    return X[:, :, :kernel, :kernel], WEIGHTS[:filters, : D // groups, :kernel, :kernel], groups


def output(**state):
    x, w, groups = setting(**state)
    return conv2d(x, w, groups=groups)[0, :, 0, 0]


def wiring(**state):
    """Return the part of output channel f from input channel d, shape (F, D), with None for no wire."""
    x, w, groups = setting(**state)
    found = np.full((len(w), D), None)
    for d in range(D):
        # if all other channels are zero, y is d's part; with filters of ones, 0 means that there is no wire
        alone, ones = np.zeros_like(x), np.ones_like(w)
        alone[:, d] = x[:, d]
        lit = np.zeros_like(x)
        lit[:, d] = 1
        part, wired = (
            conv2d(alone, w, groups=groups)[0, :, 0, 0],
            conv2d(lit, ones, groups=groups)[0, :, 0, 0],
        )
        found[wired > 0, d] = part[wired > 0]
    return found


def weights(**state):
    return setting(**state)[1].size


def data():
    return {
        "wiring": grid(CONTROLS, SETTING, wiring),
        "y": grid(CONTROLS, SETTING, output),
        "weights": grid(CONTROLS, SETTING, weights),
    }


def shown(position, **state):
    count = weights(**state)
    line = TEXT["size"].format(**state, each=D // int(state["groups"]), weights=count)
    tables = [
        ("parts", "what channel d adds to output f, rows f", wiring(**state)),
        ("y", "y, one pixel an output channel", output(**state)),
        ("weights", "number of weights", count),
    ]
    return tables, line
