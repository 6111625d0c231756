"""Format sums and places as text."""

import numpy as np

from .quantities import some


def place(name, k, shape):
    """Return a place as text, x[1, 2], or just the name for a single number."""
    if not shape:
        return name
    return f"{name}[{', '.join(str(int(a)) for a in np.unravel_index(k, shape))}]"


def sum_text(terms, shapes, other=None, most=5, shown=3):
    """Return a sum {product: coefficient} as text. A long one shows the terms that differ from `other`."""
    if not terms:
        return "0"
    order = sorted(terms, key=lambda p: (-len(p), p))
    if len(terms) > most and other is not None:
        differs = [p for p in order if abs(other.get(p, 0) - terms[p]) > 1e-9 * abs(terms[p])]
        order = differs + [p for p in order if p not in differs]
        kept = order[: min(len(differs) or shown, shown)]
        agree = 0 < len(differs) <= shown
    else:
        kept, agree = order[:most], False
    text = ""
    for product in kept:
        c = terms[product]
        factors = "*".join(place(name, k, shapes[name]) for name, k in product)
        size = some(abs(c))
        term = factors if size == "1" and factors else f"{size}*{factors}" if factors else size
        text += (" - " if c < 0 else " + ") + term
    text = text[3:] if text.startswith(" + ") else "-" + text[3:]
    rest = len(terms) - len(kept)
    if rest:
        more = " + 1 more term" if rest == 1 else f" + {rest} more terms"
        text += f"{more} that agree" if agree else more
    return text


def shape_text(shape):
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


NOT_TOLD = " also wrong: mend what this card shows, then check again."
NO_CAUSE = ("no cause was found for it.", "no cause was found for these.")  # ends what has no explanation
READ = " nothing stops, and your sums can be read:"  # ends what is told of stops; the rest is on another case


def listed(words):
    """Join words: a, b and c."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
