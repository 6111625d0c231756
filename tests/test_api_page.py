"""The reference page: no public module is forgotten, and docstrings survive reStructuredText."""

import importlib
import inspect
import pkgutil
import re

import pytest

import conv_lib
from conv_lib import sizes
from tests.page_cells import source
from tools.sphinx_api import as_text, is_bare_field

CODE_PAGES = ("naive", "vectorized", "sizes", "gradcheck", "layers", "training", "digits", "layouts")
INSIDE = {"validation", "data", "widgets", "grading"}  # not for readers, or links of the first edition


def test_every_module_of_the_library_has_a_place():
    found = {module.name for module in pkgutil.iter_modules(conv_lib.__path__)} - INSIDE
    page = source("api")
    assert len(found) >= 9
    assert not [name for name in found if f"conv_lib.{name}" not in page]


def test_the_example_at_the_top_says_what_it_gives(capsys):
    example = re.search(r"```python\n(.*?)```", source("api"), re.DOTALL)[1]
    with pytest.raises(ValueError, match="channels") as refused:
        exec(compile(example, "api.md", "exec"), {})
    said = re.findall(r"  # (?:ValueError: )?(.*)", example)  # the first names the axes
    assert said[1:] == [capsys.readouterr().out.strip(), str(refused.value)]


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


MODULES = [
    importlib.import_module(f"conv_lib.{name}") for name in (*CODE_PAGES, "fast.settings", "graph.engine")
]
PUBLIC = {
    f"{module.__name__}.{name}": obj
    for module in MODULES
    for name, obj in vars(module).items()
    if not name.startswith("_") and callable(obj) and getattr(obj, "__module__", "").startswith("conv_lib")
}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_section_of_parameters_holds_nothing_else(name):
    sections = inspect.getdoc(PUBLIC[name]).split("Parameters\n----------\n")[1:]
    lines = [line for section in sections for line in re.split(r"\n\n\w+\n---", section)[0].splitlines()]
    assert [
        line for line in lines if re.match(r"[^\s]", line) and not re.fullmatch(r"[\w*, ]+( : .+)?", line)
    ] == []


def test_a_property_is_not_read_as_a_type_and_a_text():
    classes = [obj for obj in PUBLIC.values() if inspect.isclass(obj)]
    found = {
        f"{one.__name__}.{name}": member.__doc__.splitlines()[0]
        for one in classes
        for name, member in vars(one).items()
        if isinstance(member, property)
    }
    assert len(found) >= 3
    assert {name: line for name, line in found.items() if ":" in line} == {}


def test_fields_of_a_named_tuple_have_no_entry_of_their_own():
    assert is_bare_field(sizes.ReceptiveField.jump)
    assert not is_bare_field(sizes.ReceptiveField.centre)
