"""Put the built book into one zip file beside its pages: unpack it and open index.html, with no network.

JupyterLite is left out, since a browser will not run it from a folder.
"""

import argparse
import sys
import zipfile

from tools.build_book import SITE, build
from tools.environment import explain

NAME = "convolution-layer-course"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same pages give the same file


def write(site, out):
    """Write the files of `site` to the zip file `out`; return how many there are."""
    files = sorted(path for path in site.rglob("*") if path.is_file() and path.suffix != ".zip")
    files = [path for path in files if path.relative_to(site).parts[0] != "lite"]
    partial = out.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in files:
            name = f"{NAME}/{path.relative_to(site).as_posix()}"
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, path.read_bytes())
    partial.replace(out)
    return len(files)


def main():
    argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py zip", description=__doc__.splitlines()[0]
    ).parse_args()
    try:
        if not build():
            return 1
        out = SITE / f"{NAME}.zip"
        count = write(SITE, out)
    except OSError as error:
        print(f"course.py zip: {explain(error)}", file=sys.stderr)
        return 1
    print(f"{out}: {count} files, {out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
