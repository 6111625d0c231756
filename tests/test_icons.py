"""The icons that are kept, in the style sheets of the locked theme and of the newest one."""

import pytest

from tools.sphinx_icons import FACE, glyphs_in_use, name_woff, without_unused

OLD = '.fa-moon:before{content:"\\f186"}.fa-sun:before,.fa-day:before{content:"\\f185"}.x{content:"\\f054"}'
NEW = '.fa-moon{--fa:"\\f186"}.fa-sun,.fa-day{--fa:"\\f185"}.x{content:"\\f054"}'
OLD_FACE = 'src:url(../webfonts/fa-solid.woff2) format("woff2"),'
OLD_FACE += 'url(../webfonts/fa-solid.ttf) format("truetype")'
NEW_FACE = "src:url(../webfonts/fa-solid.woff2)"


@pytest.mark.parametrize("style", [OLD, NEW])
def test_the_glyphs_of_the_classes_in_use_are_kept_and_those_that_a_style_names(style):
    assert glyphs_in_use([style], ['<i class="fa-solid fa-day"></i>']) == {0xF185, 0xF054}
    assert glyphs_in_use([style], ["no icon"]) == {0xF054}


@pytest.mark.parametrize("style", [OLD, NEW])
def test_the_rules_of_icons_that_nothing_names_go(style):
    left = without_unused(style, ['<i class="fa-solid fa-day"></i>'])
    assert "fa-day" in left
    assert "fa-moon" not in left
    assert left.endswith('.x{content:"\\f054"}')


@pytest.mark.parametrize("face", [OLD_FACE, NEW_FACE])
def test_a_style_sheet_loads_the_fonts_that_were_cut(face, tmp_path):
    assert len(FACE.findall(face)) == 1
    sheet = tmp_path / "theme.css"
    sheet.write_text(face, encoding="utf-8")
    name_woff(sheet)
    assert sheet.read_text(encoding="utf-8") == 'src:url(../webfonts/fa-solid.woff) format("woff")'


def test_a_theme_that_names_its_fonts_in_a_third_way_is_told(tmp_path):
    (tmp_path / "theme.css").write_text("src:url(fa.otf)", encoding="utf-8")
    with pytest.raises(ValueError, match="differently"):
        name_woff(tmp_path / "theme.css")
