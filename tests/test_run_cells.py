"""Cells are run before the pages are read: what ran is in the cache, what failed is left to the reading."""

from types import SimpleNamespace

from jupyter_cache import get_cache
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig

from tools.sphinx_run_cells import run_cells

PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3}}
---

# A page

```{{code-cell}} python
{code}
```
"""


def test_pages_that_run_are_cached_and_those_that_fail_are_not(tmp_path):
    codes = {"good": "print(6 * 7)", "other": "x = 1", "bad": "1 / 0", "prose": None}
    for name, code in codes.items():
        text = "# Words alone" if code is None else PAGE.format(code=code)
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    settings = NbParserConfig(execution_mode="cache", execution_cache_path=str(tmp_path / "cache"))
    env = SimpleNamespace(
        mystnb_config=settings,
        myst_config=MdParserConfig(),
        doc2path=lambda name: str(tmp_path / f"{name}.md"),
    )
    run_cells(None, env, list(codes))
    kept = get_cache(tmp_path / "cache").list_cache_records()
    assert sorted(record.uri.rsplit("/")[-1] for record in kept) == ["good.md", "other.md"]


def test_nothing_is_run_when_nothing_is_to_be_kept(tmp_path):
    env = SimpleNamespace(mystnb_config=NbParserConfig(execution_mode="off"))
    run_cells(None, env, ["a page that is not there"])
