"""One setting says where the course is published, and until it is set nothing points there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conv_course.checker import links, site

ROOT = Path(__file__).resolve().parents[1]
CONF = """
project = "Try"
extensions = ["myst_parser", "sphinxext.opengraph", "sphinx_publishing"]
html_theme = "sphinx_book_theme"
html_theme_options = {}
ogp_social_cards = {"enable": False}
ogp_image_alt = "A window"
"""


@pytest.fixture(params=["", "ada/waves"])
def repository(request, monkeypatch):
    monkeypatch.setenv("COURSE_REPOSITORY", request.param)
    monkeypatch.delenv("COURSE_ADDRESS", raising=False)
    monkeypatch.delenv("CONV_BOOK_URL", raising=False)
    return request.param


@pytest.mark.parametrize(
    ("name", "own", "address"),
    [
        ("", "", ""),
        ("Ada/waves", "", "https://ada.github.io/waves/"),
        ("ada/ada.github.io", "", "https://ada.github.io/"),
        ("ada/waves", "https://waves.example", "https://waves.example/"),
        ("", "https://waves.example/book/", "https://waves.example/book/"),
    ],
)
def test_the_address_follows_from_the_repository(monkeypatch, name, own, address):
    monkeypatch.setenv("COURSE_REPOSITORY", name)
    monkeypatch.setenv("COURSE_ADDRESS", own)
    assert site.address() == address


@pytest.mark.parametrize("name", ["ada", "ada/", "https://github.com/ada/waves", "ada/wa ves"])
def test_an_invalid_repository_is_refused(monkeypatch, name):
    monkeypatch.setenv("COURSE_REPOSITORY", name)
    with pytest.raises(ValueError, match="owner/name"):
        site.address()


def test_a_hint_has_a_link_only_where_the_book_has_an_address(repository):
    expected = "https://ada.github.io/waves/06_stride_and_padding.html#leftover" if repository else None
    assert links.link("06-leftover") == expected


@pytest.fixture
def pages(repository, tmp_path):
    """A site of two pages, one of them in a folder of the first, with what publishing adds."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF)
    (source / "index.md").write_text("# Home\n\n```{toctree}\nother\n```\n")
    (source / "other.md").write_text("# Other\n\nA page.\n")
    path = os.pathsep.join([str(ROOT / "tools"), str(ROOT)])
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(tmp_path / "html")]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=True, timeout=120)
    return tmp_path / "html"


def test_a_site_claims_its_address_and_no_other(repository, pages):
    text = (pages / "other.html").read_text(encoding="utf-8")
    outside = {
        address
        for address in re.findall(r'(?:href|content|action)="(https?://[^"]*)"', text)
        if urlsplit(address).hostname in ("github.com", "ada.github.io")
    }
    listed = pages / "sitemap.xml"
    lost = (pages / "404.html").read_text(encoding="utf-8")
    if not repository:
        assert outside == set()
        assert "og:url" not in text
        assert not listed.exists()
        assert 'startsWith("/")' in lost
        return
    home = "https://ada.github.io/waves/"
    assert f'<link rel="canonical" href="{home}other.html"' in text
    assert f'<meta property="og:url" content="{home}other.html"' in text
    assert f'content="{home}_static/social-card.png"' in text
    assert '<meta property="og:image:alt" content="A window"' in text
    assert "https://github.com/ada/waves/edit/main/book/other.md" in outside
    assert all(one.startswith((home, "https://github.com/ada/waves")) for one in outside)
    assert re.findall("<loc>(.*?)</loc>", listed.read_text()) == [f"{home}index.html", f"{home}other.html"]
    assert 'startsWith("/waves/")' in lost


def test_nothing_that_is_handed_out_names_an_address_that_is_not_set():
    """The setting is empty in the repository, so that a site of its own is in no committed file."""
    assert site.REPOSITORY == ""
    handed_out = [ROOT / "README.md", ROOT / "CITATION.cff", ROOT / "_config.yml"]
    handed_out += [*(ROOT / "exercises").glob("*.ipynb"), *(ROOT / "solutions").glob("*.ipynb")]
    assert len(handed_out) > 30
    for path in handed_out:
        assert not re.findall(r"https?://[\w.-]*github\.io[^\s)\"]*", path.read_text("utf-8")), path.name


def test_an_exercise_calls_its_chapter_by_its_title():
    stems = sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))
    assert len(stems) == 16
    for stem in stems:
        notebook = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text("utf-8"))
        assert f"chapter *{links.chapters()[stem]['title']}*" in " ".join(
            "".join(notebook["cells"][0]["source"]).split()
        )
