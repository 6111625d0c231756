"""The directive `{predict}`: computed by the build, committed by the reader before anything is shown."""

import io

import pytest
from sphinx.application import Sphinx

from tools.environment import ROOT
from tools.sphinx_predict import Untrue, choices, numbers

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


def built(top, text):
    """The page's address and the warnings."""
    (top / "index.md").write_text("# Try\n" + text, encoding="utf-8")
    settings = {
        "extensions": ["myst_parser", "tools.sphinx_questions", "tools.sphinx_predict"],
        "myst_enable_extensions": ["dollarmath"],
        "html_static_path": [str(ROOT / "book" / "assets")],
        "html_css_files": ["css/course.css"],
        "mathjax_path": "vendor/mathjax/tex-chtml.js",
    }
    said = io.StringIO()
    Sphinx(top, None, top / "html", top / "trees", "html", settings, status=None, warning=said).build()
    return (top / "html" / "index.html").as_uri(), said.getvalue()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    address, said = built(tmp_path_factory.mktemp("predict"), NUMBER + CHOICE)
    assert said == ""
    return address


@pytest.fixture
def boxes(browser, address):
    """The two predictions of a fresh page."""
    page = browser.new_context().new_page()
    page.goto(address)
    yield page.locator("#predict-02-strided"), page.locator("#predict-02-longer")
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
    box, _ = boxes
    answer = box.locator("details")
    assert not answer.is_visible()
    box.locator("button").click()
    assert status(box) == "Write a number first: a guess will do."
    assert not answer.is_visible()
    box.locator("input").fill(value)
    box.locator("button").click()
    assert said in status(box)
    assert "The windows start at 0 and 3." in answer.inner_text()
    assert box.locator("input").is_disabled()
    box.page.reload()
    assert said in status(box)  # it was kept


@pytest.mark.parametrize(("text", "said"), [("stays", "Right."), ("grows", "Not this one. A window moves")])
def test_a_choice_has_its_reason(boxes, text, said):
    _, box = boxes
    box.locator(f"label:has-text('{text}') input").check()
    box.locator("button").click()
    assert said in status(box)
    assert "The sample is left over." in box.locator("details").inner_text()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: numbers([("2", "no")], "1 + 1", {}), "`2` is 2, which is the answer"),
        (lambda: numbers([("x", "no")], "1", {}), "NameError"),
        (lambda: choices([("1 < 2", "a"), ("2 < 3", "b")], {}), "of 2 choices 2 are right"),
        (lambda: choices([("1 < 2", "a"), ("2 < 1", "b")], {}), "'b' has no reason"),
    ],
)
def test_what_is_not_so_is_an_error(make, told):
    with pytest.raises(Untrue, match=told):
        make()


def test_an_error_names_the_prediction(tmp_path):
    _, said = built(tmp_path, NUMBER.replace("`3`", "`2`"))
    assert "ERROR" in said
    assert "predict 02-strided: `2` is 2, which is the answer" in said
