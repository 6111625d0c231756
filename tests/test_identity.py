"""The look's promises that need no browser: fonts, contrast, one set of colours, drawings for dark pages."""

import base64
import io
import re
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image

from conv_course.figures import images
from conv_course.figures.palette import COLORS, DARK, RC, SIGNED, TAPS, style, tint
from tests.page_cells import names
from tools.cut_fonts import DRAWN, FONTS, KEPT
from tools.dark_pictures import dark, dark_drawing

ROOT = Path(__file__).resolve().parents[1]
SHEET = (ROOT / "book" / "assets" / "css" / "identity.css").read_text(encoding="utf-8")
FIGURES = (ROOT / "conv_course" / "widgets" / "esm" / "figures.css").read_text(encoding="utf-8")
ROLES = ["x", "w", "y", "dout", "dx", "dw"]
THEMES = ["light", "dark"]
LABELS = {"axes.labelcolor", "text.color", "xtick.color", "ytick.color"}
ROOM = 60_000  # bytes of fonts on a first load


def properties(theme):
    """{name: colour} of a theme: the light ones, and for dark pages those that it changes."""
    light, _, night = SHEET.partition("@media not print")
    found = re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", light)
    if theme == "dark":
        found += re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", night)
    return {"--pst-color-background": "#ffffff"} | dict(found)


def contrast(one, other):
    """WCAG's ratio of two colours."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "role"), list(product(THEMES, [*ROLES, "text", "muted", "link"])))
def test_what_is_read_has_contrast_on_page_and_box(theme, role):
    colours = properties(theme)
    names = {"text": "--pst-color-text-base", "muted": "--pst-color-text-muted", "link": "--pst-color-link"}
    ink = colours[names.get(role, f"--role-{role}")]
    for ground in ("--pst-color-background", "--pst-color-surface"):
        assert contrast(ink, colours[ground]) >= 4.5, ground
    if f"--role-{role}-soft" in colours:
        assert contrast(ink, colours[f"--role-{role}-soft"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_formulas_and_moving_figures_have_the_same_colours(theme):
    light, _, night = FIGURES.partition("@media not print")
    inks = dict(re.findall(r"--conv-(\w+)-ink: (#[0-9a-f]{6})", light if theme == "light" else night))
    own = properties(theme)
    assert {role: inks[role] for role in ROLES} == {role: own[f"--role-{role}"] for role in ROLES}


def test_signed_numbers_have_one_code_with_one_home():
    light, _, night = FIGURES.partition("@media not print")
    ends = dict(re.findall(r"--conv-(minus|plus): (#[0-9a-f]{6})", light))
    assert [to_hex(SIGNED(end)) for end in (0.0, 0.5, 1.0)] == [ends["minus"], "#ffffff", ends["plus"]]
    assert len(re.findall(r"--conv-(?:minus|plus):", FIGURES)) == 6  # day, night chosen, night of the system
    at_night = re.findall(r"--conv-(minus|plus): (#[0-9a-f]{6})", night)
    for colours in (ends, dict(at_night)):
        # blue against red: told apart without red and green cones, too
        below, above = (to_rgb(colours[end]) for end in ("minus", "plus"))
        assert below[2] - above[2] > 0.35
    texts = [
        *(ROOT / "book").glob("*.md"),
        *(ROOT / "conv_course").rglob("*.py"),
        *(ROOT / "conv_course").rglob("*.js"),
    ]
    for path in texts:
        other = re.findall(r"RdBu|coolwarm|seismic|\bbwr\b|--signed-\w+", path.read_text(encoding="utf-8"))
        assert other == [], path


def test_the_faces_fit_their_room_and_have_licences():
    faces = re.findall(r'url\("\.\./fonts/([\w-]+\.woff2)"\)', SHEET)
    assert sorted(faces) == sorted(path.name for path in FONTS.glob("*.woff2"))
    assert 10_000 < sum((FONTS / name).stat().st_size for name in faces) <= ROOM
    assert SHEET.count("font-display: optional") == len(faces)
    for folder, number in ((FONTS, 3), (DRAWN, 1)):
        licences = sorted(folder.glob("LICENSE-*"))
        assert len(licences) == number
        assert all("SIL OPEN FONT LICENSE Version 1.1" in one.read_text("utf-8") for one in licences)


@pytest.mark.parametrize("name", ["sans", "sans-bold"])
def test_a_face_of_the_drawings_has_what_is_kept_and_figures_of_one_width(name):
    font = TTFont(DRAWN / f"{name}.ttf")
    letters = font.getBestCmap()
    assert {sign for sign in KEPT if ord(sign) not in letters} <= set(
        "\u2010\u2011′←→≈≠≤≥"
    )  # DejaVu has them
    assert len({font["hmtx"][letters[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_matplotlib_finds_the_faces_of_the_drawings_without_a_word(caplog):
    for weight, name in (("normal", "sans.ttf"), ("bold", "sans-bold.ttf")):
        with style():
            assert findfont(FontProperties(weight=weight)).endswith(name)
    assert caplog.text == ""


def test_words_of_two_weights_in_one_drawing_share_no_letter():
    with style():
        figure, drawn = Figure(), io.BytesIO()
        figure.text(0, 0.5, "12")
        figure.text(0, 0.2, "12", weight="bold")
        figure.savefig(drawn, format="svg")
    named = re.findall(r'xlink:href="#([^"]+)"', drawn.getvalue().decode())
    assert len(named) == len(set(named)) == 4


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_seen_on_a_dark_page_and_its_fill_carries_numbers(role):
    ground, ink = DARK["#ffffff"], DARK[COLORS["ink"]]
    assert contrast(dark(COLORS[role]), ground) >= 3
    for amount in (0.16, 0.22, 0.5, 0.85):  # as the drawings mix them with white
        fill = "#" + "".join(f"{round(255 * (1 - amount * (1 - c))):02x}" for c in to_rgb(COLORS[role]))
        assert contrast(ink, dark(fill)) >= 4.5, amount
        assert contrast(dark(fill), "#ffffff") > 3  # none stays pale


def test_fills_that_a_chapter_compares_are_told_apart_by_night():
    """Chapter 13 asks for the holes between coloured cells, chapter 14 for a checkerboard of 1, 2 and 4."""
    hole, path = tint(COLORS["zero"], 0.25), tint(COLORS["x"], 0.85 * 0.5)
    shades = names("14_transposed")["shades"]
    stamps = [tint(COLORS["y"], 0.85 * shades[count]) for count in (1, 2, 4)]
    for one, other in [(hole, path), *pairwise(stamps)]:
        assert contrast(one, other) >= 1.2
        assert contrast(dark(to_hex(one)), dark(to_hex(other))) >= 1.3


def test_the_taps_of_a_filter_are_told_apart_by_day_and_by_night():
    colours = [one["color"] for one in TAPS]
    assert set(colours) & set(COLORS.values()) == {COLORS["w"]}  # no shade is another quantity's colour
    for one, other in combinations(colours, 2):
        fills = [to_hex(tint(colour, 0.22)) for colour in (one, other)]
        assert contrast(one, other) >= 1.5
        assert contrast(dark(one), dark(other)) >= 1.5
        assert contrast(*fills) >= 1.1
        assert contrast(*map(dark, fills)) >= 1.1
    for colour in colours:
        assert contrast(dark(colour), DARK["#ffffff"]) >= 3
        hue, full, _ = rgb_to_hsv(to_rgb(dark(colour)))
        assert 15 <= 360 * hue <= 40  # orange, not white or brown
        assert full >= 0.45


def test_cells_without_numbers_have_the_whole_range_by_night():
    """The digit of chapter 1 is told from its paper on a dark page, too."""
    drawn = io.BytesIO()
    shades = {"values": [[0.0, 0.5, 1]], "shade": [[0.0, 0.5, 1]], "role": "x", "write": None}
    images.draw_arrays([shades]).savefig(drawn, format="svg")
    cells = re.findall(r"fill: (#\w{6}); fill-opacity: ([\d.]+)", dark_drawing(drawn.getvalue().decode()))
    assert len(cells) == 2  # what is 0 has no fill
    ground = to_rgb(DARK["#ffffff"])
    seen = [
        to_hex([g + float(share) * (c - g) for g, c in zip(ground, to_rgb(colour), strict=True)])
        for colour, share in cells
    ]
    assert all(contrast(one, other) >= 1.8 for one, other in pairwise([DARK["#ffffff"], *seen]))


def pictures_at_night(figure):
    """The pixels of each picture in a figure's drawing for dark pages, with their opacity."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg")
    found = re.findall(r"data:image/png;base64,\s*([^\"]+)", dark_drawing(drawn.getvalue().decode()))
    return [
        np.array(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")).reshape(-1, 4)
        for png in found
    ]


@pytest.mark.parametrize("role", ["x", "w", "y", "dout", "dx", "dw", "signed"])
def test_a_map_of_numbers_ends_light_on_a_dark_page(role):
    values = np.array([[-4.0, -2, 0, 2, 4]]) if role == "signed" else np.array([[0.0, 1, 2, 3, 4]])
    ax = Figure().subplots()
    images.draw_picture(ax, values, role)
    (pixels,) = pictures_at_night(ax.figure)
    ground = np.array(to_rgb(DARK["#ffffff"]))
    seen = ground + pixels[:, 3:] / 255 * (pixels[:, :3] / 255 - ground)
    ends = seen[pixels[:, 3] == 255]
    assert len(np.unique(ends, axis=0)) == (2 if role == "signed" else 1)
    for colour in np.unique(ends, axis=0):
        assert contrast(to_hex(colour), DARK["#ffffff"]) >= 5
    halves = np.unique(seen[np.abs(pixels[:, 3].astype(int) - 128) <= 1], axis=0)
    assert len(halves)
    assert all(contrast(to_hex(colour), DARK["#ffffff"]) >= 2 for colour in halves)


def test_a_photograph_is_the_same_by_night():
    grey = np.linspace(0, 1, 60).reshape(6, 10)
    signed = np.linspace(-1, 1, 60).reshape(6, 10)
    photo, drawn = pictures_at_night(
        images.show_images({"photo": grey, "signed": signed}, signed=("signed",), limits=(0, 1))
    )[:2]
    assert (photo[:, 3] == 255).all()
    assert (photo[:, 0].min(), photo[:, 0].max()) == (0, 255)
    assert (photo[:, :1] == photo[:, :3]).all()
    assert (drawn[:, 3] < 255).any()


@pytest.mark.parametrize("grey", sorted({RC[name] for name in LABELS}))
def test_a_label_is_no_fainter_on_a_dark_page(grey):
    assert contrast(grey, "#ffffff") >= 4.5
    assert contrast(dark(grey), DARK["#ffffff"]) >= 4.5


@pytest.mark.parametrize("grey", ["#f2f2f2", "#cccccc", "#595959"])
def test_grey_has_no_hue_on_a_dark_page(grey):
    ground, ink = to_rgb(DARK["#ffffff"]), to_rgb(DARK[COLORS["ink"]])
    shares = [(c - g) / (i - g) for c, g, i in zip(to_rgb(dark(grey)), ground, ink, strict=True)]
    assert max(shares) - min(shares) < 0.02


def test_a_drawing_for_dark_pages_has_no_white_and_no_black():
    svg = '<svg width="1"><path fill="#ffffff"/><path stroke="#0072b2"/><p fill="#123456"/></svg>'
    night = dark_drawing(svg)
    assert '<svg fill="#e4e8ed" width' in night  # text without a colour
    assert "#ffffff" not in night
    assert DARK["#0072B2"] in night
    assert "#123456" in night  # no mixture of ours: data
