"""The newest Sphinx beside the pinned one: what is installed, and the comparison of the pages' texts."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import page_texts, plain_sphinx

ROOT = Path(__file__).resolve().parents[1]
PAGE = "<html><body><nav>Menu</nav><article>{}</article><footer>End</footer></body></html>"
OURS = "<h1>Slide a <em>kernel</em></h1><p>One window,\n one sum.</p>"
MARKUP = "<header><h1>Slide <b>a kernel</b></h1></header><div>One window, one <span>sum.</span></div>"


def site(folder, **pages):
    folder.mkdir()
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(PAGE.format(text), encoding="utf-8")
    return folder


def compared(*sites):
    said = []
    return page_texts.compare(*sites, say=said.append), said


def test_markup_navigation_scripts_and_drawings_are_no_text(tmp_path):
    noise = "<nav>Contents</nav><script>let x = 1;</script><svg><text>y</text></svg><style>p {}</style>"
    same, said = compared(site(tmp_path / "a", one=OURS), site(tmp_path / "b", one=noise + MARKUP))
    assert (same, said) == (True, ["1 pages, 9 words: no differences"])


def test_spaces_at_the_edge_of_a_formula_mean_nothing(tmp_path):
    loose, tight = r"\[ \begin{split} y_i &= 1 \end{split} \]", r"\[\begin{split}y_i &= 1\end{split}\]"
    assert compared(site(tmp_path / "a", one=loose), site(tmp_path / "b", one=tight))[0]
    other = site(tmp_path / "c", one=tight.replace("= 1", "= 2"))
    assert not compared(tmp_path / "a", other)[0]


def test_a_signature_is_compared_without_its_hidden_path(tmp_path):
    old, new = "<p>answer: ~collections.abc.Callable</p>", "<p><b>answer</b>: Callable</p>"
    assert compared(site(tmp_path / "a", one=old), site(tmp_path / "b", one=new))[0]


def test_each_difference_is_a_line_with_what_stands_before_it(tmp_path):
    ours, theirs = site(tmp_path / "a", one=OURS), site(tmp_path / "b", one=OURS.replace("sum", "product"))
    same, said = compared(ours, theirs)
    assert not same
    assert said[0] == "one: ...a kernel One window , one [sum] -> [product]"
    assert said[-1].endswith("1 differences")


def test_the_order_of_the_words_counts(tmp_path):
    swapped = OURS.replace("window", "?").replace("sum", "window").replace("?", "sum")
    assert not compared(site(tmp_path / "a", one=OURS), site(tmp_path / "b", one=swapped))[0]


def test_a_page_of_one_site_is_a_difference_and_no_page_at_all_is_no_agreement(tmp_path):
    ours, theirs = site(tmp_path / "a", one=OURS, two=OURS, genindex=OURS), site(tmp_path / "b", one=OURS)
    same, said = compared(ours, theirs)
    assert (same, said[:-1]) == (False, ["two: only in the first site"])
    assert not compared(site(tmp_path / "c"), site(tmp_path / "d"))[0]


def test_a_page_that_differs_everywhere_is_cut_short(tmp_path):
    many = " ".join(f"<p>same {i}</p>" for i in range(50))
    _, said = compared(
        site(tmp_path / "a", one=many), site(tmp_path / "b", one=many.replace("same", "other"))
    )
    assert len(said) == page_texts.MOST + 2


def test_the_command_exits_with_1_where_texts_differ(tmp_path):
    folders = [site(tmp_path / "a", one=OURS), site(tmp_path / "b", one="")]
    command = [sys.executable, "-m", "tools.page_texts"]
    codes = [
        subprocess.run([*command, folders[0], other], cwd=ROOT, capture_output=True, check=False).returncode
        for other in folders
    ]
    assert codes == [0, 1]


def names(file):
    lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines()]
    return {canonicalize_name(one.name): one for one in map(Requirement, filter(None, lines))}


def test_the_newest_stack_has_all_that_the_book_needs_and_no_jupyter_book():
    newest, pinned = names("requirements-newest.txt"), names("requirements.txt")
    build_only = {"jupyter-book", "jupyterlab-widgets", "nbval"}  # for JupyterLab and for the tests
    assert pinned.keys() - newest.keys() == build_only
    for name in ("sphinx", "sphinx-book-theme", "myst-nb"):
        assert str(newest[name].specifier) == "", f"{name} is held back"


def test_every_extension_of_the_book_is_loaded_without_jupyter_book():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    extensions = plain_sphinx.settings(config)["extensions"]
    assert set(config["sphinx"]["config"]["extensions"]) - set(extensions) == {"jupyter_book"}
    assert [name for name in extensions if "jupyter_book" in name] == []


def test_the_nightly_run_builds_on_the_newest_stack():
    steps = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text("utf-8"))["jobs"]["newest"][
        "steps"
    ]
    assert "python course.py newest" in [step.get("run") for step in steps]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_newest_stack_gives_the_same_texts():
    """It needs the package index and two builds of the book."""
    command = [sys.executable, "-m", "tools.newest"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3500, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
