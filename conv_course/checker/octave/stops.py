"""What Octave's words say about the line that a function stopped in, as a sentence and a question.

Each entry of `FORMS` is a pattern of Octave's message and a function that returns both, or None.
"""

import re

TOOLBOX = {
    "padarray",
    "im2col",
    "col2im",
    "imfilter",
    "imrotate",
    "imresize",
    "nlfilter",
    "blockproc",
    "dlconv",
}
PAIRS = {"in", "kernel", "stride", "padding", "x_size"}
OPERATORS = {"product": ".*", "quotient": "./"}
SIZE = r"(\d+(?:x\d+)+)"
BOTH = rf"\(op1 is {SIZE}, op2 is {SIZE}\)"


def explain(message):
    """Return (sentence, question) about an error message, or None."""
    for pattern, say in FORMS:
        if found := re.search(pattern, message):
            return say(*found.groups())
    return None


def _beyond(name, indices, bound, dims):
    places = [k for k, index in enumerate(indices.split(",")) if index != "_"]
    if len(places) != 1:
        return None
    value, array = indices.split(",")[places[0]], "the array" if name == "index " else name
    if "," not in indices:
        text = f"{array} has {bound} entries ({_size(dims)}), and your function takes entry {value}."
        if name in PAIRS:
            return text, f"{name} holds a height and a width: which array knows the rest?"
        return text, f"Which entry of {array} did you mean?"
    if places[0] > 1:
        text = f"Index {places[0] + 1} of {array} is {value}, and {array} is {_size(dims)}."
    else:
        word = ("row", "column")[places[0]]
        text = f"Your function takes {word} {value} of {array}, and {array} has {_count(bound, word)}."
    return text, "Which of your lines makes this index, and for which window is it too large?"


def _count(number, word):
    return f"{number} {word}" if number == "1" else f"{number} {word}s"


def _size(dims):
    return dims.replace("x", " x ")


def _two_sizes(operator, first, second):
    if first == second and operator == "=":
        return None
    first, second = _size(first), _size(second)
    if operator == "=":
        text = f"On the left of = is room for {first}, on the right stands {second}."
        return text, "Which of the two has the size that you meant?"
    operator = OPERATORS.get(operator.removeprefix("operator "), operator.removeprefix("operator "))
    if operator == "*":
        text = f"* is the matrix product, and its sides are {first} and {second}."
        return text, "Do you want a matrix product here, or entry by entry?"
    text = f"{operator} works entry by entry, and its sides are {first} and {second}."
    return text, "Which of the two sizes is not the one that you meant?"


def _unknown(name):
    if name in TOOLBOX:
        return (
            f"{name} belongs to a toolbox, and the course uses none.",
            f"What does {name} do, in a few lines?",
        )
    text = f"{name} is not known in the line that uses it."
    return text, "Is it set before that line in every case, and spelt the same there?"


def _reshaped(first, second):
    text = f"reshape keeps all numbers, and {_size(first)} has not as many as {_size(second)}."
    return text, "How many numbers are there, and how many places for them?"


def _joined(which, first, second):
    text = f"Stacked in brackets, {_size(first)} and {_size(second)} do not fit together."
    if which == "vertical":
        return (
            text,
            "Below each other stand rows of the same length: which of the two is not as you meant it?",
        )
    return text, "Side by side stand columns of the same length: which of the two is not as you meant it?"


FORMS = (
    (rf"^(\w+|index )\(([\d_,:]+)\): out of bound (\d+) \(dimensions are {SIZE}\)", _beyond),
    (
        rf"^(operator \S+|product|quotient|=): nonconformant arguments \(op1 is {SIZE}, op2 is {SIZE}\)",
        _two_sizes,
    ),
    (r"^'(\w+)' undefined", _unknown),
    (rf"^reshape: can't reshape {SIZE} array to {SIZE} array", _reshaped),
    (rf"^(vertical|horizontal) dimensions mismatch \({SIZE} vs {SIZE}\)", _joined),
    (
        r"^conv2: A and B must be 1-D vectors or 2-D matrices",
        lambda: (
            "conv2 and filter2 take matrices only: one channel of one image.",
            "How many dimensions has what you pass?",
        ),
    ),
    (
        r"^Invalid call to (\w+)",
        lambda name: (f"{name} does not take these arguments.", f"What does `help {name}` say about them?"),
    ),
    (
        r"^max_recursion_depth exceeded",
        lambda: (
            "Your function calls itself, without an end.",
            "Which line calls it, and what should it call?",
        ),
    ),
)
