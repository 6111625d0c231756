"""Each line of a listing is an element with its indent; the text stays the same."""

import re

import pytest

from tools.listing_lines import hang_listings, let_break, lines_of

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


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("f(x, y)", "f(x, y)"),
        ("losses.append(loss(network(images[chosen]),", "losses|.append(|loss(|network(|images[|chosen]),"),
        ("network.backward(loss.backward())", "network|.backward(|loss|.backward())"),
        ("for a_name_of_a_test_with_a_stride:", "for a_|name_|of_|a_|test_|with_|a_|stride:"),
        ("rate=1.5, momentum=0.9", "rate=1.5, momentum=0.9"),
        ("print(f'{losses[0][0]:.2f}')  # two", "print(|f'{|losses[|0][|0]:.2f}')  # two"),
    ],
)
def test_a_long_word_of_code_breaks_at_its_signs_and_not_in_a_name(line, broken):
    assert let_break(line) == broken.replace("|", "<wbr>")


def test_a_break_stands_between_the_signs_that_are_seen():
    line = '<i class="a b">a_network</i><i>(</i><i>&quot;one&quot;</i>,name)'
    assert let_break(line) == '<i class="a b">a_network</i><i>(<wbr></i><i>&quot;one&quot;</i>,<wbr>name)'
