"""Notebooks that JupyterLite opens: none has outputs, and each links back to its page."""

import json

import pytest

from tools.lite import contents
from tools.lite.pyodide_files import RELEASE
from tools.lite.python import PURE

ROOT = contents.ROOT


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """{path below the folder: notebook}."""
    folder = tmp_path_factory.mktemp("lite") / "contents"
    contents.write(folder)
    return {
        str(path.relative_to(folder)): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/*.ipynb"))
    }


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def sources(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_no_notebook_has_outputs_or_counters(written):
    assert len(written) == len([*(ROOT / "exercises").glob("*.ipynb"), *(ROOT / "book").glob("*.md")])
    for path, notebook in written.items():
        assert "widgets" not in notebook["metadata"], path
        for cell in code_cells(notebook):
            assert (cell["execution_count"], cell["outputs"]) == (None, []), path


def test_the_exercises_in_the_repository_keep_what_their_test_compares(written):
    """nbval silently accepts a cell without a counter or an output."""
    for path in sorted((ROOT / "exercises").glob("*.ipynb")):
        ours = json.loads(path.read_text(encoding="utf-8"))
        assert all(cell["execution_count"] for cell in code_cells(ours)), path
        assert any(cell["outputs"] for cell in code_cells(ours)), path
        served = written[f"exercises/{path.name}"]
        assert sources(served) == sources(ours)


def test_each_notebook_leads_back_to_a_page_of_the_book(written):
    for path, notebook in written.items():
        folder, name = notebook["metadata"]["conv_course"]["source"].split("/")
        assert (ROOT / folder / name).is_file(), path
        assert (ROOT / "book" / name).with_suffix(".md").is_file(), path


def test_the_cell_that_runs_by_itself_is_the_one_with_the_imports(written):
    for path, notebook in written.items():
        if path.startswith("exercises/"):
            stem = path.removeprefix("exercises/").removesuffix(".ipynb")
            first = code_cells(notebook)[0]
            assert first["id"] == f"{stem}-01"
            assert "\nimport numpy as np\n" in "".join(first["source"])
            assert f'check = sheet("{stem}"' in "".join(first["source"])


def test_what_the_kernel_loads_first_is_served():
    """A name that is missing in the lock would leave the kernel waiting without a message."""
    text = (ROOT / "tools" / "lite" / "configuration" / "jupyter-lite.json").read_text(encoding="utf-8")
    settings = json.loads(text)["jupyter-config-data"]["litePluginSettings"]
    kernel = settings["@jupyterlite/pyodide-kernel-extension:kernel"]
    served = {*RELEASE["packages"], *PURE}
    wanted = {name.replace("_", "-") for name in kernel["loadPyodideOptions"]["packages"]}
    assert wanted <= {name.replace("_", "-") for name in served}
