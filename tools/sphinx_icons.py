"""Sphinx extension: the theme's icons, as fonts that contain only the icons in use.

The theme includes every icon of Font Awesome twice: as fonts (300 kB) and as a script that draws them (540 kB
compressed). A page of this book shows about thirty icons. So the script is removed, and each font is reduced
to the glyphs that a page, script or style sheet of the site uses: 10 kB in all.
"""

import re
from importlib.util import find_spec
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.util import logging

logger = logging.getLogger(__name__)

SCRIPT = re.compile(r"\s*<script [^>]*scripts/fontawesome\.js[^>]*></script>")
# ".fa-moon:before{content:"\f186"}", since version 7 ".fa-moon{--fa:"\f186"}": this glyph is needed if an
# element has the class fa-moon
NAMED = re.compile(r'((?:\.fa-[\w-]+(?::before)?,?)+)\{(?:content|--fa):"\\([0-9a-f]+)"\}')
GLYPH = re.compile(r'"\\([ef][0-9a-f]{3})"')
PRIVATE = re.compile("[\ue000-\uf8ff]")  # the code points of the fonts' icons
FACE = re.compile(
    r"url\(([^)]*/webfonts/)([\w-]+)\.woff2\)(?: format\(\"woff2\"\),url\([^)]*\) format\(\"truetype\"\))?"
)


def glyphs_in_use(styles, texts):
    """Return the code points of all icons that the style sheets use themselves or that `texts` name."""
    words = set(re.findall(r"\bfa-[\w-]+", " ".join(texts)))
    used = set()
    for style in styles:
        for names, code in NAMED.findall(style):
            if words & set(re.findall(r"\.(fa-[\w-]+)", names)):
                used.add(int(code, 16))
        rest = NAMED.sub("", style)
        used |= {int(code, 16) for code in GLYPH.findall(rest)} | set(map(ord, PRIVATE.findall(rest)))
    return used


def without_unused(style, texts):
    """The style sheet without the rules of the icons that no text names: half of the theme's."""
    words = set(re.findall(r"\bfa-[\w-]+", " ".join(texts)))

    def keep(found):
        return found[0] if words & set(re.findall(r"\.(fa-[\w-]+)", found[1])) else ""

    return NAMED.sub(keep, style)


def cut(source, target, glyphs):
    """Write the font `source` to `target`, as WOFF, with only these glyphs."""
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=True))
    cutter.populate(unicodes=glyphs)
    cutter.subset(font)
    font.flavor = "woff"
    font.save(target)


def lighten_icons(app, problem):
    if problem or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    pages = list(Path(app.outdir).glob("*.html"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(SCRIPT.sub("", text), encoding="utf-8")
    for leftover in (static / "scripts").glob("fontawesome.*"):
        leftover.unlink()
    sheets = sorted(static.rglob("*.css"))
    texts = [path.read_text(encoding="utf-8") for path in (*pages, *sorted(static.rglob("*.js")))]
    used = glyphs_in_use([sheet.read_text(encoding="utf-8") for sheet in sheets], texts)
    theme = static / "styles" / "pydata-sphinx-theme.css"
    theme.write_text(without_unused(theme.read_text(encoding="utf-8"), texts), encoding="utf-8")
    fonts = Path(pydata_sphinx_theme.__file__).parent.joinpath(
        "theme", "pydata_sphinx_theme", "static", "vendor", "fontawesome", "webfonts"
    )
    folder = static / "vendor" / "fontawesome" / "webfonts"
    sources = sorted(fonts.glob("*.ttf"))
    if not sources and find_spec("brotli"):  # newer themes have only compressed fonts
        sources = sorted(fonts.glob("*.woff2"))
    if not sources:
        logger.info("the icons' fonts stay whole: to cut them, fontTools needs brotli here")
        return
    name_woff(theme)
    for source in sources:
        (folder / source.name).unlink(missing_ok=True)
        (folder / source.with_suffix(".woff2").name).unlink(missing_ok=True)
        cut(source, folder / source.with_suffix(".woff").name, used)


def name_woff(sheet):
    """Let the theme's style sheet load the fonts that `cut` wrote."""
    text, count = FACE.subn(r'url(\1\2.woff) format("woff")', sheet.read_text(encoding="utf-8"))
    if count == 0 and ".woff)" not in text:
        raise ValueError(f"the theme names its icon fonts differently: {sheet}")
    sheet.write_text(text, encoding="utf-8")


def setup(app):
    app.connect("build-finished", lighten_icons)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
