"""A figure taken elsewhere: files with caption and licence, and a page that shows one figure in a frame."""

import struct
import xml.etree.ElementTree as ElementTree

import pytest
from figure_page import Shown
from playwright.sync_api import expect

from conv_course.widgets import figure, names
from tools.bundle_figures import EMBED, bundle

LICENCE = "creativecommons.org/licenses/by/4.0"


def saved(shown, name):
    with shown.page.expect_download() as waiting:
        shown.control(name).click()
    assert waiting.value.suggested_filename == f"figure-conv1d.{name}"
    return open(waiting.value.path(), "rb").read()


def test_drawing_is_saved_with_caption_and_licence(open_figure):
    shown = open_figure("conv1d", stride=2, _theme="dark")
    shown.element.locator(".conv-share summary").click()
    tree = ElementTree.fromstring(saved(shown, "svg"))
    words = " ".join(tree.itertext())
    assert LICENCE in words
    assert "Slide a kernel along a signal. y has shape (3,)" in words
    numbers = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"−3", "−11"} & set(numbers) == {"−3"}  # x[4], and no output 3 at stride 2
    # it needs no style sheet: each text says its colour, on the figure's own ground
    assert not [node for node in tree.iter() if node.get("class")]
    assert tree.find("{http://www.w3.org/2000/svg}rect").get("fill") == "rgb(22, 25, 29)"
    width, height = float(tree.get("width")), float(tree.get("height"))
    picture = saved(shown, "png")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (round(2 * width + 0.49), round(2 * height + 0.49))


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """A folder with the page for frames, as the book's build writes it."""
    folder = tmp_path_factory.mktemp("frames")
    bundle(folder / "_static")
    (folder / "embed.html").write_text(EMBED, encoding="utf-8")
    return folder / "embed.html"


def test_one_figure_in_a_frame(page, frames):
    for name in names():
        page.goto(f"{frames.as_uri()}?figure={name}&theme=dark")
        expect(page.locator(".conv-figure[data-mounted]")).to_have_count(1)
        assert Shown(page).state() == figure(name).state
        ground = page.locator(".conv-figure").evaluate("el => getComputedStyle(el).backgroundColor")
        assert ground == "rgb(22, 25, 29)"
    page.goto(f"{frames.as_uri()}?figure=conv1d&stride=2&padding=1&theme=light&cells=x0_1")
    expect(page.locator(".conv-figure[data-mounted]")).to_have_count(1)
    state = {**figure("conv1d").state, "stride": 2, "padding": 1, "cells": "x0_1"}
    assert Shown(page).state() == state
    page.goto(f"{frames.as_uri()}?theme=dark")
    expect(page.locator("main")).to_contain_text("One moving figure of the course")
    page.get_by_role("link", name="conv1d", exact=True).click()
    expect(page.locator(".conv-figure[data-mounted]")).to_have_count(1)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(f"{frames.as_uri()}?figure=<b>")
    expect(page.locator("main")).to_contain_text('There is no figure named "<b>"; there are backward1d')


def test_words_for_a_frame_open_the_same_state(page, frames):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{frames.as_uri()}?figure=conv2d&stride=2")
    shown = Shown(page)
    shown.set(padding=1)
    shown.element.locator(".conv-share summary").click()
    shown.control("embed").click()
    expect(page.locator(".conv-copied")).to_have_text("Copied.")
    words = page.evaluate("navigator.clipboard.readText()")
    reached = shown.state()
    page.set_content(words)
    inner = page.frame_locator("iframe").locator(".conv-figure[data-mounted]")
    expect(inner).to_have_count(1)
    assert page.locator("iframe").get_attribute("src").startswith(frames.as_uri())
    assert (
        page.frames[1].evaluate("JSON.parse(document.querySelector('.conv-figure').dataset.state)") == reached
    )
