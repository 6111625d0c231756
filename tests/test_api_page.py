"""The reference page: no public module is forgotten, and docstrings survive reStructuredText."""

import pkgutil

import pytest

import conv_lib
from tests.page_cells import source
from tools.sphinx_api import as_text

INSIDE = {"validation", "data", "widgets", "grading"}  # not for readers, or links of the first edition


def test_every_module_of_the_library_has_a_place():
    found = {module.name for module in pkgutil.iter_modules(conv_lib.__path__)} - INSIDE
    page = source("api")
    assert len(found) >= 9
    assert not [name for name in found if f"conv_lib.{name}" not in page]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("`f` and ``g``", "``f`` and ``g``"),
        ("any *arrays, |a - b|", r"any \*arrays, \|a - b|"),
        ("i * stride", "i * stride"),
        (">>> f(*x)  # `x`", ">>> f(*x)  # `x`"),
        ("`a * *b`", "``a * *b``"),
    ],
)
def test_a_docstring_keeps_its_code_and_signs(written, read):
    assert as_text(written) == read
