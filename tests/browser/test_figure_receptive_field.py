"""The receptive_field figure shows what one output sees, for stacks of up to four layers."""

import itertools
import re

import numpy as np
from figure_page import vector
from numpy.testing import assert_allclose

from conv_course.widgets import receptive_field
from conv_course.widgets.receptive_field import LAYERS, SIZE
from conv_lib import sizes
from conv_lib.vectorized import conv1d, conv1d_backward

# Every choice at each end of the stack, with others in between.
STACKS = [
    *itertools.product(("none", *LAYERS), ("none", "conv5"), ("pool2",), ("none", *LAYERS)),
    *itertools.product(
        ("stride3", "pool2"), ("stride3", "dilated3"), ("pool2", "same3"), ("conv5", "stride3")
    ),
]


def stages(stack):
    """Return the layers that fit, all sizes from the input up, and the first layer that does not fit."""
    names, outputs = [], [SIZE]
    for name in stack:
        if name == "none":
            continue
        try:
            outputs.append(sizes.output_size(outputs[-1], *LAYERS[name]))
        except ValueError:
            return names, outputs, name
        names.append(name)
    return names, outputs, None


def test_stacks_show_conv_lib_numbers(open_figure):
    shown = open_figure("receptive_field")
    states = [{f"layer{n + 1}": name for n, name in enumerate(stack)} for stack in STACKS]
    refusals = 0
    for stack, view in zip(STACKS, shown.set_each(states), strict=True):
        names, outputs, refused = stages(stack)
        steps = [sizes.receptive_field([LAYERS[name] for name in names[:n]]) for n in range(len(names) + 1)]
        assert_allclose(vector(view["tables"]["outputs"]), outputs, err_msg=str(stack))
        for name in ("field", "jump", "start"):
            wanted = [getattr(step, "size" if name == "field" else name) for step in steps]
            assert_allclose(vector(view["tables"][name]), wanted, err_msg=f"{name} {stack}")
        assert f"the last output has shape ({outputs[-1]},)" in view["line"]
        assert ("does not fit" in view["line"]) == (refused is not None)
        refusals += refused is not None
        formula, field = re.search(r"receptive field = ([−+·() \d]+) = (\d+) pixels", view["line"]).groups()
        assert eval(formula.translate({0xB7: "*", 0x2212: "-"})) == int(field) == steps[-1].size
    assert refusals > 0


def reached(names, position):
    """Return the input pixels with a nonzero gradient if only one output has one."""
    signals = [np.ones(SIZE)]
    for name in names:
        kernel, stride, padding, dilation = LAYERS[name]
        layer = {"stride": stride, "padding": padding, "dilation": dilation}
        signals.append(conv1d(signals[-1], np.ones(kernel), **layer))
    gradient = np.zeros_like(signals[-1])
    gradient[position] = 1
    for name, signal in zip(reversed(names), reversed(signals[:-1]), strict=True):
        kernel, stride, padding, dilation = LAYERS[name]
        layer = {"stride": stride, "padding": padding, "dilation": dilation}
        gradient, _, _ = conv1d_backward(gradient, signal, np.ones(kernel), **layer)
    return np.flatnonzero(gradient)


def test_lit_input_pixels_are_those_that_a_gradient_reaches(open_figure):
    shown = open_figure("receptive_field")
    for stack in STACKS[::9]:
        names, outputs, _ = stages(stack)
        state = {f"layer{n + 1}": name for n, name in enumerate(stack)}
        for position in {0, outputs[-1] // 2, outputs[-1] - 1}:
            shown.set(**state, position=position)
            lit = shown.element.evaluate(
                """el => [...el.querySelectorAll(".conv-stage .conv-cell.x")]
                    .flatMap((cell, i) => cell.classList.contains("on") ? [i] : [])"""
            )
            assert lit == reached(names, position).tolist(), (stack, position)


def test_every_layer_can_be_chosen_by_key_and_an_output_by_touch(open_figure):
    shown = open_figure("receptive_field")
    for name in ("layer1", "layer2", "layer3", "layer4"):
        shown.control(name).focus()
        shown.page.keyboard.press("ArrowUp" if name == "layer2" else "ArrowDown")
    state = shown.state()
    assert all(state[control.name] != control.start for control in receptive_field.CONTROLS[:4])
    shown.set(layer2="none", layer3="none", layer4="none")
    shown.element.locator('.conv-stage [data-pick="position:7"]').click()
    assert shown.state()["position"] == 7
