"""One line defines where the course is published, and until it is set nothing refers to it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from conv_course.checker import links, site
from tools import serve
from tools.lite.python import named

ROOT = Path(__file__).resolve().parents[1]
SITES_OF_OTHERS = {"cs231n.github.io", "udlbook.github.io"}
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


def test_hints_link_to_the_book_that_is_served_here(repository, monkeypatch, tmp_path):
    assert serve.SERVED == links.SERVED
    monkeypatch.setattr(links, "SERVED", tmp_path / "served_at")
    assert links.book_address() == site.address()
    links.SERVED.write_text("http://localhost:8003/")
    assert links.link("06-leftover") == "http://localhost:8003/06_stride_and_padding.html#leftover"


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
    """A site of two pages, one of them in a subfolder, with the additions for publishing."""
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


def disagreements(readme, citation):
    """Return where a README and a CITATION disagree with the setting."""
    repository, address = site.repository(), site.address()
    own = {"repository-code": repository, "url": address}
    found = [f"CITATION: {key}" for key, value in own.items() if citation.get(key, "") != value]
    for url in re.findall(r"https?://[^\s)\"]*", readme):
        host = urlsplit(url).hostname
        if host.endswith("github.io") or (host == "github.com" and url.count("/") > 3):
            home = (address, repository) if repository else ()
            found += [] if url.startswith(home) and home else [f"README: {url}"]
    if address and address not in readme:
        found.append("README does not say where the course is")
    return found


def test_readme_and_citation_agree_with_the_setting(monkeypatch):
    monkeypatch.delenv("COURSE_REPOSITORY", raising=False)
    readme = (ROOT / "README.md").read_text("utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert disagreements(readme, citation) == []
    # once a repository is set, the test says what to write there
    monkeypatch.setenv("COURSE_REPOSITORY", "ada/waves")
    assert disagreements(readme, citation) != []
    own = {"repository-code": "https://github.com/ada/waves", "url": "https://ada.github.io/waves/"}
    assert disagreements("Read it at https://ada.github.io/waves/", own) == []
    assert disagreements("https://ada.github.io/waves/ https://bob.github.io/waves/", own) == [
        "README: https://bob.github.io/waves/"
    ]


def test_one_line_of_the_repository_holds_its_name(monkeypatch):
    """No other committed file contains it: in an exercise or a page it would be wrong for a fork."""
    monkeypatch.delenv("COURSE_REPOSITORY", raising=False)
    handed_out = [ROOT / "_config.yml", *(ROOT / "book").glob("*.md")]
    handed_out += [*(ROOT / "exercises").glob("*.ipynb"), *(ROOT / "solutions").glob("*.ipynb")]
    assert len(handed_out) > 40
    for path in handed_out:
        text = path.read_text("utf-8")
        found = set(re.findall(r"https?://([\w.-]*github\.io)", text))
        assert found <= SITES_OF_OTHERS, path.name
        assert not (site.REPOSITORY and site.REPOSITORY in text), path.name


def test_the_workflows_that_publish_name_their_own_repository():
    for name in ("publish", "release"):
        jobs = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))["jobs"]
        builds = [job for job in jobs.values() if any("course.py" in s.get("run", "") for s in job["steps"])]
        assert builds[0]["env"]["COURSE_REPOSITORY"] == "${{ github.repository }}"


def test_the_package_keeps_the_name_of_the_repository_that_builds_it(repository):
    source = (ROOT / "conv_course" / "checker" / "site.py").read_text("utf-8")
    space = {}
    exec(named(source), space)
    assert space["REPOSITORY"] == repository
    assert named(source).splitlines()[-1] == source.splitlines()[-1]


def test_an_exercise_calls_its_chapter_by_its_title():
    stems = sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))
    assert len(stems) == 16
    for stem in stems:
        notebook = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text("utf-8"))
        assert f"chapter *{links.chapters()[stem]['title']}*" in " ".join(
            "".join(notebook["cells"][0]["source"]).split()
        )
