"""The zip file of the site: unpacked anywhere, every page opens from file:// with no server and no error."""

import zipfile

import pytest
from site_pages import PAGES

from benchmarks import pages
from tools import zip_site


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zip with a space")
    count = zip_site.write(site, folder / "course.zip")
    with zipfile.ZipFile(folder / "course.zip") as bundle:
        assert len(bundle.namelist()) == count
        bundle.extractall(folder)
    return folder / zip_site.NAME


def test_every_page_opens_from_the_unpacked_folder(unpacked, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for stem in PAGES:
        pages.visit(page, (unpacked / f"{stem}.html").as_uri())
        assert page.title()
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/00_welcome.html")
    assert [url for url in asked if not url.startswith((unpacked.as_uri(), "data:", "blob:"))] == []


def test_the_zip_is_small_and_the_same_each_time(site, tmp_path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    zip_site.write(site, first)
    zip_site.write(site, second)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 8e6
    names = zipfile.ZipFile(first).namelist()
    assert not [name for name in names if name.split("/")[1] == "lite" or name.endswith((".zip", ".map"))]
