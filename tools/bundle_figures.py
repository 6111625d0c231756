"""Write the interactive figures as the classic scripts that a page of the book loads.

    python -m tools.bundle_figures FOLDER

A page opened by file:// cannot import ES modules, so it gets plain scripts made from the modules that
anywidget runs.
`figures/` under FOLDER then holds

    figures.css     one style sheet
    figures.js      one script, loaded with `defer` on every page: shared parts, and the host
    NAME.js         one per figure; figures.js loads it from its own folder if the page shows that figure

tools/sphinx_figures.py, a Sphinx extension, does this in the book's build: it writes the folder into the
site's `_static`, loads the first two and sets CONV_LIB_STATIC=1 for the cells, so that no widget state is
stored. The cells' results hold the figures' numbers and a readable fallback; the only other requirement is
that `text/html` comes before the widget view in nb_mime_priority_overrides.
"""

import sys
from hashlib import sha256
from pathlib import Path

from conv_course.widgets._esm import ESM, classic_figure, classic_loader, names


def bundle(folder):
    """Write `figures/` under `folder`, except files that are already up to date. Return its files."""
    home = Path(folder) / "figures"
    home.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.js": classic_figure(name) for name in names()}
    versions = {
        path.removesuffix(".js"): sha256(text.encode()).hexdigest()[:8] for path, text in texts.items()
    }
    texts["figures.js"] = classic_loader(versions)
    texts["figures.css"] = (ESM / "figures.css").read_text(encoding="utf-8")
    for name, text in texts.items():
        path = home / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for stale in set(path.name for path in home.iterdir()) - set(texts):
        (home / stale).unlink()
    return sorted(home / name for name in texts)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for written in bundle(sys.argv[1]):
        print(f"{written.stat().st_size:7d}  {written}")
