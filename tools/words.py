"""Collect the texts for translators: the sentences of the sheets, cards, labels and error messages.

    python3 course.py words de              bring conv_course/locale/de.po up to date
    python3 course.py words de --pages 02   the same for pages whose names begin with 02 (tools/pages_in.py)

Hints and titles come from the loaded sheets, so sheets need no markup. The other texts are the string
literals in the source that look like words and are not docstrings, with `{0}` in place of a value. A
translator fills in `msgstr`. Entries left empty stay English.
"""

import argparse
import ast
import re
import sys

import yaml

from conv_course.checker.faults.rows import ORDINALS
from conv_course.checker.links import chapters
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.show import AS_CODE, MARK
from conv_course.widgets import _esm
from conv_course.widgets._figure import load
from conv_course.words import PARTS, PLACE, entries
from tools.environment import ROOT, explained
from tools.exercise_text import text_blocks

SPOKEN = [
    "conv_lib",
    "conv_course/checker",
    "conv_course/learn",
    "conv_course/widgets",
    "conv_course/figures",
]
SPOKEN += [f"tools/sphinx_{name}.py" for name in ("course", "folded", "predict", "publishing", "questions")]
SPOKEN += [f"tools/{name}.py" for name in ("sphinx_words", "exercise_text", "exercise_notebook")]
SCRIPTS = ["conv_course/widgets/esm", "conv_course/page", "book/assets"]
SILENT = ("sheets", "octave", "matlab_questions.py")
# parts that a translation must not change: code, formulas, roles, tags, addresses, numbers, variable names
KEPT = re.compile(
    r"``[^`]+``|`[^`]*`|\$\$?[^$]*\$\$?|\{[^{}]*\}|</?\w[^<>]*>|\]\([^)]*\)|https?://\S+|\"\w+\"|'\w+'"
    r"|\b\w*[\d_]\w*\b|\b\w+(?=\(|\[|=\S)|\b\w+(?:\.\w+)+\b|\b\w\b"
)
LABELS = re.compile(r'\["([a-z]+)", \d+\]|\["[^"]*", "([^"]+)"\]')  # of a drawing's columns, of its legend
COMPOUND = re.compile(r"[A-Z][a-z]+(-[a-z]+)+")  # unlike the name of a style's class
WORD = re.compile(r"[A-Za-z]{2,}")
# what a sentence does not have, but code, a selector or a style does
CODE = ("</", "\\", "=>", "def ", "import ", "{\n", "style=", "&#", "use strict", " > ", ":is(", "==")
STRANGE = str.maketrans("aeiouyAEIOUY", "àéîöûÿÀÉÎÖÛŸ")
LOCALE = ROOT / "conv_course" / "locale"


def of_sheet(stem):
    """Yield the sentences of one sheet, including the text of its exercise."""
    sheet = load_sheet(stem)
    for question in sheet:
        yield question.title
        for wrong in question.wrongs:
            yield wrong.name
            yield wrong.hint
        yield from question.asks.values()
        yield from question.parts or ()
        yield from question.outputs if question.kind == "values" else ()
        for case in question.cases_for(0) if question.kind == "tests" else ():
            yield case.note
    path = ROOT / "conv_course" / "checker" / "sheets" / f"{stem}.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "note" and isinstance(node.value, ast.Constant):
            yield node.value.value
    source = ROOT / "solutions" / f"{stem}.md"
    yield from text_blocks(source.read_text(encoding="utf-8"))


def of_sections():
    """Yield the titles of all chapters and sections, which cards mention."""
    yield "{0} (chapter {1})"
    for chapter in chapters().values():
        yield chapter["title"]
        yield from chapter["sections"].values()


def of_contents():
    """Yield the title of the book and of its parts."""
    yield yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    for part in yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))["parts"]:
        yield part["caption"]


def of_source(path):
    """Yield the texts of one module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            silent.add(id(body[0].value))
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        text = _template(node)
        if text and _speaks(text):
            yield text.strip()


def of_script(path):
    """The sentences of a script's strings and templates, `{0}` where a template has a value.

    A text is put together of pieces, so each sentence stands by itself, without the tags around it. A word
    that is chosen within a template counts, too.
    """
    source = path.read_text(encoding="utf-8")
    yield from (first or second for first, second in LABELS.findall(source))
    for text, chosen in _literals(source):
        said = re.findall(r'aria-label="([^"]*)"', text) + re.split(r"<[^<>]*>", text)
        for sentence in said if "<" in text else [text]:
            if "class=" in sentence or not (_speaks(sentence) or (chosen and WORD.fullmatch(sentence))):
                continue
            yield from (part.strip() for part in PARTS.split(sentence) if re.search("[A-Za-z]{2}", part))


def _literals(source, chosen=False):
    """(text, whether a template's value holds it) of every string and template of a script."""
    place = 0
    while place < len(source):
        mark = source[place]
        if source.startswith("//", place):
            place = source.find("\n", place) + 1 or len(source)
        elif source.startswith("/*", place):
            place = source.find("*/", place) + 2
        elif mark in "\"'`":
            text, inner, place = _literal(source, place + 1, mark)
            yield text, chosen
            for value in inner:
                yield from _literals(value, " " in text and "conv-" not in text)
        else:
            place += 1


def of_figure(name):
    """What a moving figure's Python says: its title, its controls and their options, and its sentences."""
    module = load(name)
    yield from [module.TITLE, *PARTS.split(module.TITLE)]
    for control in module.CONTROLS:
        yield from _texts(control.as_json())
    pieces = [piece for text in _texts(module.TEXT) for piece in re.split(r"_\w+_′?", text)]
    yield from (part.strip() for piece in pieces for part in PARTS.split(piece))


def _texts(value):
    if isinstance(value, str):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    ):
        yield from _texts(inner)


def _literal(source, place, mark):
    """(text, [source of each value], where it ends) of the literal that begins here."""
    text, inner, ends = "", [], mark if mark == "`" else f"{mark}\n"
    while place < len(source) and source[place] not in ends:
        if source[place] == "\\":
            text, place = text + source[place + 1 : place + 2], place + 2
        elif mark == "`" and source.startswith("${", place):
            end = _closing(source, place + 2)
            inner.append(source[place + 2 : end])
            coloured = "colour(" in inner[-1]  # it becomes an element
            text += "<>" if coloured else f"{{{len(inner) - 1}}}"
            place = end + 1
        else:
            text, place = text + source[place], place + 1
    return text, inner, place + 1


def _closing(source, place):
    """Where the brace is that closes a template's value."""
    depth = 0
    while place < len(source) and (depth or source[place] != "}"):
        if source[place] in "\"'`":
            *_, place = _literal(source, place + 1, source[place])
            continue
        depth += (source[place] == "{") - (source[place] == "}")
        place += 1
    return place


def _template(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    pieces, place = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(part.value)
        else:
            pieces.append(f"{{{place}}}")
            place += 1
    return "".join(pieces)


def _speaks(text):
    """Return whether a string literal is made of words, unlike an identifier, a selector or a format."""
    count, text = len(text.split()), PLACE.sub(" ", text)
    words = [word.strip(".,:;?!()\"'") for word in text.split()]
    plain = [word for word in words if (word.isalpha() and len(word) > 1) or COMPOUND.fullmatch(word)]
    marks = any(mark in text for mark in CODE)
    return bool(plain) and not marks and (count > 1 or text[:1].isupper())


def collect(stems=None):
    """Return every sentence once, in a fixed order."""
    found = {}
    for stem in stems or sheet_stems():
        found.update(dict.fromkeys(of_sheet(stem)))
    if stems is None:
        found.update(dict.fromkeys((*MARK, *AS_CODE, *ORDINALS)))
        found.update(dict.fromkeys(of_sections()))
        found.update(dict.fromkeys(of_contents()))
        for place in SPOKEN:
            top = ROOT / place
            paths = [top] if top.is_file() else sorted(top.rglob("*.py"))
            for path in paths:
                if not set(path.parts) & set(SILENT):
                    found.update(dict.fromkeys(of_source(path)))
        for name in _esm.names():
            found.update(dict.fromkeys(text for text in of_figure(name) if re.search("[A-Za-z]{3}", text)))
        scripts = [path for place in SCRIPTS for path in sorted((ROOT / place).glob("*.js"))]
        for path in (path for path in scripts if path.name not in ("words.js", "worker.js")):
            found.update(dict.fromkeys(of_script(path)))
    found.pop("", None)
    found.pop(None, None)
    return list(found)


def strange(text):
    """Return a sentence in a pseudo-language: every word is changed, except the parts that must stay.

    >>> strange("The window `w[i]` starts at {0}, not at 2.")
    'Thé wîndöw `w[i]` stàrts àt {0}, nöt àt 2.'
    """
    pieces, end = [], 0
    for kept in KEPT.finditer(text):
        named = re.fullmatch(r"`([^`<]+)( <[^`>]+>`)", kept[0])  # a role's text, before its target
        same = f"`{_strange(named[1])}{named[2]}" if named else kept[0]
        pieces += [_strange(text[end : kept.start()]), same]
        end = kept.end()
    return "".join([*pieces, _strange(text[end:])])


def _strange(text):
    def change(word):
        other = word[0].translate(STRANGE)
        return other if other != word[0] else other + "\u0303"

    return re.sub(r"[^\W\d_]{2,}", change, text)


def po(said, language):
    """Return the text of a .po file for {sentence: translation}."""
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return "\n".join(
        [head, *(f"msgid {_quoted(key)}\nmsgstr {_quoted(value)}\n" for key, value in said.items())]
    )


def _quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = [line + "\\n" for line in escaped.split("\n")]
    lines[-1] = lines[-1][:-2]
    lines = [line for line in lines if line] or [""]
    return "\n".join(f'"{line}"' for line in (lines if len(lines) == 1 else ["", *lines]))


@explained("words")
def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py words", description=__doc__.split("\n")[0]
    )
    parser.add_argument("language", help="for example de or pt_BR")
    parser.add_argument("--drop-empty", action="store_true", help="keep only translated sentences")
    parser.add_argument("--pages", nargs="*", default=[], metavar="NN", help="also these pages of the book")
    options = parser.parse_args()
    if options.pages:
        from tools.pages_in import update  # imports Sphinx

        update(options.language, options.pages)
    path = LOCALE / f"{options.language}.po"
    old = entries(path.read_text(encoding="utf-8")) if path.is_file() else {}
    said = {text: old.get(text, "") for text in collect()}
    lost, done = old.keys() - said.keys(), {text: other for text, other in said.items() if other}
    path.parent.mkdir(exist_ok=True)
    path.write_text(po(done if options.drop_empty else said, options.language), encoding="utf-8")
    print(
        f"{path.relative_to(ROOT)}: {len(done)} of {len(said)} sentences are translated, {len(lost)} are gone"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
