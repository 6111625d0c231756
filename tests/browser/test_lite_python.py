"""conv_lib's own tests inside Pyodide (Python 3.12, NumPy 2.0, Matplotlib 3.8), as JupyterLite serves it."""

import base64
import importlib.util
import io
import json
import tomllib
import zipfile
from pathlib import Path

import pytest
from lite_notebook import ROOT, fresh_page

STAND_INS = Path(__file__).parent / "in_pyodide"
PURE_PACKAGES = ["pytest", "_pytest", "pluggy", "iniconfig"]  # packaging and pygments come with Pyodide
# {name of the test file: further arguments of pytest}
QUICK = {
    "sizes": [],
    "naive_conv": [],
    "vectorized_conv": [],
    "fast": ["-k", "by_hand or conv1d or signatures or empty or errors or uneven"],
    "layouts": [],
    "gradcheck": [],
}
# these need another process or a thread, which a browser's Python does not have
NO_PROCESS = [
    "importing_needs_numpy_alone",
    "optional_packages_wait",
    "child_of_fork",
    "importing_the_figures",
]
NO_THREAD = [
    "its_block_and_its_thread",
    "each_threads_own",
    "many_user_threads",
    "share_runs_each",
    "share_passes_errors_on and 3",
    "workers_keep",
    "a_sleeping_worker",
]
# SVG files are reproducible from Matplotlib 3.9 on; the book is not built in the browser
OLD_MATPLOTLIB = ["svg_is_the_same"]
NOT_HERE = ["-k", f"not ({' or '.join(f'({name})' for name in NO_PROCESS + NO_THREAD + OLD_MATPLOTLIB)})"]
FULL = {
    "against_scipy": [],
    "contract": NOT_HERE,
    "doctests": [],
    "fast": [],
    "fast_machinery": NOT_HERE,
    "figures": NOT_HERE,
    "gradients_as_convolutions": [],
    "graph": [],
    "layers": [],
    "pooling": [],
    "transposed": [],
    "widgets": NOT_HERE,
}
# the browser's files cannot be replaced under an open descriptor, as fd capture and faulthandler do
PYTEST = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys"]
START = """async (packages) => {
    self.python = await loadPyodide();
    await python.loadPackage(packages, { messageCallback: () => {} });
}"""
LOAD = "(packages) => python.loadPackage(packages, { messageCallback: () => {} })"
RUN = """
import base64, io, json, os, sys, zipfile
import js
if not os.path.exists("/course"):
    zipfile.ZipFile(io.BytesIO(base64.b64decode(js.given))).extractall("/course")
    sys.path[:0] = ["/course", "/course/packages"]
os.chdir("/course")
import pytest

class Result:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []
    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.append(f"{report.nodeid} ({report.when}): {report.longreprtext[-1500:]}")
        elif report.skipped:
            self.skipped.append(f"{report.nodeid}: {report.longrepr[-1]}")
        elif report.when == "call":
            self.passed += 1
    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.append(f"{report.nodeid}: {report.longreprtext[-1500:]}")

result = Result()
code = pytest.main(list(js.words), plugins=[result])
json.dumps([int(code), result.passed, result.failed, result.skipped])
"""


def files():
    """Return a zip file with pytest, the tests, and the parts of the course that they import."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(folder, below, keep=lambda path: True):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts and keep(path):
                    archive.write(path, Path(below, path.relative_to(folder)))

        archive.write(importlib.util.find_spec("py").origin, "packages/py.py")
        for name in PURE_PACKAGES:
            add(Path(importlib.util.find_spec(name).origin).parent, f"packages/{name}")
        add(STAND_INS, "packages")
        add(ROOT / "tests", "tests", lambda path: path.parent == ROOT / "tests")
        for name in ["tools", "benchmarks"]:
            add(ROOT / name, name, lambda path: path.suffix in {".py", ".json"})
        archive.write(ROOT / "pyproject.toml", "pyproject.toml")
    return base64.b64encode(kept.getvalue()).decode()


@pytest.fixture(scope="module")
def pyodide(lite, site_url, browser, watch):
    """A page in which Python has started with NumPy, conv_lib and the files of the tests."""
    with fresh_page(browser, watch) as page:
        page.goto(f"{site_url}lite/static/pyodide/pyodide-lock.json")
        page.add_script_tag(url=f"{site_url}lite/static/pyodide/pyodide.js")
        page.evaluate(START, ["numpy", "convolution-layer", "packaging", "pygments"])
        page.evaluate("(given) => { self.given = given; }", files())
        yield page


def run_tests(page, *words):
    page.evaluate("(words) => { self.words = words; }", [*PYTEST, *words])
    return json.loads(page.evaluate("(code) => python.runPythonAsync(code)", RUN))


def passes(page, name, words):
    code, passed, failed, skipped = run_tests(page, f"tests/test_{name}.py", *words)
    print(f"{name}: {passed} passed, {len(skipped)} skipped", *skipped, sep="\n")
    assert not failed, "\n".join(failed)
    assert passed > 0
    assert code == 0


NOT_COMPILED = """
import importlib.util
import json
import pathlib
import sys

import conv_course.page.run, conv_course.page.slide, numpy

def has_bytecode(module):
    if module.__spec__.origin == "frozen":
        return True
    if "/python3" in module.__file__ and ".zip/" in module.__file__:
        return module.__file__.endswith(".pyc")
    place = pathlib.Path(module.__spec__.cached or "none")
    return place.is_file() and place.read_bytes()[:8] == importlib.util.MAGIC_NUMBER + bytes([1, 0, 0, 0])

files = {name: str(getattr(one, "__file__", "")) for name, one in sys.modules.items()}
loaded = {name: sys.modules[name] for name, file in files.items() if file.endswith((".py", ".pyc"))}
json.dumps([len(loaded), [name for name, one in loaded.items() if not has_bytecode(one)]])
"""


def test_python_starts_from_bytecode_that_asks_for_no_source(pyodide):
    """Every module that a page's Python has loaded was compiled when the site was built."""
    count, left = json.loads(pyodide.evaluate("(code) => python.runPython(code)", NOT_COMPILED))
    assert count > 200
    assert not left


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", QUICK)
def test_kernels_pass_their_tests_in_the_browser(pyodide, name):
    passes(pyodide, name, QUICK[name])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", FULL)
def test_conv_lib_passes_all_its_tests_in_the_browser(pyodide, name):
    if "scipy" not in pyodide.evaluate("() => Object.keys(python.loadedPackages)"):
        pyodide.evaluate(LOAD, ["scipy", "matplotlib", "anywidget"])
    passes(pyodide, name, FULL[name])


def test_the_package_declares_the_range():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert project["dependencies"] == ["numpy>=2.0"]
    assert "matplotlib>=3.8" in project["optional-dependencies"]["figures"]
