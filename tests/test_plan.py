"""The plan for teachers: links to states that figures can show, and weeks in the order of dependencies."""

import importlib
import re

import pytest

from tests.page_cells import names, source

LINKS = re.findall(r'href="(\w+)\.html#fig-(\w+)\?([^"]*)"', source("plan"))


@pytest.mark.parametrize(("page", "figure", "state"), LINKS)
def test_a_link_opens_a_figure_in_a_state_that_it_can_show(page, figure, state):
    assert f'figure("{figure}"' in source(page)
    module = importlib.import_module(f"conv_course.widgets.{figure}")
    controls = {control.name: control for control in module.CONTROLS}
    for part in state.split("&"):
        name, value = part.split("=")
        control = controls[name]
        if hasattr(control, "options"):
            assert value in [known for known, _ in control.options]
        else:
            assert control.low <= int(value) <= control.high


def test_each_plan_respects_what_needs_what():
    needs = names("plan")["needs"]
    rows = [line.split("|")[2:-1] for line in source("plan").splitlines() if re.match(r"\| \d+ \|", line)]
    rows = [row for row in rows if len(row) == 3][:14]
    assert len(rows) == 14
    for column, left_out in enumerate([{"06", "09", "10", "13", "15"}, {"13"}, set()]):
        taught = []
        for row in rows:
            week = [f"{int(chapter):02}" for chapter in re.findall(r"\d+", row[column])]
            for chapter in sorted(week):
                assert set(needs[chapter]) <= {*taught, *week} | left_out, (column, chapter)
            taught += week
    assert set(taught) == set(needs)
