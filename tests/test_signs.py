"""⋆ is correlation and ∗ is true convolution, in every figure and on every page."""

import re

import pytest

from conv_course.widgets._esm import ESM
from tools.build_book import ROOT

PACKAGES = [ROOT / "conv_lib", ROOT / "conv_course"]
SOURCES = [*sorted(ESM.glob("*.js")), *(path for top in PACKAGES for path in sorted(top.rglob("*.py")))]
PAGES = sorted((ROOT / "book").glob("*.md"))
FENCE = re.compile(r"^(`{3,})(.*?)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
MEANING = re.compile(
    r"\$\*\$ for (true )?convolution|eq-\d\d-convolution|The star can mean true convolution or correlation"
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_source_writes_the_star_of_convolution_only_for_convolution(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "∗" in line]
    assert [line for line in lines if "convolution" not in line] == []


def stars(text):
    """Return the formulas and phrases of a page with the convolution sign between two terms."""
    prose = FENCE.sub(lambda found: f"$${found[3]}$$" if found[2].startswith("{math}") else "", text)
    formulas = ["".join(part or "" for part in found.groups()) for found in FORMULA.finditer(prose)]
    return [one for one in formulas if re.search(r"[\w)}]\s*(\*|\\ast)\s*[\w\\(]", one)] + re.findall(
        r".{8}∗.{8}", prose
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_that_writes_the_star_says_which_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert not stars(text) or MEANING.search(text), stars(text)


def test_the_star_is_found():
    code = "```python\na * b\n```\n"
    assert stars(f"Both $x * w$ and $$a\n\\ast b$$ but not `a * b` nor\n{code}") == ["x * w", "a\n\\ast b"]
    assert stars(f"```{{math}}\nx * w\n```\nbut not\n{code}") == ["x * w\n"]
    assert stars("Four formulas: Y = X ∗ flip(W)") == [": Y = X ∗ flip(W)"]
    assert stars(r"$\operatorname*{max}$ and $*$ for convolution") == []
