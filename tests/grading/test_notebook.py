"""The checker in a notebook, as the learner sees it."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from conv_course.checker import Check, run, sheet
from conv_course.checker.answers import clean
from conv_course.checker.compare import difference
from conv_course.checker.described import case_text
from conv_course.checker.questions import load_sheet
from conv_course.checker.sheets import versions

from .sheet_cases import questions

STEM = "02_slide_a_kernel"


ALL = f"{load_sheet(STEM).points:g}"


@pytest.fixture
def check():
    return Check(load_sheet(STEM))


def test_the_function_is_found_where_the_check_is_called(check):
    def output_size(W, kW, *, stride=1, padding=0):
        return (W + 2 * padding - kW) // stride + 1 if isinstance(padding, int) else 0

    assert "partly, 2 of 3 points" in str(check("q1"))
    assert f"Notebook: 2 of {ALL} points" in str(check("q1"))
    assert str(check.progress()).splitlines()[:2] == [
        f"02_slide_a_kernel: 2 of {ALL} points",
        "  ◐ q1 · how many windows fit: partly, 2 of 3 (hints: where to look)",
    ]


def test_nothing_is_asked_of_an_unfilled_question(check):
    def slide(x, w, b=0.0):
        raise NotImplementedError

    for function in (slide, lambda *a, **k: ..., None, ...):
        card = check("q2", function)
        assert "not started" in str(card)
        assert "Traceback" not in card.html()
    assert "There is no slide_padded yet" in str(check("q3"))


def test_a_learners_error_is_one_line_with_its_line(check):
    source = "def slide(x, w, b=0.0):\n    y = []\n    return y[3] + object()\n"
    space = {}
    exec(compile(source, "<cell>", "exec"), space)
    card = str(check("q2", space["slide"]))
    assert "Stopped by: IndexError: list index out of range (line 3 of your cell)" in card


@pytest.mark.parametrize(
    "trouble",
    [
        lambda *a: exit(),
        lambda *a: (_ for _ in ()).throw(KeyError("x")),
        lambda *a: a[99],
        lambda: 1,
        lambda *a: int,
        "not a function",
        7,
        type,
        lambda *a: np.zeros(3).__setitem__(7, 1),
    ],
    ids=map(str, range(9)),
)
def test_never_raises(check, trouble):
    assert check("q2", trouble).verdict.points == 0
    assert "not yet" in str(check("q2", trouble))


def test_a_wrong_name_is_told(check):
    assert str(check("q99")) == "There is no question 'q99'; there are q1, q2, q3, q4, q5, q6."
    assert check([]).__class__.__name__ == "Message"


def test_the_courses_own_function_earns_nothing(check):
    from conv_lib import naive

    assert "write your own" in str(check("q2", naive.conv1d))


def test_an_endless_loop_is_named(check, monkeypatch):
    monkeypatch.setattr(run.run, "__kwdefaults__", {**run.run.__kwdefaults__, "seconds": 0.2})

    def slide(x, w, b=0.0):
        while True:
            print("again")

    card = str(check("q2"))
    assert "A loop that does not end" in card
    assert "Your function printed: again" in card


def test_text_is_the_same_twice_and_holds_no_address(check):
    def slide(x, w, b=0.0):
        raise ValueError(f"cannot use {object()}")

    first, again = str(check("q2")), str(Check(load_sheet(STEM))("q2", slide))
    assert first == again
    assert not re.search(r"0x[0-9a-f]{6}", first)


class _Wellformed(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_sound_and_readable_without_colours(check, monkeypatch):
    def slide(x, w, b=0.0):
        print("<script>alert(1)</script>")
        return np.correlate(x, w[::-1], "valid") + b

    card = check("q2")
    html = card.html()
    page = _Wellformed()
    page.feed(html)
    assert not page.open
    assert page.seen[0][1]["role"] == "status"
    assert "script" not in [tag for tag, _ in page.seen]
    assert "background:#" not in html
    assert "not yet, 0 of 2 points" in html
    assert "Two operations, one name (chapter 1)" in html
    assert "href" not in html  # the book has no address here
    monkeypatch.setenv("COURSE_REPOSITORY", "ada/waves")
    assert '<a href="https://ada.github.io/waves/01_notation.html#two">Two operations' in card.html()
    bundle, metadata = card._repr_mimebundle_()
    assert bundle["text/plain"] == str(card)
    assert metadata == {"conv_course": {"question": "q2", "points": 0, "of": 2}}


def test_nbgrader_sees_points(check, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    card = check("q2", lambda x, w, b=0.0: np.correlate(x, w, "valid") + b)
    assert card._repr_mimebundle_() == {"text/plain": "2.0"}


def test_an_old_notebook_is_told_of_the_newer_version(check):
    check.version = versions.VERSIONS[STEM]
    assert "version" not in str(check.progress())
    check.version = "000000"
    assert f"the course now has version {versions.VERSIONS[STEM]}" in str(check.progress())
    assert "version 000000" in str(check("q2"))
    assert "version 000000" not in str(check("q2")), "once is enough"


def test_one_checker_a_notebook():
    assert sheet(STEM) is sheet(STEM)
    with pytest.raises(ValueError, match=r"there are .*02_slide_a_kernel"):
        sheet("99_nothing")


@pytest.mark.parametrize("question", questions)
def test_the_case_that_a_card_shows_is_one_call_away(question):
    """`check.case` returns the arguments of the failing case by name, for each question."""
    if question.kind == "values" or question.modifies:
        return
    check = Check(load_sheet(question.stem))
    wrong = next(wrong.function for wrong in question.wrongs if wrong.slip)
    card = check(question.name, wrong)
    arguments = check.case(question.name)
    failure = card.verdict.failure
    assert f'{question.function}(**check.case("{question.name}"))' in str(card)
    shown = question.cases_for(0)[failure.case]
    assert list(arguments) == [*question.parameters[: len(shown.args)], *shown.kwargs]
    if question.kind == "function" and not question.outputs:
        assert difference(clean(question.answer(**arguments)), failure.expected) is None


def test_a_case_is_a_copy():
    check = sheet(STEM)
    check.case("q2")["x"][:] = 0
    assert check.case("q2")["x"].any()


def test_a_case_that_an_explanation_is_seen_in_is_one_call_away():
    """The call on the card gives the arguments for which the function returns what the card says it does."""

    def one_output(xpad, w, b, i, j, *, stride=(1, 1)):
        kH, kW = w.shape[-2:]
        rows, columns = i * stride[0] - 1 + np.arange(kH), j * stride[1] - 1 + np.arange(kW)
        return b + np.sum(xpad[:, rows[:, None], columns] * w)

    check = Check(load_sheet("08_layer_forward"))
    card = check("q3", one_output)
    assert card.verdict.explanation.case != card.verdict.failure.case
    ((number,),) = [re.findall(r'Try it there: one_output\(\*\*check.case\("q3", (\d+)\)\)', str(card))]
    arguments = check.case("q3", int(number))
    question = check.sheet.questions["q3"]
    shown = case_text(question, question.cases_for(0)[card.verdict.explanation.case])
    assert f"Seen in the case: {shown}" in str(card)
    assert shown.startswith(f"xpad = shape {'x'.join(map(str, arguments['xpad'].shape))}")
    assert one_output(**arguments) != pytest.approx(question.answer(**arguments))


def test_a_case_that_there_is_not_is_said(check):
    with pytest.raises(ValueError, match=r"q2 has the cases 1 to \d+, but number is 0"):
        check.case("q2", 0)
