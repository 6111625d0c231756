"""The plan for teachers: links to states that figures can show, and weeks in the order of dependencies."""

import importlib
import re

import pytest

from tests.page_cells import names, source
from tools import exam

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
    rows = re.findall(
        r"^\| (\d+) \{doc\}`(\d\d)_\w+` \| (.*) \| (.*) \| (.*) \|$", source("plan"), re.MULTILINE
    )
    assert [row[1] for row in rows] == sorted(needs)
    assert all(int(row[0]) == int(row[1]) for row in rows)
    for column, (last, left_out) in enumerate(
        [(4, {"06", "09", "10", "13", "15"}), (8, {"13"}), (14, set())]
    ):
        weeks = {row[1]: int(row[2 + column].partition(",")[0]) for row in rows if row[2 + column] != "–"}
        assert set(weeks.values()) == set(range(1, last + 1))
        for chapter, week in weeks.items():
            early = {one for one in weeks if weeks[one] <= week}
            assert set(needs[chapter]) <= early | left_out, (column, chapter)
    assert set(weeks) == set(needs)


def test_the_exam_that_the_page_quotes_begins_so():
    quoted = re.search(r"One exam begins: \"(.*?)\"", source("plan"))[1]
    assert exam.exam(7, 6)[0][0] == quoted
