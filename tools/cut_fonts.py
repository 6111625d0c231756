"""Cut the book's fonts from the packages that they come in, into `book/assets/fonts` and for the figures.

The files are committed: this runs only to change them. It needs fontTools and brotli, and a folder in which

    npm pack @fontsource-variable/source-serif-4@5.3.1 @fontsource-variable/ibm-plex-sans@5.3.0 \\
        @fontsource/ibm-plex-mono@5.3.0

left its archives:  python -m tools.cut_fonts FOLDER

Each font keeps the characters of `KEPT` and the weights that the style sheet uses. The Open Font License asks
for another name of a changed font, so they are called Course Text, Course Sans and Course Mono.
"""

import io
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "book" / "assets" / "fonts"
DRAWN = ROOT / "conv_course" / "figures"  # Matplotlib reads TrueType alone
KEPT = "".join(map(chr, range(32, 127)))
KEPT += "\u00a0§°±²³·×½ÄÖÜßàäçèéñöü\u2010\u2011–—‘’“”„…′←→−≈≠≤≥"
FEATURES = ["kern", "liga", "lnum", "tnum", "locl"]
SOURCES = {  # file: (package, font in it, weights, family)
    "text": ("variable-source-serif-4", "source-serif-4-latin-wght-normal", (400, 650), "Course Text"),
    "text-italic": ("variable-source-serif-4", "source-serif-4-latin-wght-italic", 400, "Course Text"),
    "sans": ("variable-ibm-plex-sans", "ibm-plex-sans-latin-wght-normal", (400, 600), "Course Sans"),
    "mono": ("ibm-plex-mono", "ibm-plex-mono-latin-400-normal", None, "Course Mono"),
}


def unpack(folder, package):
    """The files of a package's archive: {name: bytes}."""
    (archive,) = Path(folder).glob(f"fontsource-{package}-[0-9]*.tgz")
    with tarfile.open(archive) as packed:
        files = [one for one in packed if one.isfile()]
        return {Path(one.name).name: packed.extractfile(one).read() for one in files}


def cut(data, weights, family, flavor="woff2", style=None):
    """The font with only what is kept, under another name."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    if weights:
        font = instancer.instantiateVariableFont(font, {"wght": weights})
        font.flavor, whole = None, io.BytesIO()
        font.save(whole)
        font = TTFont(io.BytesIO(whole.getvalue()), recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(text=KEPT)
    cutter.subset(font)
    for number, name in ((1, family), (4, family), (6, family.replace(" ", ""))):
        font["name"].setName(name, number, 3, 1, 0x409)
    if style:  # for Matplotlib, which knows normal and bold
        font["name"].setName(style, 2, 3, 1, 0x409)
        font["OS/2"].usWeightClass = 700 if style == "Bold" else 400
        # Matplotlib's SVG names glyphs after this: with one name, two weights of a drawing share letters
        font["name"].setName(f"{family.replace(' ', '')}-{style}", 6, 3, 1, 0x409)
    font.flavor, made = flavor, io.BytesIO()
    font.save(made)
    return made.getvalue()


def main(folder):
    FONTS.mkdir(exist_ok=True)
    for name, (package, source, weights, family) in SOURCES.items():
        files = unpack(folder, package)
        (FONTS / f"{name}.woff2").write_bytes(cut(files[f"{source}.woff2"], weights, family))
        (FONTS / f"LICENSE-{package.removeprefix('variable-')}").write_bytes(files["LICENSE"])
    sans = unpack(folder, "variable-ibm-plex-sans")
    for name, weight, style in (("sans", 400, "Regular"), ("sans-bold", 600, "Bold")):
        data = cut(sans["ibm-plex-sans-latin-wght-normal.woff2"], weight, "Course Sans", None, style)
        (DRAWN / f"{name}.ttf").write_bytes(data)
    (DRAWN / "LICENSE-ibm-plex-sans").write_bytes(sans["LICENSE"])


if __name__ == "__main__":
    main(sys.argv[1])
