"""Sanitise text that a learner can influence: names, messages, printed lines."""

import os
import re
import tempfile
import unicodedata

PREFIX, UNPACKED = "grade_class_", "unpacked_"  # of the temporary folders of a run, and of a zip in it

# control characters, and characters that hide text or change its display order; the two joiners U+200C and
# U+200D are kept, since names and emoji are spelled with them
UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
IN_A_LINE = re.compile(rf"[\t\n{UNSEEN}]")
IN_A_PAGE = re.compile(f"[{UNSEEN}]")
FORMULA = set("=+-@|%\N{MINUS SIGN}")
LONGEST = 16_000  # characters; a spreadsheet cell holds 32767, and the apostrophes may double the length


def clean_text(text, pattern=IN_A_LINE):
    """Return one line that can be encoded as UTF-8. A lone surrogate is replaced by its escape sequence."""
    text = without_scratch(str(text)).encode("utf-8", "backslashreplace").decode("utf-8")
    return pattern.sub(" ", text)


def without_scratch(text):
    """Return the text without the run's temporary folder, which means nothing to the teacher.

    A path in it keeps the part below the folder that a zip was unpacked in: there it begins as in the zip.
    """
    home = tempfile.tempdir  # `scratch.folder` sets it
    name = os.path.basename(home) if home else ""
    if not name.startswith(PREFIX) or name not in text:
        return text
    return re.sub(rf"""[^\s"']*{re.escape(name)}(?:/{UNPACKED}[^/\s"':]*)?/?""", "", text)


def clean_page(text):
    """Do the same for a whole page, but keep its line breaks."""
    return clean_text(text, IN_A_PAGE)


def cell_text(text):
    """Return text that a spreadsheet reads as text, whether it splits the file at commas or at semicolons.

    Text that begins like a formula is prefixed with an apostrophe. If the spreadsheet splits at semicolons,
    our quotes do not protect a semicolon within a cell, so the text after it must not begin like a formula
    or with a quote either.
    """
    text = clean_text(text)
    if len(text) > LONGEST:
        text = text[:LONGEST] + " ..."
    first, *rest = text.split(";")
    guarded = ["'" + part if _first_visible(part) in ("", '"', "=") else part for part in rest]
    return ";".join(["'" + first if _first_visible(first) == "=" else first, *guarded])


def _first_visible(text):
    """Return the first visible character; "=" for any character that begins a formula."""
    for character in text:
        # a program may strip spaces, combining marks and characters without width
        if unicodedata.category(character)[0] in "ZMC" or character == "\N{BRAILLE PATTERN BLANK}":
            continue
        return "=" if unicodedata.normalize("NFKC", character)[:1] in FORMULA else character
    return ""


def counted(number, one):
    """Return a number and its noun.

    >>> counted(1, "mark"), counted(0, "mark")
    ('1 mark', '0 marks')
    """
    return f"{number} {one}{'' if number == 1 else 's'}"


def in_words(error):
    """Return the message of an OSError for somebody who does not read Python."""
    parts = (without_scratch(str(error.filename or "")), error.strerror or error)
    return ": ".join(str(part) for part in parts if part)
