"""Translate the course's own sentences: cards, hints, labels, error messages.

Sheets, cards and error messages need no markup: `tools/words.py` collects the sentences from the loaded
sheets and from the source, and `locale/LANGUAGE.po` holds their translations. A sentence with values in it is
collected as a template such as `{0} results came back, and {1} are asked for`. Before a sentence is shown, it
is looked up here, directly or by its template. Without a translation it stays English.

The language is COURSE_LANGUAGE, or `words.use("de")`.
"""

import gettext
import os
import re
from functools import lru_cache
from importlib.resources import files

ITEMS = re.compile(r"(  |[✓✗◐○] |\n)")  # separators of the items in a line, which are looked up one by one
PARTS = re.compile(r"((?<=[.?!]) | · |: |; |, )")  # where an unknown sentence is split
PLACE = re.compile(r"\{(\w+)\}")
ENTRY = re.compile(r'^(msgid|msgstr|msgctxt)? ?"((?:[^"\\]|\\.)*)"$')
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
DEEP = 4

_chosen = None


def use(language):
    """Show everything in this language from now on: "" is English, None uses COURSE_LANGUAGE."""
    global _chosen
    _chosen = language


def language():
    return os.environ.get("COURSE_LANGUAGE", "") if _chosen is None else _chosen


def say(text, to=None):
    """Return a sentence in the learner's language, or in the language `to`."""
    to = language() if to is None else to
    return catalogue(to).say(text) if to and text and isinstance(text, str) else text


@lru_cache
def catalogue(to):
    """Return the catalogue of one language, empty if the course does not have it."""
    place = files("conv_course") / "locale" / f"{to}.po"
    return Catalogue(entries(place.read_text(encoding="utf-8")) if place.is_file() else {})


def entries(text):
    """Return {sentence: translation} of a .po file, without untranslated and fuzzy entries.

    >>> entries('msgid "a "\\n"b"\\nmsgstr "c"\\n')
    {'a b': 'c'}
    """
    found = {}
    for block in re.split(r"\n\s*\n", text):
        said, key = {"msgid": "", "msgstr": ""}, None
        for line in block.split("\n"):
            match = ENTRY.match(line)
            if match:
                key = match[1] or key
                said[key] = said.get(key, "") + re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), match[2])
        if said["msgid"] and said["msgstr"] and "#, fuzzy" not in block:
            found[said["msgid"]] = said["msgstr"]
    return found


class Catalogue(gettext.NullTranslations):
    """Translations by sentence, and by pattern for sentences with values in them."""

    def __init__(self, said):
        super().__init__()
        self.said = {key: value for key, value in said.items() if not PLACE.search(key)}
        patterned = sorted((key for key in said if PLACE.search(key)), key=_letters, reverse=True)
        self.patterns = [(pattern(key), said[key]) for key in patterned if _letters(key) > 2]

    def gettext(self, message):
        return self.said.get(message, message)

    @lru_cache(maxsize=4096)  # noqa: B019  catalogues live as long as the process
    def say(self, text, deep=0):
        """Translate a sentence or, if it is unknown as a whole, each of its known parts."""
        if text in self.said:
            return self.said[text]
        items = ITEMS.split(text)
        if len(items) > 1 and deep < DEEP:
            return "".join(self.say(item, deep + 1) for item in items)
        for made_of, other in self.patterns:
            match = made_of.fullmatch(text)
            if match:
                values = {f"{{{key[1:]}}}": self.say(v, deep + 1) for key, v in match.groupdict().items()}
                return "".join(values.get(piece, piece) for piece in re.split(r"(\{\w+\})", other))
        pieces = PARTS.split(text) if deep < DEEP else [text]
        if len(pieces) == 1:
            return text
        return "".join(self.say(piece, deep + 1) for piece in pieces)


def pattern(template):
    """Return a regular expression that finds the values in a sentence made from a template.

    >>> pattern("{0} of {1} points").fullmatch("2 of 12 points").groups()
    ('2', '12')
    """
    seen, parts = set(), []
    for i, piece in enumerate(PLACE.split(template)):
        if i % 2 == 0:
            parts.append(re.escape(piece))
        elif piece in seen:
            parts.append(f"(?P=v{piece})")
        else:
            seen.add(piece)
            parts.append(f"(?P<v{piece}>.*?)")
    return re.compile("".join(parts), re.DOTALL)


def _letters(template):
    return len(re.sub(r"[^A-Za-z]", "", PLACE.sub("", template)))


def listen(shell):
    """In a notebook, also show error messages in the learner's language, below the error itself."""

    def shown(self, kind, error, trace, tb_offset=None):
        text = str(error)
        if say(text) != text and hasattr(error, "add_note"):
            error.add_note(say(text))
        self.showtraceback((kind, error, trace), tb_offset=tb_offset)

    if language():
        shell.set_custom_exc((ValueError, TypeError), shown)
