"""Put sentences about Python's arrays into MATLAB's words: dimensions, round brackets, counted from 1."""

import re

from .arrays import WORDS

PLURAL = {word: f"{word}s" for word in (*WORDS.values(), "number")}
# hints of the analysis of Python's answers that name Python
HINTS = {
    "Where do whole numbers come in: in the type of an array, by //, int() or a rounding?": (
        "Where do whole numbers come in: by floor, round, fix or a class such as int32?"
    ),
    "Which type does the input have?": "Which class has the input, and which one has your result?",
    "A letter that the result does not have is summed, not averaged: what divides or multiplies yours?": (
        "What divides or multiplies your numbers, and does it belong there?"
    ),
    "How many axes does {0} have?": "How many dimensions does {0} have?",
}

SIDE_BY_SIDE = "What makes two numbers stand beside each other in Octave, and what below each other?"


def in_words(text):
    """Return a sentence on places as one on MATLAB's: `axis 0 (i)` becomes `dimension 1 (rows)`."""
    text = HINTS.get(text, text)
    text = re.sub(r"\b(\d+) \((\w)\)", lambda m: f"{int(m[1]) + 1} ({_plural(m[2])})", text)
    text = re.sub(r"\baxis\b", "dimension", text)
    text = re.sub(r"\baxes\b", "dimensions", text)
    text = re.sub(r"(\w)\[([^\[\]]*)\]", r"\1(\2)", text)
    return re.sub(r"\((\d+(?:, \d+)+)\)", lambda m: m[1].replace(", ", " x "), text)


def _plural(letter):
    return PLURAL[WORDS[letter]] if letter in WORDS else "numbers"


def size_text(shape):
    return " x ".join(map(str, shape))
