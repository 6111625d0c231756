"""Cells are run before the pages are read: pages that succeed are cached, those that fail are not."""

from types import SimpleNamespace

from jupyter_cache import get_cache
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig

from tools.sphinx_run_cells import run_cells, setup

PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3}}
---

# A page

```{{code-cell}} python
{code}
```
"""


def environment(folder):
    """Return the required part of Sphinx's environment, for pages in a folder."""
    return SimpleNamespace(
        mystnb_config=NbParserConfig(execution_mode="cache", execution_cache_path=str(folder / "cache")),
        myst_config=MdParserConfig(),
        doc2path=lambda name: str(folder / f"{name}.md"),
    )


def test_pages_that_run_are_cached_and_those_that_fail_are_not(tmp_path):
    codes = {"good": "print(6 * 7)", "other": "x = 1", "bad": "1 / 0", "prose": None}
    for name, code in codes.items():
        text = "# Words alone" if code is None else PAGE.format(code=code)
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    run_cells(None, environment(tmp_path), list(codes))
    kept = get_cache(tmp_path / "cache").list_cache_records()
    assert sorted(record.uri.rsplit("/")[-1] for record in kept) == ["good.md", "other.md"]


def test_a_line_that_comes_in_parts_is_one_line(tmp_path):
    setup(SimpleNamespace(connect=lambda event, call: None))
    code = "import time\nprint('a', end=' ', flush=True)\ntime.sleep(0.5)\nprint('b')"
    (tmp_path / "page.md").write_text(PAGE.format(code=code), encoding="utf-8")
    run_cells(None, environment(tmp_path), ["page"])
    cache = get_cache(tmp_path / "cache")
    (record,) = cache.list_cache_records()
    (output,) = cache.get_cache_bundle(record.pk).nb.cells[-1].outputs
    assert output.text == "a b\n"


def test_nothing_is_run_without_a_cache(tmp_path):
    env = SimpleNamespace(mystnb_config=NbParserConfig(execution_mode="off"))
    run_cells(None, env, ["a page that is not there"])
