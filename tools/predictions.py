"""The predictions of the book: parsed from `{predict}` and computed, for the pages and for other systems.

    ```{predict} 02-strided
    :given: from conv_lib.sizes import output_size
    :answer: output_size(7, 3, stride=3)

    Seven samples, three taps, stride 3: how many outputs?

    - `3`: A window that hangs over the end is no window.
    - `output_size(7, 3)`: That is what stride 1 gives.

    ---
    The windows start at 0 and 3, and <<7 - 6>> sample is left over.
    ```

`:answer:` asks for a number, with the tolerance `:within:`; each item is a wrong number with its reason.
`:choose:` shows the answer and the items' values as choices. `:order:` says how to sort the items ``- `key`:
text | reason``, whose keys ascend in the right order. Without these options each item is a choice ``-
`condition`: text | reason``, and only the right one's condition is true. All expressions are Python, which
the build evaluates after the imports in `:given:`. A false claim is a build error, and so is a false
`:holds:`. `<<expression>>` in a text is replaced by its value. The text after `---` is shown when the reader
has committed to an answer. `:recall:` marks a question to be answered from memory. `:covers:` names what
would give the answer away: see `tools.covers`.
"""

import hashlib
import re
from dataclasses import dataclass

import numpy as np

ITEM = re.compile(r"- `(?P<code>[^`]+)`: (?P<text>.*(?:\n  .*)*)", re.MULTILINE)
VALUE = re.compile(r"<<(.+?)>>")
LETTER = re.compile(r"[A-Z]: ")
FENCE = re.compile(r"^(`{3,})\{predict\} (\S+)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
OPTION = re.compile(r":(\w+):[ ]?(.*)")
OPTIONS = ("given", "answer", "within", "choose", "order", "holds", "recall", "covers")


class Untrue(ValueError):
    """A claim of an author that is false or cannot be computed."""


@dataclass(frozen=True)
class Item:
    """A choice, a number, or a line to put in order: whether it is right, its value or text, its reason."""

    right: bool
    shown: str
    reason: str

    @property
    def mark(self):
        """A short name that depends only on the text."""
        return hashlib.sha256(self.shown.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Prediction:
    """One `{predict}`. `kind` is number, choice or order. The items of an order are in the right order."""

    name: str
    kind: str
    asked: str
    items: tuple
    after: str
    order: str = ""
    within: float = 0.0
    recall: bool = False

    @property
    def right(self):
        return next(one for one in self.items if one.right)

    @property
    def wrong(self):
        return [one for one in self.items if not one.right]

    @property
    def mixed(self):
        """The items in an order that depends only on their texts: by their letters, "A: ...", or mixed.

        The order is never the right one of an ordering.
        """
        lettered = all(LETTER.match(one.shown) for one in self.items)
        mixed = sorted(self.items, key=lambda one: one.shown if lettered else one.mark)
        return mixed[1:] + mixed[:1] if self.kind == "order" and mixed == list(self.items) else mixed


def predictions(text):
    """Yield all predictions in the source of a page."""
    for _, name, body in FENCE.findall(text):
        yield from_lines(name, body.splitlines())


def from_lines(name, lines):
    """Return the prediction in the lines of a directive, which begin with the options."""
    count = next((k for k, line in enumerate(lines) if not OPTION.fullmatch(line)), len(lines))
    options = dict(OPTION.fullmatch(line).groups() for line in lines[:count])
    return prediction(name, options, "\n".join(lines[count:]))


def prediction(name, options, text):
    """Return the prediction that a directive's options and content describe, with all values computed."""
    space = {"np": np}
    computed(options.get("given", ""), space, exec)
    if not computed(options.get("holds", "True"), space):
        raise Untrue(f"`{options['holds']}` does not hold")
    asked, _, after = filled(text, space).partition("\n---\n")
    lines = [(found["code"], " ".join(found["text"].split())) for found in ITEM.finditer(asked)]
    within = float(computed(options.get("within", "0"), space))
    if "answer" in options:
        kind, items = "number", numbers(lines, options["answer"], space, within)
    elif "order" in options:
        kind, items = "order", ordered(lines, space)
    else:
        kind, items = "choice", choices(lines, space, options.get("choose"))
    asked = ITEM.sub("", asked).strip()
    return Prediction(
        name, kind, asked, tuple(items), after.strip(), options.get("order", ""), within, "recall" in options
    )


def filled(text, space):
    """Return the text with each `<<expression>>` replaced by its value."""
    return VALUE.sub(lambda found: shown(computed(found[1], space)), text)


def numbers(lines, answer, space, within=0.0):
    """Compute the right number and the wrong ones, and return their items."""
    values = [float(computed(answer, space))]
    made = [Item(True, f"{values[0]:.12g}", "")]
    for code, reason in lines:
        value = float(computed(code, space))
        if any(abs(value - other) <= max(within, 1e-6 * max(1, abs(other))) for other in values):
            raise Untrue(f"`{code}` is {value:.12g}, which is the answer or stands here twice")
        values.append(value)
        made.append(Item(False, f"{value:.12g}", reason))
    return made


def choices(lines, space, answer=None):
    """Return the choices: values, with `answer` the right one, or texts, one with a true condition."""
    made = [] if answer is None else [Item(True, shown(computed(answer, space)), "")]
    for code, text in lines:
        if answer is not None:
            made.append(Item(False, shown(computed(code, space)), text))
            continue
        said, _, reason = (part.strip() for part in text.partition(" | "))
        made.append(Item(bool(computed(code, space)), said, reason))
    for one in made:
        if not one.right and not one.reason:
            raise Untrue(f"the wrong choice {one.shown!r} has no reason")
    true = [one.shown for one in made if one.right]
    if len(true) != 1 or len(made) < 2:
        raise Untrue(f"of {len(made)} choices {len(true)} are right, not one: {true}")
    if len({one.shown for one in made}) < len(made):
        raise Untrue(f"two choices read alike: {[one.shown for one in made]}")
    return made


def ordered(lines, space):
    """Return the items in the right order, sorted by their keys."""
    keys = [computed(code, space) for code, _ in lines]
    if len(keys) < 3 or len(set(keys)) < len(keys):
        raise Untrue(f"an order needs three or more different keys, these are {keys}")
    made = []
    for _, (_, text) in sorted(zip(keys, lines, strict=True)):
        said, _, reason = (part.strip() for part in text.partition(" | "))
        if not reason:
            raise Untrue(f"{said!r} has no reason for its place")
        made.append(Item(True, said, reason))
    return made


def computed(code, space, run=eval):
    try:
        return run(code, space)
    except Exception as error:
        raise Untrue(f"`{code}`: {type(error).__name__}: {error}") from None


def shown(value):
    r"""Format a value for a sentence.

    >>> shown(np.array([1.0, -2.5])), shown((2, 3)), shown(34944)
    ('(1, −2.5)', '(2, 3)', '34\u202f944')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | np.ndarray) and np.ndim(value):
        inside = ", ".join(shown(one) for one in value)
        return f"({inside},)" if isinstance(value, tuple) and len(value) == 1 else f"({inside})"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if float(value).is_integer() and abs(value) >= 10_000:
        return f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", "\N{MINUS SIGN}")
    return f"{float(value):.6g}".replace("-", "\N{MINUS SIGN}")
