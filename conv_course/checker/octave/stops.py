"""What Octave's words say about the line that a function stopped in, as a sentence and a question.

Each entry of `FORMS` is a pattern of Octave's message and a function that returns both, or None.
"""

import math
import re

import numpy as np

from .arrays import sizes_of

WINDOWS = "the windows: H' x W'"
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


def explain(message, given=None):
    """Return (sentence, question) about an error message, or None.

    With the arguments of the call, {name: value}, it is told which size is that of which array.
    """
    for pattern, say in FORMS:
        if found := re.search(pattern, message):
            said = say(*found.groups())
            if say is _beyond and set(found[4]) == {"1", "x"} and np.size((given or {}).get(found[1], 0)) > 1:
                return said[0], f"Which of your lines gives {found[1]} another value?"
            return _with_names(*said, given) if said and say is _two_sizes and given else said
    return None


def too_few_outputs(message, lines):
    """Return the question whether size() has fewer outputs than dimensions, or None.

    `lines` tell in which cases the function is right: those in which the product that the last output then is
    has one factor.
    """
    if found := re.search(rf"^=: nonconformant arguments {BOTH}", message):
        return _multiplied(*found.groups())
    found = re.search(rf"^\w+\s?\(([\d_,]+)\): out of bound \d+ \(dimensions are {SIZE}\)", message)
    if not found:
        return None
    places = [k for k, index in enumerate(found[1].split(",")) if index != "_"]
    dims = [int(n) for n in found[2].split("x")]
    if len(places) != 1 or not 0 < places[0] < len(dims) - 1:
        return None
    at, rest = places[0], len(dims) - 1 - places[0]
    index = int(found[1].split(",")[at])
    alone = re.compile(rf"exactly those with {' and '.join(['one (image|filter|channel)'] * rest)}\.")
    if rest < 3 and index != math.prod(dims[at:]) and not any(alone.search(line) for line in lines):
        return None
    return _outputs(at, dims)


def _outputs(at, dims):
    """Return the question whether size() has one output for each of the first `at` + 1 dimensions only."""
    left = "*".join(map(str, dims[at:]))
    outputs = ", ".join("abc"[: at + 1])
    return (
        f"In [{outputs}] = size(...) the last output is the product of all sizes that are left, here "
        f"{left} = {math.prod(dims[at:])}: does one of your lines ask for too few sizes?"
    )


def _with_names(text, question, given):
    """Return the sentence on two sizes, with what else has these sizes if both are known, and a question."""
    known = _known(given)
    sizes = re.findall(r"\d+(?: x \d+)+", text)
    names = [known.get(tuple(map(int, size.split(" x ")[:2]))) for size in sizes]
    if None in names or len(set(names)) < 2:
        return text, question
    for size, name in zip(sizes, names, strict=True):
        text = re.sub(rf"(?<![\dx] ){size}(?! x| \()", f"{size} (like {name})", text, count=1)
    if WINDOWS in names and any("image" in name for name in names):
        question = "Do your ranges stop at the last window, or do they run on to the end of the image?"
    return text, question


def _known(given):
    """Return {(rows, columns): what has this size}, without sizes that several things have."""
    sizes = sizes_of(given)
    kernel = given.get("kernel", (sizes.get("kH"), sizes.get("kW")))
    size = given.get("x_size", (sizes.get("H"), sizes.get("W")))
    if None in (*kernel, *size) or "stride" not in given:
        return {}
    P, S = given.get("padding", (0, 0)), given["stride"]
    padded = tuple(n + 2 * p for n, p in zip(size, P, strict=True))
    windows = tuple((n - k) // s + 1 for n, k, s in zip(padded, kernel, S, strict=True))
    named = [(tuple(kernel), "the kernel"), (windows, WINDOWS), (tuple(size), "the whole image")]
    if any(P):
        named.append((padded, "the padded image"))
    if tuple(S) != (1, 1):
        steps = tuple(-(-n // s) for n, s in zip(padded, S, strict=True))
        named.append((steps, "the whole image in steps of the stride"))
    return {pair: name for pair, name in named if sum(pair == other for other, _ in named) == 1}


# what the third and the fourth index of an array count
IMAGES, FILTERS, OUTPUTS = (
    {2: third, 3: fourth}
    for third, fourth in (("channels", "images"), ("channels", "filters"), ("filters", "images"))
)
COUNTED = {
    "x": IMAGES,
    "xpad": IMAGES,
    "dx": IMAGES,
    "w": FILTERS,
    "dw": FILTERS,
    "y": OUTPUTS,
    "dout": OUTPUTS,
}


def _beyond(name, indices, bound, dims):
    places = [k for k, index in enumerate(indices.split(",")) if index != "_"]
    if len(places) != 1:
        return None
    value, array = indices.split(",")[places[0]], "the array" if name == "index " else name
    if "," not in indices and set(dims.split("x")) == {"1"} and name not in PAIRS:
        return (
            f"{array} is a single number, and your function takes entry {value} of it.",
            "Between two rows / gives a single number, ./ one for each entry: which operators stand in the "
            f"line that makes {array}?",
        )
    if "," not in indices:
        text = f"{array} has {bound} entries ({_size(dims)}), and your function takes entry {value}."
        if name in PAIRS:
            return text, f"{name} holds a height and a width: which array knows the rest?"
        return text, f"Which entry of {array} did you mean?"
    if places[0] > 1:
        text = f"Index {places[0] + 1} of {array} is {value}, and {array} is {_size(dims)}."
        if counted := COUNTED.get(name, {}).get(places[0]):
            return (
                text,
                f"This index counts {counted}: what does the name count that stands there in your line?",
            )
    else:
        word = ("row", "column")[places[0]]
        text = f"Your function takes {word} {value} of {array}, and {array} has {_count(bound, word)}."
    return text, "Which of your lines makes this index, and for which window is it too large?"


def _count(number, word):
    return f"{number} {word}" if number == "1" else f"{number} {word}s"


def _size(dims):
    return dims.replace("x", " x ")


def note(message):
    """Return in brackets what Octave leaves out of a message, or ""."""
    found = re.search(rf"^=: nonconformant arguments {BOTH}", message)
    if found and found[1] == found[2] and found[1].count("x") == 1:
        return " (Octave prints two sizes only: the two sides differ in the third or beyond)"
    return ""


def _two_sizes(operator, first, second):
    if first == second and operator == "=":
        return None
    if operator == "=":
        first, second = _size(first), _size(second)
        text = f"On the left of = is room for {first}, on the right stands {second}."
        return text, "Which of the two has the size that you meant?"
    first, second = _size(first), _size(second)
    operator = OPERATORS.get(operator.removeprefix("operator "), operator.removeprefix("operator "))
    if operator == "*":
        text = f"* is the matrix product, and its sides are {first} and {second}."
        return text, "Do you want a matrix product here, or entry by entry?"
    text = f"{operator} works entry by entry, and its sides are {first} and {second}."
    return text, "Which of the two sizes is not the one that you meant?"


def _multiplied(left, right):
    """Return the question of `_outputs` if one length on the left is the product of those that are left."""
    left, right = ([int(n) for n in dims.split("x")] for dims in (left, right))
    left += [1] * (len(right) - len(left))
    for at in range(1, min(len(right) - 1, 3)):
        if left[at] != right[at] and left[at] == math.prod(right[at:]) and left[:at] == right[:at]:
            return _outputs(at, right)
    return None


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
