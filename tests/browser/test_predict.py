"""The directive `{predict}`: the build computes it, and the reader commits before anything is shown."""

import pytest

from tests.one_page import one_page
from tools.environment import ROOT
from tools.predictions import Untrue, choices, numbers, ordered, prediction

NUMBER = """
```{predict} 02-strided
:given: from conv_lib.sizes import output_size
:answer: output_size(7, 3, stride=3)

Seven samples, three taps, stride 3: how many outputs?

- `3`: A window that hangs over the end is no window.
- `output_size(7, 3)`: That is what stride 1 gives.

---
The windows start at 0 and 3.
```
"""
CHOICE = """
```{predict} 02-longer
:given: from conv_lib.sizes import output_size

One sample more, with stride 2. Does $W'$ grow?

- `output_size(6, 3, 2) == output_size(5, 3, 2)`: It stays
  the same. | The sample is left over.
- `output_size(6, 3, 2) > output_size(5, 3, 2)`: It grows by one. | A window moves **two** samples.
```
"""


ORDER = """
```{predict} 08-sizes
:order: fewest weights first
:recall:

Three layers.

- `8 * 3 * 9`: 8 filters of 3 × 3 on 3 channels | They have <<8 * 3 * 9>> weights.
- `4 * 5`: 4 filters of 5 taps on 1 channel | One channel, one dimension.
- `8 * 3`: 8 filters of 1 × 1 on 3 channels | A **tap** for each channel.
```
"""

COVERED = """
```{{predict}} 02-first
:answer: 2
:covers: {figure}

How many stripes?

- `3`: Too many.
```

```{{predict}} 02-second
:answer: 4
:covers: {figure}

And how many edges?

- `3`: Too few.
```

```{{figure}} stripes.svg
:name: stripes

Two stripes, four edges.
```

```{{math}}
:label: eq-stripes

4 = 2 \\cdot 2
```

(cell-stripes)=
```{{container}} cell
Two stripes, four edges.
```
"""


def built(top, text):
    """Build a page with this text. Return its address and the warnings."""
    page, said = one_page(
        top,
        "# Try\n" + text,
        ["tools.sphinx_questions", "tools.sphinx_predict"],
        myst_enable_extensions=["dollarmath"],
        html_static_path=[str(ROOT / "book" / "assets")],
        html_css_files=["css/course.css"],
        mathjax_path="vendor/mathjax/tex-chtml.js",
    )
    return page.as_uri(), said


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    address, said = built(tmp_path_factory.mktemp("predict"), NUMBER + CHOICE + ORDER)
    assert said == ""
    return address


@pytest.fixture
def boxes(browser, address):
    """The predictions of a new page."""
    page = browser.new_context().new_page()
    page.goto(address)
    yield [page.locator(f"#predict-{name}") for name in ("02-strided", "02-longer", "08-sizes")]
    page.context.close()


def status(box):
    return box.locator("[role=status]").inner_text()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2", "Right."),
        ("3", "3 is not it. A window that hangs over"),
        ("5", "stride 1 gives"),
        ("9", "9 is not it."),
    ],
)
def test_a_number_is_committed_before_the_answer_shows(boxes, value, said):
    box = boxes[0]
    answer = box.locator("details")
    assert not answer.is_visible()
    box.get_by_role("button", name="Commit").click()
    assert status(box) == "Write a number first: a guess will do."
    assert not answer.is_visible()
    box.locator("input").fill(value)
    box.get_by_role("button", name="Commit").click()
    assert said in status(box)
    assert "The windows start at 0 and 3." in answer.inner_text()
    assert box.locator("input").is_disabled()
    box.page.reload()
    assert said in status(box)  # it was kept
    box.get_by_role("button", name="Ask me again").click()
    assert status(box) == ""
    assert not answer.is_visible()
    box.page.reload()
    assert box.locator("input").is_enabled()


@pytest.mark.parametrize(("text", "said"), [("stays", "Right."), ("grows", "Not this one. A window moves")])
def test_a_choice_has_its_reason(boxes, text, said):
    box = boxes[1]
    box.locator(f"label:has-text('{text}') input").check()
    box.get_by_role("button", name="Commit").click()
    assert said in status(box)
    assert "The sample is left over." in box.locator("details").inner_text()


def test_an_order_is_made_with_the_keyboard(boxes):
    box = boxes[2]
    right = ["4 filters", "8 filters of 1 × 1", "8 filters of 3 × 3"]
    lines = box.locator("fieldset li")
    assert box.locator("p").first.inner_text() == "From memory"
    wrong = lines.all_inner_texts()
    assert not all(one.startswith(start) for one, start in zip(wrong, right, strict=True))
    box.get_by_role("button", name="Commit").click()
    assert status(box).startswith("Not this order. Place ")
    box.get_by_role("button", name="Ask me again").click()
    for start in reversed(right):
        while not lines.first.inner_text().startswith(start):
            lines.filter(has_text=start).get_by_role("button", name="Move up").press("Enter")
    box.get_by_role("button", name="Commit").press("Enter")
    assert status(box) == "Right."
    assert "They have 216 weights." in box.locator("details").inner_text()
    box.page.reload()
    assert status(box) == "Right."


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: numbers([("2", "no")], "1 + 1", {}), "`2` is 2, which is the answer"),
        (lambda: numbers([("x", "no")], "1", {}), "NameError"),
        (lambda: choices([("1 < 2", "a"), ("2 < 3", "b")], {}), "of 2 choices 2 are right"),
        (lambda: choices([("1 < 2", "a"), ("2 < 1", "b")], {}), "'b' has no reason"),
        (lambda: choices([("2", "no")], {}, "1 + 1"), "two choices read alike"),
        (lambda: numbers([("2.04", "no")], "2", {}, 0.05), "which is the answer"),
        (lambda: ordered([("1", "a | A"), ("2", "b | B"), ("1", "c | C")], {}), "different keys"),
        (lambda: ordered([("1", "a | A"), ("2", "b | B"), ("3", "c")], {}), "no reason for its place"),
        (lambda: prediction("x", {"holds": "1 > 2"}, ""), "does not hold"),
        (lambda: prediction("x", {"answer": "1"}, "so <<1 / 0>>"), "ZeroDivisionError"),
    ],
)
def test_what_is_not_so_is_an_error(make, told):
    with pytest.raises(Untrue, match=told):
        make()


def test_an_error_names_the_prediction(tmp_path):
    _, said = built(tmp_path, NUMBER.replace("`3`", "`2`"))
    assert "ERROR" in said
    assert "predict 02-strided: `2` is 2, which is the answer" in said


@pytest.fixture
def stripes(browser, tmp_path):
    """A function: stripes(names, more) -> a page whose two predictions cover these names."""
    contexts = []

    def open_(names, more=""):
        (tmp_path / "stripes.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90"/>'
        )
        address, said = built(tmp_path, COVERED.format(figure=names) + more)
        assert said == ""
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def covered(stripes):
    return stripes("stripes")


def commit(page, name):
    page.locator(f"#predict-{name} input").fill("3")
    page.locator(f"#predict-{name} [data-act=commit]").click()


def test_a_figure_with_the_answer_is_covered_until_all_are_committed(covered):
    caption = covered.locator("#stripes figcaption")
    assert covered.locator("#stripes").bounding_box()["height"] <= 160  # whatever it covers
    assert not caption.is_visible()
    commit(covered, "02-first")
    assert not caption.is_visible()
    commit(covered, "02-second")
    assert caption.is_visible()
    covered.reload()
    assert caption.is_visible()
    covered.locator("#predict-02-first").get_by_role("button", name="Ask me again").click()
    covered.reload()
    assert not caption.is_visible()


def test_formulas_and_cells_can_be_covered_too(stripes):
    page = stripes("eq-stripes cell-stripes")
    hidden = page.locator("#equation-eq-stripes mjx-container, #cell-stripes p")
    hidden.nth(1).wait_for(state="attached")
    assert [one.is_visible() for one in hidden.all()] == [False, False]
    assert page.locator("#stripes figcaption").is_visible()
    commit(page, "02-first")
    commit(page, "02-second")
    assert [one.is_visible() for one in hidden.all()] == [True, True]


def test_a_question_covers_until_it_is_done(stripes):
    page = stripes("cell-stripes", "\n```{question} 02 q1\n:covers: eq-stripes stripes\n```\n")
    caption = page.locator("#stripes figcaption")
    keep = """state => {
      const key = `${new URL("./", location).pathname}question 02_slide_a_kernel/q1`;
      localStorage.setItem(key, JSON.stringify({ text: "", verdict: { state } }));
      dispatchEvent(new Event("course-kept"));
    }"""
    page.evaluate(keep, "partly")
    assert not caption.is_visible()
    page.evaluate(keep, "done")
    assert caption.is_visible()
    page.reload()
    assert caption.is_visible()
    page.evaluate("localStorage.clear()")
    page.reload()
    assert not caption.is_visible()
    page.evaluate("location.hash = 'stripes'")  # a link from elsewhere
    page.wait_for_function("!document.querySelector('#stripes').classList.contains('course-covered')")
    assert caption.is_visible()


def test_a_covered_figure_shows_when_the_reader_asks_and_in_print(covered):
    caption = covered.locator("#stripes figcaption")
    covered.emulate_media(media="print")
    assert caption.is_visible()
    covered.emulate_media(media="screen")
    assert not caption.is_visible()
    covered.get_by_role("button", name="Show it now").click()
    assert caption.is_visible()


def test_a_figure_to_cover_has_to_exist(tmp_path):
    (tmp_path / "stripes.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    _, said = built(tmp_path, COVERED.format(figure="strips"))
    assert "covers strips, which this page does not have" in said
