"""The translations as a script, for what the book's pages and the moving figures show in another language."""

import json
from importlib.resources import files

from conv_course.words import ITEMS, PARTS, catalogue


def script(language):
    """The text of a script that translates what scripts show; "" for English."""
    if not language or not catalogue(language).said:
        return ""
    table = json.dumps(as_table(catalogue(language)), ensure_ascii=False, separators=(",", ":"))
    source = (files("conv_course") / "page" / "words.js").read_text(encoding="utf-8")
    return f"{{\nconst table = {table};\n{source}}}\n"


def as_table(of):
    """A catalogue as plain data, its patterns as JavaScript writes them."""
    patterns = [[_of_javascript(plain.pattern), other] for _, _, plain, other in of.patterns]
    return {"said": of.said, "patterns": patterns, "parts": PARTS.pattern, "items": ITEMS.pattern}


def _of_javascript(pattern):
    for python, javascript in (("(?P<", "(?<"), ("(?P=v", "\\k<v"), ("\\ ", " "), ("\\-", "-"), ("\\#", "#")):
        pattern = pattern.replace(python, javascript)
    return _closed(pattern)


def _closed(pattern):
    r"""Python ends a reference by `)`, JavaScript by `>`: `\k<v0)` becomes `\k<v0>`."""
    pieces = pattern.split("\\k<")
    return "\\k<".join([pieces[0], *(piece.replace(")", ">", 1) for piece in pieces[1:])])
