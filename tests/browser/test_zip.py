"""The zip file of the site. test_figure_pages opens every page from it."""

import zipfile

from tools import zip_site


def test_the_zip_is_small_and_the_same_each_time(site, tmp_path):
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    zip_site.write(site, first)
    zip_site.write(site, second)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 8e6
    names = zipfile.ZipFile(first).namelist()
    assert not [name for name in names if name.split("/")[1] == "lite" or name.endswith((".zip", ".map"))]
