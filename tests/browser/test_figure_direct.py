"""The drawing under the hand: pointing, clicking, dragging, arrow keys, and numbers that a reader changes."""

import json
import re

import numpy as np
import pytest
from figure_page import Shown
from numpy.testing import assert_allclose
from playwright.sync_api import expect

from conv_course.widgets import figure, names
from conv_course.widgets._figure import load

# these have a curve or a matrix in place of cells with sums; their own tests point, click and drag
WITHOUT_SUMS = {"steps", "mutants", "training", "descent"}
EDITABLE = [name for name in names() if hasattr(load(name), "INPUTS")]
AT = """(el, cells) => { location.hash = `#${el.id}?${new URLSearchParams(cells)}`;
  return new Promise(done => addEventListener("hashchange", () => done(), { once: true })); }"""
CENTRE = "node => { const b = node.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"


@pytest.fixture
def figures(open_figure):
    """All figures that are moved by hand, on one page, by name."""
    first = open_figure(*names())
    every = {name: Shown(first.page, index) for index, name in enumerate(names())}
    by_hand = {name: one for name, one in every.items() if one.element.locator(".conv-direct").count()}
    assert len(by_hand) >= 12
    return by_hand


def changes(name):
    """One number more in the first entry of each input, two less in another, with a few layers."""
    inputs = load(name).INPUTS
    first = ".".join(f"{key}0_1" for key in inputs)
    second = ".".join(f"{key}{min(6, array.size - 1)}_-2" for key, array in inputs.items())
    layers = [
        {},
        {"stride": 2},
        {"padding": 1, "kernel": 2},
        {"kind": "average"},
        {"channels": 1},
        {"filter": "blur"},
        {"graph": "convolution", "step": 12},
        {"graph": "dense", "step": 22},
    ]
    known = {control.name for control in load(name).CONTROLS}
    for cells in (first, second):
        for layer in layers:
            if set(layer) <= known:
                yield {**layer, "cells": cells}


def numbers(rows):
    return np.array([float(cell or "nan") for row in rows for cell in row])


def test_every_number_follows_a_changed_one_as_in_conv_lib(figures):
    counted = 0
    for name in EDITABLE:
        book = dict((key, values) for key, _, values in figure(name).shown()[0])
        for state in changes(name):
            figures[name].element.evaluate(AT, state)
            view = figures[name].read()
            assert view["state"]["cells"] == state["cells"]
            wanted = figure(name, **state).shown()[0]
            for key, _, values in wanted:
                assert_allclose(
                    numbers(view["tables"][key]),
                    np.ravel(values).astype(float),
                    atol=1e-4,
                    err_msg=f"{name} {state} {key}",
                )
            changed = {key: values for key, _, values in wanted}
            counted += any(not np.array_equal(changed[key], book[key]) for key in changed)
        # the arrays of the module are the book's again
        assert all(np.array_equal(book[key], values) for key, _, values in figure(name).shown()[0])
    assert counted > 3 * len(EDITABLE)


@pytest.mark.parametrize("cells", ["x99_1", "q0_1", "x0", "x0_1_"])
def test_a_change_that_no_figure_knows_is_refused(cells):
    with pytest.raises(ValueError, match="is not of the form"):
        figure("conv1d", cells=cells).shown()


def test_pointing_previews_clicking_chooses(figures):
    special = {"conv2d": ".conv-pixel[data-pick='position:7']", "im2col": "[data-pick='position:3,entry:2']"}
    special |= {
        "layouts": ".conv-cell.x",
        "layer": ".y[data-pick]",
        "pooling": ".dout",
        "backward1d": ".dx",
        "receptive_field": ".y[data-pick]",
        "scatter1d": ".dx",
    }
    chosen = {name: special.get(name, ".conv-cell.y") for name in figures if name not in WITHOUT_SUMS}
    for name, where in chosen.items():
        shown = figures[name]
        before = shown.read()
        cells = shown.element.locator(f".conv-stage {where}")
        cell = cells.nth(min(3, cells.count() - 1))
        cell.hover()
        glimpsed = shown.read()
        assert glimpsed["state"] == before["state"], name
        assert glimpsed["terms"] != before["terms"], name
        shown.element.locator(".conv-title").hover()
        assert shown.read()["terms"] == before["terms"], name
        cell.click()
        assert shown.read()["terms"] == glimpsed["terms"], name
        assert shown.state() != before["state"], name


def test_every_cell_of_an_output_or_gradient_spells_its_own_sum(figures):
    """The name before the sum is that of the cell, and its result the number in it."""
    for name, role, key in [
        ("pooling", "dx", "dx"),
        ("transposed", "y", "y"),
        ("pooling", "y", "y"),
        ("backward1d", "dx", "dx"),
    ]:
        shown = figures[name]
        if name == "transposed":
            shown.set(show="y")
        cells = shown.element.locator(f".conv-stage .conv-cell.{role}")
        values = numbers(shown.read()["tables"][key])
        for n in range(0, cells.count(), 4):
            cells.nth(n).hover()
            said = shown.element.locator(".conv-terms").evaluate(
                "el => el.innerHTML.split('<br>').map(line => line.replace(/<[^>]*>/g, ''))"
            )
            (line,) = [line for line in said if re.match(rf"{key}\[[^\]]*\] = ", line)]
            result = re.search(r"= (−?[\d.]+)(:|$)", line)[1]
            assert float(result.replace("−", "-")) == values[n], (name, n, line)


def test_arrow_keys_move_the_window_in_two_dimensions(figures):
    stage = figures["conv2d"].element.locator(".conv-stage")
    stage.focus()
    for key, position in [
        ("ArrowRight", 1),
        ("ArrowDown", 6),
        ("ArrowLeft", 5),
        ("ArrowUp", 0),
        ("ArrowUp", 0),
        ("ArrowLeft", 0),
    ]:
        stage.press(key)
        assert figures["conv2d"].state()["position"] == position, key
    for name, shown in figures.items():
        before = shown.state()
        shown.element.locator(".conv-stage").press("ArrowRight")
        shown.element.locator(".conv-stage").press("ArrowDown")
        assert shown.state() != before, name


def test_a_number_goes_up_and_down_by_keys_and_by_touch(figures):
    shown = figures["conv1d"]
    stage = shown.element.locator(".conv-stage")
    assert shown.element.locator(".conv-hint").is_visible()
    stage.locator(".conv-cell.x").nth(4).click()
    expect(shown.element.locator(".conv-held-name")).to_have_text("x[4] = −3")
    stage.press("+")
    assert shown.read()["tables"]["x"][0][4] == "-2"
    shown.control("less").click()
    shown.control("less").click()
    assert shown.state()["cells"] == "x4_-1"
    wanted = figure("conv1d", **shown.state()).shown()[0]
    assert_allclose(numbers(shown.read()["tables"]["y"]), wanted[2][2])
    assert "cells=x4_-1" in shown.page.evaluate("location.hash")
    shown.control("latter").click()
    expect(shown.element.locator(".conv-held-name")).to_have_text("x[5] = 5")
    for _ in range(6):
        shown.control("more").click()
    assert shown.read()["tables"]["x"][0][5] == "9"  # no number of two digits
    shown.control("reset").click()
    assert shown.state() == figure("conv1d").state
    stage.press("Escape")
    assert shown.element.locator(".conv-hint").is_visible()


def test_a_filter_of_the_picture_is_changed(figures):
    shown = figures["conv2d"]
    shown.element.locator(".conv-stage .conv-cell.w").nth(5).click()
    shown.element.locator(".conv-stage").press("+")
    state = shown.state()
    assert state["cells"] == "w7_1"  # row 1, column 2 of a grid of five columns
    tables = {key: values for key, _, values in figure("conv2d", **state).shown()[0]}
    assert tables["w"][1][2] == 2
    assert_allclose(numbers(shown.read()["tables"]["y"]), tables["y"].ravel())


def test_the_page_says_the_same_without_a_script(open_figure):
    still = open_figure("conv1d", cells="x0_3", _context={"java_script_enabled": False})
    written = still.page.locator("table[data-values=y] td").all_inner_texts()
    view = open_figure("conv1d", cells="x0_3").read()
    assert [cell for cell in view["tables"]["y"][0]] == written[1:]
    assert json.loads(still.page.locator(".conv-figure").get_attribute("data-state"))["cells"] == "x0_3"
