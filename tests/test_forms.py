"""Every kind of drawing has a form for a phone, whose letters are no smaller than 12 pixels there."""

import io
import re

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from conv_course import figures
from conv_course.figures import images
from conv_course.figures.forms import LEAST, PHONE, parted, smallest_letter, with_narrow
from conv_lib.graph import conv1d_graph
from tools.environment import ROOT
from tools.sphinx_lighten import lighten_pictures

GRAPH = conv1d_graph(np.arange(1.0, 6), np.array([2.0, -1, 3]), 1.0)
TAPS = [[0, 1, 2, -1, -1], [-1, 0, 1, 2, -1], [-1, -1, 0, 1, 2]]
NOTE = "a note that says at some length what this row of numbers is"
TABLE = dict(values=np.arange(20).reshape(5, 4), role="x", title="x")
DRAWINGS = {
    "sliding": lambda: figures.draw_sliding(range(9), [2, -1, 3], dilation=2),
    "strip": lambda: figures.draw_strip([{"name": "zeros", "values": [0, 2, 0, -1] * 3, "note": NOTE}]),
    "matrix": lambda: figures.draw_matrix(TAPS, left=("y", ["y"] * 3), right=("x", ["x"] * 5)),
    "graph": lambda: figures.draw_graph(GRAPH, fold=True, gap=2.6),
    "graphs": lambda: figures.draw_graphs([("One", GRAPH), ("Other", GRAPH)], fold=True, gap=1.3),
    "errors": lambda: figures.plot_errors([1e-8, 1e-5], {"float64": [1e-5, 1e-10]}, marks=[(1e-5, "h")]),
    "speeds": lambda: figures.plot_speeds({"a pass": {"fast": {(name, 8): [2.0] for name in "abcdefg"}}}),
    "roofline": lambda: figures.plot_roofline(80e9, 10e9, {"copy": 0.5, "product": 100.0}),
    "tiles": lambda: figures.draw_tiles(4),
    "arrays": lambda: images.draw_arrays([TABLE, "×", TABLE, "=", TABLE]),
    "a long array": lambda: images.draw_arrays([dict(values=np.ones((1, 27)), title="ones")], cell=0.29),
    "pixel": lambda: images.draw_pixel(np.ones((2, 5, 5)), np.ones((1, 2, 3, 3)), [1.0], f=0, i=0, j=0),
    "pictures": lambda: images.show_images(dict.fromkeys("abcd", np.eye(4))),
}  # fmt: skip


def as_svg(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    return file.getvalue()


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_phone_gets_a_form_with_letters_that_can_be_read(name, monkeypatch):
    monkeypatch.setenv("CONV_LIB_STATIC", "1")
    figure = DRAWINGS[name]()
    wide = as_svg(figure)
    assert smallest_letter(wide) < LEAST <= smallest_letter(wide, room=10_000)
    alone, narrow = parted(with_narrow(wide, figure))
    assert alone == wide
    assert smallest_letter(narrow) >= LEAST


def test_only_the_book_has_both_forms_and_only_where_the_first_is_too_wide(monkeypatch):
    monkeypatch.delenv("CONV_LIB_STATIC", raising=False)
    figure, small = DRAWINGS["sliding"](), figures.draw_sliding([1, 2], [3], sums=False)
    wide, fits = as_svg(figure), as_svg(small)
    assert with_narrow(wide, figure) == wide
    monkeypatch.setenv("CONV_LIB_STATIC", "1")
    assert with_narrow(wide, figure) != wide
    assert with_narrow(fits, small) == fits
    assert with_narrow(wide, Figure()) == wide  # nobody said how


def test_a_page_offers_the_narrow_form_to_phones_by_day_and_by_night(tmp_path, monkeypatch):
    monkeypatch.setenv("CONV_LIB_STATIC", "1")
    figure = DRAWINGS["sliding"]()
    wide = as_svg(figure)
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.svg").write_text(with_narrow(wide, figure), encoding="utf-8")
    page = lighten_pictures('<img alt="a" src="_images/a.svg" />', tmp_path)
    forms = re.findall(r'<source media="([^"]+)" srcset="([^"]+)" width="(\d+)" height="\d+" /><img ', page)
    names = ["_images/narrow-a.svg", "_images/narrow-a.dark.svg"]
    assert [(media, name) for media, name, _ in forms] == [
        ("screen and (max-width: 480px)", n) for n in names
    ]
    assert all(int(width) <= PHONE for _, _, width in forms)
    assert (tmp_path / "_images" / "a.svg").read_text("utf-8") == wide
    assert all("#ffffff" not in (tmp_path / name).read_text("utf-8") for name in names[1:])
    assert lighten_pictures(page, tmp_path) == page  # a page is built again, its pictures are not


def test_the_size_of_letters_is_that_on_the_page():
    figure = Figure(figsize=(PHONE / 96, 1))
    figure.text(0, 0, "nine points are twelve pixels", fontsize=9)
    file = io.StringIO()
    figure.savefig(file, format="svg")
    assert smallest_letter(file.getvalue()) == pytest.approx(12, rel=1e-3)
    assert smallest_letter(file.getvalue(), room=PHONE / 2) == pytest.approx(6, rel=1e-3)


SIDE = re.compile(
    r"\((?:left|right)\)|\bon the (?:left|right)\b|(?:^|[.:;] )(?:left|right)\b(?! of)", re.IGNORECASE
)
TWO_FORMS = re.compile(r"two_forms|draw_arrays|show_images|draw_graphs")


@pytest.mark.parametrize("page", sorted((ROOT / "book").glob("*.md")), ids=lambda page: page.stem)
def test_a_caption_names_its_panels_since_on_a_phone_they_stand_below_each_other(page):
    for cell in re.findall(r"(?ms)^```\{code-cell\}.*?^```$", page.read_text(encoding="utf-8")):
        caption = re.search(r'caption: "(.*?)"', cell)
        if caption and TWO_FORMS.search(cell):
            assert not SIDE.search(caption[1]), caption[1]
