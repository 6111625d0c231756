"""Slips: edits of a right answer, read from text."""

import pytest

from conv_course.checker.slips import SlipError, compiled, parts, slips, stub, tidy

RIGHT = tidy(
    """
    def add_up(x, w):
        '''Products of neighbours, added up.'''
        y = []
        for i in range(len(x) - len(w) + 1):
            total = 0
            for k in range(len(w)):
                total += w[k] * x[i + k]
            y.append(total)
        return y
    """
)
X, W = [1, 2, 3, 4], [1, 10]


def answer(source):
    return compiled(source, "add_up", {})(X, W)


def only(text):
    (slip,) = slips(text, RIGHT)
    return slip


def test_an_edit_is_made_and_the_hint_is_what_remains():
    slip = only("""
    The kernel is flipped   [01-two]
        w[k] => w[-1 - k]
        Which weight meets
        the first sample?
    """)
    assert (slip.name, slip.section) == ("The kernel is flipped", "01-two")
    assert slip.hint == "Which weight meets the first sample?"
    assert answer(RIGHT) == [21, 32, 43]
    assert answer(slip.source) == [12, 23, 34]


def test_whole_lines_keep_their_place():
    slip = only("""
    The total is not reset
        - for i in range(len(x) - len(w) + 1):
        -     total = 0
        + total = 0
        + for i in range(len(x) - len(w) + 1):
        Where does each sum begin?
    """)
    assert answer(slip.source) == [21, 53, 96]


def test_a_line_can_go():
    assert answer(only("Nothing is kept\n    - y.append(total)\n    Where do sums go?").source) == []


def test_several_edits_are_one_slip():
    slip = only("""
    Counted from one
        + 1) => )
        x[i + k] => x[i + k + 1]
        Where does the first window stand?
    """)
    assert answer(slip.source) == [32, 43]


def test_one_slip_can_be_made_in_two_ways():
    one, other = slips(
        "Flipped\n    w[k] => w[-1 - k]\n    or\n    x[i + k] => x[i - k]\n    Which way?", RIGHT
    )
    assert (one.name, one.hint) == (other.name, other.hint) == ("Flipped", "Which way?")
    assert answer(one.source) == [12, 23, 34]
    assert answer(other.source) == [41, 12, 23]


def test_two_slips_in_one_block():
    found = slips("A\n    i + k => i\n    Why?\n\nB  [02-size]\n    + 1) => )\n    How many?", RIGHT)
    assert [(slip.name, slip.section) for slip in found] == [("A", ""), ("B", "02-size")]


def test_an_edit_meant_for_all_places_says_so():
    assert only("Named\n    total =>> s\n    Why?").source.count("total") == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Name\n    total => s\n    Why?", "'total' stands in the answer 3 times"),
        ("Name\n    strid => s\n    Why?", "'strid' stands in the answer 0 times"),
        ("Name\n    len(x) =>> s\n    Why?", None),
        ("Name\n    - total = 1\n    + total = 2\n    Why?", "stand in the answer 0 times"),
        ("Name\n    + total = 2\n    Why?", "stand in the answer 0 times"),
        ("Name\n    Why?", "needs an edit"),
        ("Name\n    i + k => i", "a hint"),
        ("Name\n    i + k => i + k\n    Why?", "needs an edit"),
        ("Name", "begins with its name"),
    ],
)
def test_a_slip_that_does_not_fit_is_refused(text, says):
    if says is None:
        with pytest.raises(SlipError, match="1 times"):
            slips(text, RIGHT)
        return
    with pytest.raises(SlipError) as caught:
        slips(text, RIGHT)
    assert says in str(caught.value)


def test_names_are_taken_whole():
    slip = only("Name\n    k in => j in\n    Why?")
    assert "for j in range(len(w))" in slip.source


def test_a_slip_fails_as_code_fails():
    slip = only("Too far\n    + 1) => + 2)\n    Where does the last window end?")
    with pytest.raises(IndexError, match="list index out of range"):
        answer(slip.source)


def test_a_solution_may_give_its_first_and_last_lines():
    source = tidy("""
        def f(x):
            'Twice x.'
            n = len(x)
            # yours
            y = 2 * x
            # given
            return y, n
    """)
    before, mine, after = parts(source, "f")
    assert before == "def f(x):\n    'Twice x.'\n    n = len(x)\n"
    assert mine == "    y = 2 * x\n"
    assert after == "    return y, n\n"
    assert stub(source, "f") == before + "    raise NotImplementedError\n" + after


def test_the_stub_keeps_head_and_docstring():
    assert stub(RIGHT, "add_up") == (
        "def add_up(x, w):\n    '''Products of neighbours, added up.'''\n    raise NotImplementedError\n"
    )
