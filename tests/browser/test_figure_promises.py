"""The common behaviour of all interactive figures."""

import json
import re

import pytest
from figure_page import TABLES, Shown
from playwright.sync_api import expect

from benchmarks.pages import violations, width_beyond
from conv_course.widgets import figure, names
from conv_course.widgets._controls import Button, Choice
from conv_course.widgets._esm import single_module
from conv_course.widgets._figure import data, load
from tools.bundle_figures import bundle

FIGURES = names()

# Runs a module with a stand-in for anywidget's model, moves its first slider and reports.
LIVE = f"""async ([source, data, state]) => {{
  const url = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
  const module = (await import(url)).default;
  const el = document.createElement("div"), values = {{ data, state }}, saved = [];
  document.body.append(el);
  const set = (key, value) => {{ values[key] = value; saved.push(key); }};
  const model = {{ get: key => values[key], set, on() {{}}, off() {{}} }};
  model.save_changes = () => saved.push("saved");
  const leave = module.render({{ model, el }});
  const tables = {TABLES};
  const control = el.querySelector("input[type=range]:enabled, .conv-controls select");
  if (control.options) control.selectedIndex = control.selectedIndex ? 0 : 1;
  else control.value = control.value === control.max ? control.min : control.max;
  control.dispatchEvent(new Event("input"));
  leave();
  el.remove();
  return {{ tables, saved, moved: String(values.state[control.name]) === control.value }};
}}"""


def inputs(name):
    return [control for control in load(name).CONTROLS if not isinstance(control, Button)]


@pytest.mark.parametrize("name", FIGURES)
def test_script_shows_what_python_wrote_into_the_page(open_figure, name):
    """Without scripts the page has the tables and the line. Mounting the figure changes neither."""
    still = open_figure(name, _context={"java_script_enabled": False})
    page = still.page
    rows = page.locator("table[data-values]")
    written = {
        rows.nth(t).get_attribute("data-values"): [
            [cell.inner_text() for cell in row.locator("td").all()]
            for row in rows.nth(t).locator("tbody tr").all()
        ]
        for t in range(rows.count())
    }
    line = page.locator(".conv-line").text_content()
    view = open_figure(name).read()
    assert view["tables"] == written
    assert view["line"] == line


@pytest.mark.slow  # test_each_page.py checks each of them on its page
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_axe_finds_nothing(open_figure, name, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = open_figure(name, _theme=theme, _width=390 if theme == "light" else 900)
    shown.element.locator("summary").click()
    found = axe.run(shown.page, options={"preload": False}).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("once", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["looks", "texts"])
def test_page_without_scripts_is_accessible_too(browser, figure_site, once):
    """axe needs scripts, so the fallback is tested by leaving the loader out."""
    page = browser.new_page()
    page.goto(figure_site.as_uri() + "/figures/figures.css")
    style = (figure_site / "figures" / "figures.css").read_text(encoding="utf-8")
    body = "".join(figure(name)._repr_html_() for name in FIGURES)
    page.set_content(
        f'<html lang="en"><title>Figures</title><style>{style}</style>'
        f"<main><h1>Figures</h1>{body}</main></html>"
    )
    found = violations(page, every_look_once=once)
    page.close()
    assert found == []


def test_phone_needs_no_sideways_scrolling(open_figure):
    """At the start, with every control at its low end, and with every control at its high end."""
    first = open_figure(*FIGURES, _width=390)
    for end in (None, 0, -1):
        for name, shown in zip(FIGURES, every(first), strict=True):
            if end is not None:
                shown.set(**{control.name: control.values[end] for control in inputs(name)})
            assert width_beyond(first.page) <= 0, (name, end)


@pytest.mark.parametrize("name", FIGURES)
def test_keys_and_mouse_move_every_control(open_figure, name):
    shown = open_figure(name)
    for control in inputs(name):
        shown.control("reset").click()
        field = shown.control(control.name)
        before = shown.state()[control.name]
        field.focus()
        if isinstance(control, Choice):
            other = next(value for value in control.values if value != before)
            field.select_option(other)
            assert shown.state()[control.name] == other
            continue
        top = int(field.evaluate("input => input.max"))
        field.press("ArrowRight" if before < top else "ArrowLeft")
        assert abs(shown.state()[control.name] - before) == 1, control.name
        drag_to(shown.page, field, 1.0)
        assert shown.state()[control.name] == int(field.evaluate("input => input.max")), control.name
        drag_to(shown.page, field, 0.0)
        assert shown.state()[control.name] == int(field.evaluate("input => input.min")), control.name


def drag_to(page, slider, share):
    """Press in the middle of a slider, drag to an end and release."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 3 + share * (box["width"] - 6), y, steps=4)
    page.mouse.up()


def test_controls_are_big_enough_to_touch(open_figure):
    shown = open_figure(*FIGURES, _width=390, _context={"has_touch": True})
    for one in every(shown):
        if one.element.locator("[data-edit]").count():
            one.element.locator("[data-edit]").first.click()  # the buttons that change a number
    sizes = shown.page.locator("body").evaluate(
        """el => [...el.querySelectorAll("button, select, input, summary")]
             .filter(node => node.checkVisibility()).map(node => {
             const { width, height } = node.getBoundingClientRect();
             return [node.name ?? node.tagName, width, height]; })"""
    )
    assert len(sizes) > 5 * len(FIGURES)
    assert [entry for entry in sizes if min(entry[1:]) < 24] == []


@pytest.mark.parametrize("name", FIGURES)
def test_link_to_a_state_reopens_it(open_figure, name):
    changed = {control.name: control.values[-1] for control in inputs(name) if control.name != "position"}
    shown = open_figure(name, _context={"permissions": ["clipboard-read", "clipboard-write"]})
    reached = shown.set(**changed)["state"]
    shown.control("link").click()
    expect(shown.page.locator(".conv-copied")).to_have_text("Copied.")
    link = shown.page.evaluate("navigator.clipboard.readText()")
    fragment = link[link.index("#") :]
    assert re.match(rf"#fig-{name}\?", fragment)
    again = open_figure(name, _hash=fragment).read()
    assert again["state"] == reached
    shown.control("reset").click()
    assert shown.state() == figure(name).state


def test_address_may_say_anything(open_figure):
    """Unknown controls and impossible values are ignored. Other anchors do not change the figure."""
    start = figure("conv1d").state
    odd = open_figure("conv1d", _hash="#fig-conv1d?stride=99&padding=x&flavour=2&mode=none&dilation=2").read()
    assert odd["state"] == {**start, "stride": 3, "dilation": 2}
    assert open_figure("conv1d", _hash="#some-section").state() == start
    assert open_figure("conv1d", _hash="#%25?%3C").state() == start


def test_two_figures_on_a_page_are_told_apart(open_figure):
    shown = open_figure("conv1d", "conv1d", _hash="#fig-conv1d-2?stride=2")
    states = shown.page.locator(".conv-figure").evaluate_all(
        "all => all.map(el => JSON.parse(el.dataset.state))"
    )
    assert [state["stride"] for state in states] == [1, 2]
    ids = shown.page.locator("[id]").evaluate_all("all => all.map(el => el.id)")
    assert len(ids) == len(set(ids))


def test_address_follows_the_reader(open_figure):
    shown = open_figure("conv1d")
    shown.control("stride").press("ArrowRight")
    assert shown.page.evaluate("location.hash") == "#fig-conv1d?stride=2"


def test_results_are_announced_politely(open_figure):
    for shown in every(open_figure(*FIGURES)):
        said = shown.element.locator(".conv-said")
        assert said.get_attribute("aria-live") == "polite"
        assert said.locator(".conv-line").inner_text() != ""
        assert shown.element.get_attribute("role") == "group"


def every(shown):
    """Return all figures on the page of `shown`."""
    return [Shown(shown.page, index) for index in range(shown.page.locator(".conv-figure").count())]


def test_figures_print_as_their_current_state(open_figure):
    first = open_figure(*FIGURES, _theme="dark")
    before = []
    for name, shown in zip(FIGURES, every(first), strict=True):
        control = next(control for control in inputs(name) if len(control.values) > 1)
        before.append(shown.set(**{control.name: control.values[-1]}))
    first.page.emulate_media(media="print")
    for shown, view in zip(every(first), before, strict=True):
        assert shown.element.locator(".conv-stage svg").is_visible()
        assert not shown.control("reset").is_visible()
        assert shown.element.evaluate("el => getComputedStyle(el).backgroundColor") == "rgb(255, 255, 255)"
        assert shown.read() == view


def test_nothing_moves_by_itself(open_figure):
    first = open_figure(*FIGURES, _context={"reduced_motion": "reduce"})
    before = first.page.locator("body").inner_html()
    first.page.wait_for_timeout(1600)
    assert first.page.locator("body").inner_html() == before


@pytest.mark.parametrize("name", FIGURES)
def test_module_for_anywidget_draws_the_same(open_figure, name):
    """This is the single file for live Jupyter."""
    shown = open_figure(name)
    live = shown.page.evaluate(LIVE, [single_module(name), json.loads(data(name)), figure(name).state])
    assert live["tables"] == shown.read()["tables"]
    assert live["saved"] == ["state", "saved"]
    assert live["moved"]


def test_bundle_leaves_files_that_are_right_alone(tmp_path):
    written = bundle(tmp_path)
    stamps = [path.stat().st_mtime_ns for path in written]
    (tmp_path / "figures" / "gone.js").write_text("old")
    assert [path.stat().st_mtime_ns for path in bundle(tmp_path)] == stamps
    assert not (tmp_path / "figures" / "gone.js").exists()
    scripts = "".join(path.read_text(encoding="utf-8") for path in written if path.suffix == ".js")
    assert "import " not in scripts
    assert "export " not in scripts
