"""Write the interactive figures as the classic scripts that a page of the book loads.

    python -m tools.bundle_figures FOLDER

A page opened by file:// cannot import ES modules, so it gets plain scripts made from the modules that
anywidget runs.
`figures/` under FOLDER then holds

    figures.css     one style sheet
    figures.js      one script, loaded with `defer` on each page with figures: shared parts, and the host
    embed.js        for the page embed.html, which shows one figure; it loads that figure's NAME.data.js
    NAME.js         one per figure; figures.js loads it from its own folder if the page shows that figure

tools/sphinx_figures.py, a Sphinx extension, does this in the book's build: it writes the folder into the
site's `_static`, loads the first two and sets CONV_LIB_STATIC=1 for the cells, so that no widget state is
stored. The cells' results hold the figures' numbers and a readable fallback; the only other requirement is
that `text/html` comes before the widget view in nb_mime_priority_overrides.
"""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path

from conv_course.widgets import figure
from conv_course.widgets._esm import ESM, classic_figure, classic_loader, names, source
from conv_course.widgets._figure import data

COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)

# One figure alone, for a frame in slides: embed.html?figure=conv1d&stride=2&theme=dark
EMBED = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <meta name="robots" content="noindex" />
  <title>A figure of the convolution layer course</title>
  <link rel="icon" href="data:," />
  <link rel="stylesheet" href="_static/figures/figures.css" />
  <style>
    :root { color-scheme: light dark; }
    :root[data-theme="light"] { color-scheme: light; }
    :root[data-theme="dark"] { color-scheme: dark; }
    body { margin: 0; padding: 2px; font: 16px/1.5 system-ui, sans-serif; }
    body .conv-figure { margin: 0; }
    main > :is(p, ul) { max-width: 43rem; margin: 1rem; }
    a { color: light-dark(#0b5cad, #8cc4ff); }
    :root { background: light-dark(#ffffff, #14171b); color: light-dark(#1b1f24, #e4e8ed); }
  </style>
  <script defer src="_static/figures/figures.js"></script>
  <script defer src="_static/figures/embed.js"></script>
</head>
<body><main></main></body>
</html>
"""


def bundle(folder):
    """Write `figures/` under `folder`, except files that are already up to date. Return its files."""
    home = Path(folder) / "figures"
    home.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.js": classic_figure(name) for name in names()}
    versions = {
        path.removesuffix(".js"): sha256(text.encode()).hexdigest()[:8] for path, text in texts.items()
    }
    texts["figures.js"] = classic_loader(versions)
    texts["embed.js"] = source("embed.js")
    for name in names():
        state = json.dumps(figure(name).state)
        texts[f"{name}.data.js"] = f"convFigures.given = {{ data: {data(name)}, state: {state} }};\n"
    # without its comments, as the scripts
    texts["figures.css"] = COMMENT.sub("", (ESM / "figures.css").read_text(encoding="utf-8"))
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
