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
CUTS = [
    re.compile(cut) for cut in (r"((?<=[.?!]) )", "( · |; )", "(: )", "(, )")
]  # its parts, large ones first
PLACE = re.compile(r"\{(\w+)\}")
GLUE = re.compile(r"\{\w+\} (and|is not) \{\w+\}")  # patterns that nearly every sentence would fit
APART = re.compile(r"(?<!,) ")  # a name or a list of names has none
NAMED = re.compile(r"\{(\w+)\} (?:=|is \") ?")
RAISED = re.compile(
    r"(\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning): )(.+?)( \(line \d+ of your cell\))?(\.?)",
    re.DOTALL,
)
LONG = 8  # letters of a pattern that tells what a sentence is
REST = re.compile(r"(.*?)( \+ \d+ more terms?(?: that agree)?)?( \(here .*\))?", re.DOTALL)  # of a sum
TERMS = re.compile(r"\d+ terms, .*")  # in place of a sum
ENTRY = re.compile(r'^(msgid|msgstr|msgctxt)? ?"((?:[^"\\]|\\.)*)"$')
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
DEEP = 8
VALUE = r"(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*?"  # an index is not cut in two

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


def around(text):
    """Translate the words around a sum of products, not the names in it."""
    if not language():
        return text
    start, *rest = REST.fullmatch(text).groups("")
    return catalogue(language()).framed(start) + "".join(map(say, rest))


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
        # a sentence is also split at its commas
        said = {
            key[2:]: other[2:] for key, other in said.items() if key[:2] == other[:2] in (", ", "; ")
        } | said
        self.said = {key: value for key, value in said.items() if not PLACE.search(key)}
        patterned = sorted((key for key in said if PLACE.search(key)), key=_rank, reverse=True)
        self.patterns = [
            (key, pattern(key), pattern(key, ".*?"), said[key]) for key in patterned if _tells(key)
        ]

    def gettext(self, message):
        return self.said.get(message, message)

    @lru_cache(maxsize=4096)  # noqa: B019  catalogues live as long as the process
    def say(self, text, deep=0):
        """Translate a sentence or, if it is unknown as a whole, each of its known parts."""
        if text != text.strip() and text.strip():
            return re.sub(
                r"\S(.*\S)?", lambda found: self.say(found[0], deep), text, count=1, flags=re.DOTALL
            )
        whole = self._whole(text)
        if whole is not None:
            return whole
        raised = RAISED.fullmatch(text)
        if raised:
            kind, message, line, end = raised.groups("")
            return f"{kind}{self._raised(message, deep)}{self.say(line, deep)}{end}"
        items = ITEMS.split(text)
        if len(items) > 1 and deep < DEEP:
            return "".join(self.say(item, deep + 1) for item in items)
        for found, key, other in self._fitting(text):
            values = self._values(found, key, deep)
            if GLUE.fullmatch(key) and not (deep and self._joins(found, values)):
                continue
            return _filled(other, values)
        for cut in CUTS if deep < DEEP else ():
            pieces = cut.split(text)
            if len(pieces) > 1:
                return "".join(self.say(piece, deep + 1) for piece in pieces)
        return text

    @staticmethod
    def _joins(found, values):
        """Return whether each value of a conjunction is a name or a known text."""
        return all(value != values[name] or not APART.search(value) for name, value in found.items())

    def _values(self, found, key, deep):
        """Return the values of a pattern, translated but for the name in `name = value`."""
        named = NAMED.findall(key)
        return {name: value if name in named else self.say(value, deep + 1) for name, value in found.items()}

    def _raised(self, message, deep):
        """Translate an error message of the course. One of Python stays as it is."""
        for found, key, other in self._fitting(message):
            if _letters(key) >= LONG:
                return _filled(other, self._values(found, key, deep))
        return self.said.get(message, message)

    def framed(self, text):
        """Translate a sentence with values in it, and leave the values."""
        fitting = sorted(self._fitting(text), key=lambda one: one[1].startswith("{"))
        for found, _, other in fitting:
            return _filled(other, {n: self.say(v) if TERMS.fullmatch(v) else v for n, v in found.items()})
        return text

    def _whole(self, text):
        """Return the translation of a sentence, with or without the mark at its end, or None."""
        if text in self.said:
            return self.said[text]
        for mark in ".:":
            if text + mark in self.said:
                return self.said[text + mark].removesuffix(mark)
            if text.endswith(mark) and text[:-1] in self.said:
                return self.said[text[:-1]] + mark
        large = text[:1].upper() + text[1:]
        return self._whole(large) if large != text and " " in text else None

    def _fitting(self, text):
        """Yield (values, pattern, translation) of the patterns that fit, the longest first."""
        whole = text.count("[") == text.count("]") and "[[[" not in text
        for key, balanced, plain, other in self.patterns:
            match = (balanced if whole else plain).fullmatch(text)
            if match and not (key.startswith("{") and match[1].endswith(",")):
                yield {name[1:]: value for name, value in match.groupdict().items()}, key, other


def _filled(template, values):
    return PLACE.sub(lambda place: values.get(place[1], place[0]), template)


def pattern(template, value=VALUE):
    """Return a regular expression that finds the values in a sentence made from a template.

    >>> pattern("{0} of {1} points").fullmatch("2 of 12 points").groups()
    ('2', '12')
    """
    pieces, seen, parts = PLACE.split(template), set(), []
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            large = re.match("[A-Z](?=[a-z])", piece) if i == 0 else None  # within a line it may be small
            parts.append(
                f"[{piece[0]}{piece[0].lower()}]{re.escape(piece[1:])}" if large else re.escape(piece)
            )
        elif piece in seen:
            parts.append(f"(?P=v{piece})")
        else:
            seen.add(piece)
            # of two values without anything between them, the second begins no word
            follows = i > 1 and not pieces[i - 1]
            begins = r"(?![^\W_])" if follows else ""
            # a script's sentence may end without either of two values
            joined = value == VALUE and i + 2 < len(pieces) and not pieces[i + 1] and not follows
            some = f"{value[:-2]}+?" if joined else value
            parts.append(f"(?P<v{piece}>{begins}{some})")
    return re.compile("".join(parts), re.DOTALL)


def _tells(template):
    """Return whether a pattern is more than a word or two between values."""
    return (
        _letters(template) > 2
        or not template.startswith("{")
        or bool(re.search(r'[\d"]', PLACE.sub("", template)))
    )


def _rank(template):
    """Order patterns: long ones that begin with a word, then by the letters that are not values."""
    letters = _letters(template)
    return letters >= LONG and not template.startswith("{"), letters, len(template)


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
