"""Text that a learner had a hand in: names, messages, printed lines. Here it is made safe to write."""

import re
import unicodedata

# control characters, and marks that hide text or change the order in which it is shown; the two joiners
# U+200C and U+200D stay, since names and emoji are spelled with them
UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
IN_A_LINE = re.compile(rf"[\t\n{UNSEEN}]")
IN_A_PAGE = re.compile(f"[{UNSEEN}]")
FORMULA = set("=+-@|%\N{MINUS SIGN}")
LONGEST = 16_000  # characters; a cell of a spreadsheet holds 32767, and a guard may double a text


def clean_text(text, pattern=IN_A_LINE):
    """One line that can be written as UTF-8; half a surrogate pair is shown by its number."""
    text = str(text).encode("utf-8", "backslashreplace").decode("utf-8")
    return pattern.sub(" ", text)


def clean_page(text):
    """The same for a whole page, whose lines stay."""
    return clean_text(text, IN_A_PAGE)


def cell_text(text):
    """Text that a spreadsheet takes for text, whether it splits the file at commas or at semicolons.

    What begins like a formula gets an apostrophe in front. Where semicolons separate cells, our quotes do
    not hold a text together: what follows a semicolon must not begin like a formula or open a quote.
    """
    text = clean_text(text)
    if len(text) > LONGEST:
        text = text[:LONGEST] + " ..."
    first, *rest = text.split(";")
    guarded = ["'" + part if _first_visible(part) in ("", '"', "=") else part for part in rest]
    return ";".join(["'" + first if _first_visible(first) == "=" else first, *guarded])


def _first_visible(text):
    """The first character that is surely kept; "=" stands for all that begin a formula."""
    for character in text:
        # a program that tidies text may drop spaces, marks, and what has no width
        if unicodedata.category(character)[0] in "ZMC" or character == "\N{BRAILLE PATTERN BLANK}":
            continue
        return "=" if unicodedata.normalize("NFKC", character)[:1] in FORMULA else character
    return ""
