"""Convert the figures' ES modules to the two forms that are loaded: a file for anywidget, classic scripts.

The modules import only from the shared ones, with one import statement per file that lists the
names, and export either functions or one default. Only this syntax is rewritten.
"""

import json
import re
from itertools import chain
from pathlib import Path

from conv_course.words import language
from conv_course.words_script import script

ESM = Path(__file__).with_name("esm")
SHARED = ("parts.js", "room.js", "form.js", "numbers.js", "motion.js", "direct.js", "share.js", "base.js")
PRIVATE = {"lens": ("painting.js", "own.js")}  # parts of a figure alone, which load with it
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z0-9_]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) )", re.MULTILINE)
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


def names():
    """Return the names of the figures, in alphabetical order."""
    others = {*SHARED, *chain(*PRIVATE.values()), "host.js", "embed.js"}
    return sorted(path.stem for path in ESM.glob("*.js") if path.name not in others)


def source(name):
    """Return the text of a module without its whole-line comments."""
    return COMMENT.sub("", (ESM / name).read_text(encoding="utf-8"))


def exported(text):
    """Return the names that a module exports."""
    return re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", text, re.MULTILINE)


def without_modules(text):
    """Return the text without its imports and the word `export`, for use in a shared scope."""
    return EXPORT.sub("", IMPORT.sub("", text))


def whole(name):
    """Return the text of a figure's module and of its private parts, which come first."""
    return "".join(EXPORT.sub("", source(part)) for part in PRIVATE.get(name, ())) + source(f"{name}.js")


def single_module(name):
    """Return one ES module for anywidget: the shared parts and the figure in a single file."""
    texts = [script(language()), *(without_modules(source(part)) for part in SHARED)]
    return "".join(texts) + without_modules(whole(name))


def classic_figure(name):
    """Return a figure as a classic script, which takes the shared parts from the loader's object."""
    text = whole(name)
    words = ",".join(names for names, part in IMPORT.findall(text) if part in SHARED).split(",")
    taken = ", ".join(sorted({word.strip() for word in words} - {""}))
    body = DEFAULT.sub(f'convFigures.made["{name}"] = ', without_modules(text))
    return f'(() => {{\n"use strict";\nconst {{ {taken} }} = convFigures.shared;\n{body}}})();\n'


def classic_loader(versions):
    """Return the script that a page loads: the shared parts, and the host that fetches the figures in use.

    `versions` maps each figure to a digest, so that a browser's cache never serves an older version.
    """
    parts = [source(part) for part in SHARED]
    shared = ", ".join(name for text in parts for name in exported(text))
    body = "".join(without_modules(text) for text in parts)
    return (
        f'(() => {{\n"use strict";\n{body}'
        f"globalThis.convFigures = {{ shared: {{ {shared} }}, made: {{}} }};\n"
        f"const versions = {json.dumps(versions)};\n{source('host.js')}}})();\n"
    )
