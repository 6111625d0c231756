"""The mutants figure shows which test kills which wrong layer, and the edit that made the layer wrong."""

import pytest
from figure_page import vector

from conv_course.checker import wrong_layers
from conv_course.widgets import mutants
from tests.page_cells import names

# the verdicts of each layer that is shown: a phone shows the passes of the chosen one
SHAPES = """el => [...el.querySelectorAll(".conv-stage .conv-layer")].map(layer =>
  [...layer.querySelectorAll(".conv-verdict")].map(one =>
    one.querySelector(".conv-ring") ? 1 : one.querySelector(".conv-cross") ? 0 : null))"""
FORWARD = [name for name in mutants.NAMES if name.startswith("forward")]
BACKWARD = mutants.NAMES[len(FORWARD) :]


@pytest.mark.slow  # runs the chapter
def test_what_is_stored_is_what_the_chapter_finds():
    survives = names("17_break_the_checker")["survives"]
    assert mutants.stored()["survives"] == {name: [int(one) for one in row] for name, row in survives.items()}


def test_an_edit_makes_the_wrong_source():
    sources = {f"forward: {name}": text for name, text in wrong_layers.FORWARD_SOURCES.items()}
    sources |= {f"backward: {name}": text for name, text in wrong_layers.BACKWARD_SOURCES.items()}
    assert list(sources) == mutants.NAMES
    for name, text in sources.items():
        right = wrong_layers.FORWARD_SOURCE if name.startswith("forward") else wrong_layers.BACKWARD_SOURCE
        lines, there = mutants.edit(name), [line.strip() for line in text.splitlines()]
        assert lines
        for line in lines:
            assert line[2:] in (there if line[0] == "+" else right), (name, line)


@pytest.mark.parametrize(("width", "blocks"), [(900, [mutants.NAMES]), (390, [FORWARD, BACKWARD])])
def test_no_test_has_run_at_first_and_each_shows_its_verdicts(open_figure, width, blocks):
    shown = open_figure("mutants", _width=width)
    rows = mutants.stored()["survives"]
    for block in blocks:
        for tests in (0, 1, 4, 6):
            view = shown.set(mutant=mutants.NAMES.index(block[0]), tests=tests)
            unrun = [None] * (len(mutants.TESTS) - tests)
            assert shown.element.evaluate(SHAPES) == [rows[name][:tests] + unrun for name in block]
            if tests:
                assert vector(view["tables"]["survivors"])[-1] == sum(row[tests - 1] for row in rows.values())


@pytest.mark.parametrize(("width", "least"), [(760, (14, 20)), (390, (14, 24))])
def test_a_test_tells_its_survivors_and_a_row_its_name_and_can_be_pointed_at(open_figure, width, least):
    shown = open_figure("mutants", _width=width, tests=2)
    rows = mutants.stored()["survives"]
    labels = shown.element.locator(".conv-stage .conv-label").all_text_contents()
    for number, test in enumerate([*mutants.TESTS[:-1], "the test of this chapter"]):
        total = f": {sum(row[number] for row in rows.values())}" if number < 2 else ""
        assert f"{number + 1} {test}{total}" in labels
    assert not any(mutants.TESTS[-1] in label for label in labels)
    named = mutants.NAMES if width > 600 else FORWARD
    assert [label for label in labels if label in {name.partition(": ")[2] for name in named}] == [
        name.partition(": ")[2] for name in named
    ]
    assert shown.element.locator(".conv-layer title").all_text_contents() == named
    boxes = [one.bounding_box() for one in shown.element.locator(".conv-verdict .conv-box").all()[:3]]
    assert all(one["width"] > least[0] - 1.5 and one["height"] > least[1] - 1.5 for one in boxes)


def test_on_a_phone_a_tap_on_the_other_passes_shows_them(open_figure):
    shown = open_figure("mutants", _width=390)
    box = shown.element.locator(".conv-tab:not(.on)").first.bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert shown.state()["mutant"] == len(FORWARD)
    assert shown.element.locator(".conv-layer title").all_text_contents() == BACKWARD


def test_a_row_chooses_the_layer_and_its_edit(open_figure):
    shown = open_figure("mutants", tests=6)
    for name in ("forward: kernel flipped", "backward: dw: stride forgotten"):
        number = mutants.NAMES.index(name)
        shown.element.locator(f'[data-pick="mutant:{number}"]').first.click()
        told = shown.element.locator(".conv-edit code").all_inner_texts()
        assert told == mutants.edit(name)
        view = shown.read()
        results = mutants.stored()["survives"][name]
        killers = [str(test) for test, survived in enumerate(results, 1) if not survived]
        assert view["line"].startswith(
            f"{name}: killed by test{'s' * (len(killers) > 1)} {', '.join(killers)}."
        )
    for key in ("ArrowUp", "ArrowLeft"):
        shown.page.keyboard.press(key)
    assert shown.state() == {"mutant": number - 1, "tests": 5}
