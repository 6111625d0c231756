"""Sphinx extension: a page loads only what it uses, and its layout does not shift while it loads.

After the build, every page is changed: pictures load when they come near the window, and their size is
written into the page. A drawing gets a second one for dark pages, and its narrow form for phones. Scripts
wait until the page can be read. A short printed output wraps, and each line of a listing is an element, which
hangs where it wraps. A page without formulas does not run MathJax,
but fetches it for the next page while idle. Each formula's approximate width is reserved, and the first paint
of a short page with few formulas (the glossary) waits for them. Source maps and the theme's translations,
which no page refers to, are removed.
"""

import re
import shutil
import struct
from pathlib import Path

from conv_course.figures.forms import parted
from tools.dark_pictures import dark_drawing
from tools.formula_width import formula_width
from tools.listing_lines import hang_listings

PICTURE = re.compile(r'<img ([^>]*?)src="(_images/[^"]+)"([^>]*?)\s*/?>')
LENGTH = re.compile(r'<svg[^>]*? width="([\d.]+)(pt|px)?"[^>]*? height="([\d.]+)(pt|px)?"')
# the scripts in between read variables that the first one sets, so the first one cannot wait
WAITS = re.compile(r'<script ((?:data-[\w-]+="[^"]*" )?src="(?!_static/documentation_options\.js)[^"]+")>')
MATHJAX = re.compile(r'<script [^>]*src="([^"]*/tex-chtml\.js[^"]*)"></script>')
FORMULA = re.compile(r'class="[^"]*\bmath\b')
INLINE = re.compile(
    r'([(\[“‘]*)(<span class="math notranslate nohighlight">\\\((.*?)\\\)</span>)([.,;:!?)\]”’]*)', re.DOTALL
)
PHONE = "screen and (max-width: 480px)"
PRINTED = re.compile(r'(<div class="output stream [^>]*><div class="highlight"><pre)(>.*?</pre>)', re.DOTALL)
SHORT = 12  # lines; a longer output is a listing, which keeps its columns and scrolls
CELL = 'class="cell '
FEW = 60  # formulas; up to this many are set within one frame, so the first paint of a short page can wait
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")


def size_of(picture):
    """Return the (width, height) in CSS pixels of an SVG or a PNG file, or None."""
    if picture.suffix == ".png":
        return struct.unpack(">II", picture.read_bytes()[16:24])
    found = LENGTH.search(picture.read_text(encoding="utf-8")[:2000]) if picture.suffix == ".svg" else None
    if found is None:
        return None
    width, width_unit, height, height_unit = found.groups()
    points = {"pt": 96 / 72}
    return round(float(width) * points.get(width_unit, 1)), round(float(height) * points.get(height_unit, 1))


def lighten_pictures(text, out):
    def lazy(found):
        before, source, after = found.groups()
        attributes = f'{before}src="{source}"{after}'
        size = size_of(out / source)
        if size and "width=" not in attributes:
            attributes += f' width="{size[0]}" height="{size[1]}"'
        if "loading=" not in attributes:
            attributes += ' loading="lazy"'
        return both(attributes, source, out) or f"<img {attributes} />"

    return PICTURE.sub(lazy, text)


def both(attributes, source, out):
    """A drawing for light pages and one for dark pages: the page shows one, and only that is loaded.

    Each has its narrow form, where there is one. They stand in an element of their own, since the theme hides
    a caption that comes after a hidden picture.
    """
    picture = out / source
    if picture.suffix != ".svg" or "only-" in attributes:
        return None
    drawing, narrow = parted(picture.read_text(encoding="utf-8"))
    if "class=" not in attributes:
        attributes += ' class=""'
    shown = []
    for mode, made in (("light", lambda svg: svg), ("dark", dark_drawing)):
        name = source if mode == "light" else source.replace(".svg", ".dark.svg")
        (out / name).write_text(made(drawing), encoding="utf-8")
        named = attributes.replace('class="', f'class="only-{mode} ', 1).replace(source, name)
        shown.append(with_source(f"<img {named} />", narrow and made(narrow), name, out))
    return f'<span class="course-picture">{"".join(shown)}</span>'


def with_source(image, narrow, name, out):
    """Let a phone take the narrow form of the drawing `name` in place of the `image`."""
    if narrow is None:
        return image
    path = name.replace("_images/", "_images/narrow-", 1)
    (out / path).write_text(narrow, encoding="utf-8")
    width, height = size_of(out / path)
    room = f'width="{width}" height="{height}"'
    return f'<picture><source media="{PHONE}" srcset="{path}" {room} />{image}</picture>'


def keep_room(text):
    """Write the width of each inline formula into the page, for course.css, and keep the signs beside it."""

    def room(found):
        before, formula, tex, after = found.groups()
        made = formula.replace("<span ", f'<span style="--wide: {formula_width(tex):.1f}" ', 1)
        return f'<span class="course-together">{before}{made}{after}</span>' if before or after else made

    return INLINE.sub(room, text)


def wrap_prints(text):
    """Let the lines of a short printed output wrap, so that none of its results is cut off."""

    def wrapped(found):
        lines = found[2].removesuffix("</pre>").rstrip().count("\n") + 1
        return f'{found[1]} class="course-short"{found[2]}' if lines <= SHORT else found[0]

    return PRINTED.sub(wrapped, text)


def lighten_formulas(text, mathjax):
    formulas = len(FORMULA.findall(text))
    if 0 < formulas <= FEW and CELL not in text:
        text = text.replace(
            f'<script defer="defer" src="{mathjax}">',
            f'<script blocking="render" defer="defer" src="{mathjax}">',
        )
    if mathjax and not formulas:
        fetch = f'<link rel="prefetch" as="script" href="{mathjax}" />'
        text = MATHJAX.sub("", text).replace("</head>", f"  {fetch}\n  </head>", 1)
    return text


def lighten(app, problem):
    if problem or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(out.glob("*.html"))}
    mathjax = next((found[1] for found in map(MATHJAX.search, pages.values()) if found), None)
    for path, text in pages.items():
        text = keep_room(lighten_formulas(lighten_pictures(hang_listings(wrap_prints(text)), out), mathjax))
        text = WAITS.sub(r"<script defer \1>", text)
        path.write_text(text, encoding="utf-8")
    drop_unnamed(out / "_static")


def drop_unnamed(static):
    """Remove files that no page loads: source maps (and the lines that refer to them), theme translations."""
    for source_map in static.rglob("*.map"):
        named = source_map.with_suffix("")
        if named.is_file():
            text = named.read_text(encoding="utf-8")
            named.write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")
        source_map.unlink()
    shutil.rmtree(static / "locales", ignore_errors=True)


def setup(app):
    app.connect("build-finished", lighten)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
