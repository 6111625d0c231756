"""Each line of a listing is an element with its indent; the text stays the same."""

import re

from tools.listing_lines import hang_listings, lines_of

CODE = '<span></span>def f():\n<span class="sd">    """One.\n\n    Two &lt; 3."""</span>\n    return 1\n'
PAGE = '<div class="{}"><div class="highlight"><pre>' + CODE + "</pre></div></div>"


def test_an_element_over_several_lines_is_closed_and_opened_again():
    assert lines_of("a<i>b\nc</i>") == ["a<i>b</i>", "<i>c</i>"]
    assert lines_of('<b class="x"><i>1\n2</i></b>3') == [
        '<b class="x"><i>1</i></b>',
        '<b class="x"><i>2</i></b>3',
    ]


def test_a_listing_has_a_line_for_each_line_and_the_same_text():
    page = PAGE.format("highlight-python notranslate")
    hung = hang_listings(page)
    assert re.sub("<[^>]+>", "", hung) == re.sub("<[^>]+>", "", page)
    assert re.findall(r"--in: (\d+)", hung) == ["0", "4", "0", "4", "4"]
    for line in re.findall(r'<span class="course-line"[^>]*>(.*?)\n</span>', hung, re.DOTALL):
        assert line.count("<span") == line.count("</span>")


def test_what_was_printed_stays_as_it_is():
    page = PAGE.format("output stream highlight-myst-ansi notranslate")
    assert hang_listings(page) == page
