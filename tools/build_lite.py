"""Build the JupyterLite beside the book: `_build/html/lite`, with every exercise and every chapter in it."""

import argparse
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from tools.build_book import IN_LITE, digest
from tools.environment import explained
from tools.lite import contents, python
from tools.lite.pyodide_files import FetchError
from tools.turns import alone

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
PAGE = Path(__file__).parent / "lite" / "page"
CONFIGURATION = Path(__file__).parent / "lite" / "configuration"
EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
    "jupyterlab_pygments",
]
# the notebook's own menus, links and logo refer only to these
APPLICATIONS = ["tree", "notebooks", "edit"]
FACES = "".join(
    f'<link rel="preload" as="font" type="font/woff2" crossorigin href="../../_static/fonts/{name}.woff2">'
    for name in ("text", "sans", "mono")
)
ADDED_TAGS = (
    f"{FACES}"
    '<script src="../course/theme.js"></script><link rel="stylesheet" href="../course/look.css">'
    '<link rel="stylesheet" href="../course/lite.css"><script src="../course/lite.js" type="module"></script>'
)


def build(site=SITE, say=print):
    """Compose everything in a scratch folder, then move it into place. Return its size in bytes."""
    site.parent.mkdir(parents=True, exist_ok=True)
    with alone(site.parent / "lite.lock", "Another course.py is building JupyterLite; waiting for it.", say):
        return _build(site, say)


def _build(site, say):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        lite_dir, output = scratch / "lite_dir", scratch / "output"
        python.compose(lite_dir / "static" / "pyodide", scratch, say)
        shutil.copytree(CONFIGURATION, lite_dir, dirs_exist_ok=True)
        versions = contents.write(scratch / "contents")
        run_jupyter_lite(lite_dir, scratch / "contents", output, say)
        add_course_page(output, versions)
        target = site / "lite"
        shutil.rmtree(target, ignore_errors=True)
        site.mkdir(parents=True, exist_ok=True)
        shutil.copytree(output, target)
        if (site / "_static").is_dir():  # the pages look here before they load anything
            (site / "_static" / "python.json").write_text('{"ready": true}', encoding="utf-8")
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


def run_jupyter_lite(lite_dir, contents_dir, output, say):
    say("  composing JupyterLite")
    extensions = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"
    config = {
        "LiteBuildConfig": {
            "contents": [str(contents_dir)],
            "apps": APPLICATIONS,
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
        }
    }
    (lite_dir / "jupyter_lite_config.json").write_text(json.dumps(config))
    command = [
        sys.executable,
        "-m",
        "jupyterlite_core",
        "build",
        "--lite-dir",
        str(lite_dir),
        "--output-dir",
        str(output),
    ]
    result = subprocess.run(command, cwd=lite_dir, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        raise FetchError(
            "jupyter lite could not compose the site:\n" + (result.stdout + result.stderr)[-2000:]
        )


def add_course_page(output, versions):
    """Put the course's script and style into the applications' pages, and the versions next to them."""
    folder = output / "course"
    shutil.copytree(PAGE, folder)
    (folder / "versions.json").write_text(json.dumps(versions, sort_keys=True))
    (folder / "made_of.txt").write_text(digest(IN_LITE))
    for application in APPLICATIONS:
        page = output / application / "index.html"
        text = page.read_text(encoding="utf-8")
        if "</head>" not in text:
            raise FetchError(
                f"{application}/index.html of JupyterLite has no </head> to put the course's script before"
            )
        page.write_text(text.replace("</head>", ADDED_TAGS + "</head>", 1), encoding="utf-8")


@explained("lite")
def main():
    argparse.ArgumentParser(allow_abbrev=False, prog="course.py lite", description=__doc__).parse_args()
    start = time.monotonic()
    try:
        size = build()
    except FetchError as error:
        sys.exit(f"lite: {error}")
    seconds = time.monotonic() - start
    print(f"lite: {SITE / 'lite'} ({size / 1e6:.0f} MB, {seconds:.0f} s); `course.py serve` serves it")


if __name__ == "__main__":
    sys.exit(main())
