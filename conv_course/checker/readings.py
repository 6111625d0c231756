"""Explain a wrong number that was worked out on paper: find the wrong calculation that gives exactly it.

A sheet states how the numbers are computed, in the symbols of the question (`Question.worked`)::

    W, kW = 5, 3
    W_out = W - kW + 1
    conv products = kW * W_out
    also dw[0] = dout[0] * x[0]

A line whose left side names an asked number is its rule. The other lines define symbols. `also` names a
number that is not asked for but may be mistaken for one that is. The rules are edited in one place, then in
two, until the result is the number that was handed in. An explanation is arithmetic, so it is always true.
"""

import ast
import math
import re

import numpy as np

from .computes.linear import Said
from .computes.sentences import listed
from .worked import GROWN, edited, edited_twice, edits, factors, is_step, rules_of, terms, text_of, value_of

LEFT_OUT = "Which products belong to this number? Find the place of each of them once more."
ALL_ASKED = "Read the question once more: how many numbers does it ask for?"
ONE_MORE = "What does your 1 stand for, such as a bias or a last place, and does this number count it?"
STATED = 'Which of the numbers that the question states is "{0}"?'
FIRST_NUMBER = "Which of the wrong numbers is the first that the others follow from? Write its rule down."

RARE = 100  # a multiple of so large a number is no coincidence
PIXELS = ast.parse("H_out * W_out", mode="eval").body  # of one image of y
SAID = 2  # calculations that are told, where several give the number


def explain(question, table, failing, given=()):
    """Return a `Said` about the wrong numbers of a paper question, or None. `given` is what came back."""
    absent = [name for (_, name), why in failing.items() if why.kind == "missing"]
    if absent and len(absent) == len(failing) < len(question.outputs):
        names = listed([f'"{name}"' for name in absent])
        others = [f'"{name}"' for name in given if name not in question.outputs]
        text = f"Nothing comes back as {names}; the other numbers are right."
        if others:
            text = (
                f"Nothing comes back as {names}, but as {listed(others)}, which is not asked for; "
                "the other numbers are right."
            )
        hint = "Is the name spelled as in the question?" if others else ALL_ASKED
        return Said((text,), hint, 0)
    if not question.worked_text:
        return None
    own = {name: _number(table[0, name][0]) for name in question.outputs}
    entries = {name: _entries(question, name, table[0, name][0]) for name in question.outputs}
    own |= {name: number for found in entries.values() for name, number in found.items()}
    worked = rules_of(question.worked_text, tuple(own))
    right = worked.values()
    wrong = [
        name
        for _, one in failing
        for name in (one, *entries[one])
        if name not in entries[one] or not _near(right.get(name), own[name])
    ]
    lines, own_rules = [], []
    for name in wrong:
        if name in worked.rules and own[name] is not None:
            text = reading(worked, name, own)
            lines += [text] if text else []
            given_away = _follows(worked, name, own) or _stated(worked, name)
            own_rules += [name] if text and not (given_away and given_away in text) else []
    alone = len(wrong) - sum(bool(_follows(worked, name, own)) for name in wrong if name in worked.rules)
    return Said(tuple(lines), _hint(question, worked, lines, own_rules, alone), 0) if lines else None


def _entries(question, name, value):
    """Return {name[0]: number, ...} of a list of numbers, if each of them has a rule and no rule is left."""
    found = [_number(v) for v in value] if isinstance(value, list | tuple) else []
    rules = sum(line.strip().startswith(f"{name}[") for line in question.worked_text.splitlines())
    fits = len(found) == rules and None not in found
    return {f"{name}[{i}]": number for i, number in enumerate(found)} if fits else {}


def _hint(question, worked, lines, own_rules, alone):
    """Return the hint to the lines.

    `own_rules` are the numbers in them that follow from no other, `alone` counts all such wrong numbers.
    """
    if lines and " comes out without " in lines[0]:
        return LEFT_OUT
    if not own_rules:
        stated = all(line.endswith("which the question states.") for line in lines)
        named = lines[0].split('"')[1]
        return STATED.format(named) if stated or alone > 1 else FIRST_NUMBER
    ones = max(text_of(worked.rules[each]).count(" + 1") for each in worked.needed(own_rules[0]))
    asked = next(name for name in question.outputs if own_rules[0].startswith(name))
    return ONE_MORE if lines[0].count(" + 1") > ones else question.asks[asked]


def follows(question, table, name):
    """Return whether a wrong number follows, by the right rule, from another wrong number of the learner."""
    if not question.worked_text:
        return False
    worked = rules_of(question.worked_text, tuple(question.outputs))
    own = {one: _number(table[0, one][0]) for one in question.outputs if one in worked.rules}
    return name in worked.rules and own[name] is not None and bool(_follows(worked, name, own))


def depends(question, table, name):
    """Return whether the rule of a number contains another number of the question that is wrong."""
    own = {one: _number(table[0, one][0]) for one in question.outputs}
    worked = rules_of(question.worked_text, tuple(question.outputs))
    return name in worked.rules and bool(_wrong_letters(worked, name, own))


def beginning(question, name):
    """Return a sentence with the first term of a number that is a sum of several terms, or ""."""
    worked = rules_of(question.worked_text, tuple(question.outputs))
    parts = terms(worked.rules[name]) if name in worked.rules else []
    return (
        f" Its {len(parts)} terms begin with {text_of(parts[0])}: go on from there." if len(parts) > 2 else ""
    )


def _number(value):
    try:
        return float(value) if np.size(value) == 1 and np.isfinite(value) else None
    except (TypeError, ValueError):
        return None


def reading(worked, name, own):
    """Return a sentence that explains how `own[name]` was computed, or "" if nothing is found."""
    number = own[name]
    text = (
        _follows(worked, name, own)
        or _also_together(worked, name, own, _only_the_pixels(worked, name, own, _edited(worked, name, own)))
        or _taken_for(worked, name, number, own)
        or _made_of(worked, name, own)
        or _edited_twice(worked, name, number)
        or _of_one_channel(worked, name, own)
        or _multiple(worked, name, number, own)
        or _pixels_of_none(worked, name, own)
        or _stated(worked, name)
    )
    return f'"{name}": your {some_number(number)} {text}.' if text else ""


def some_number(number):
    return f"{number:g}" if abs(number) >= 1e6 or number % 1 else str(int(number))


def _follows(worked, name, own):
    """Explain a number by the right rule applied to another wrong number of the learner."""
    for letter, (other, value) in _wrong_letters(worked, name, own).items():
        if _near(worked.value(worked.rules[name], own={letter: value}), own[name]):
            return f'follows from your "{other}"; the rule behind it is right'
    return ""


def _wrong_letters(worked, name, own):
    """Return {symbol: (asked number, its value)} of the learner's wrong numbers that `name` depends on."""
    right = worked.values()
    known = {k: v for k, v in own.items() if k in worked.rules and k != name and v is not None}
    wrong = {k: v for k, v in known.items() if abs(v - right[k]) > 1e-9}
    trees = {other: worked.rules[other] for other in wrong}
    letters = {tree.id: other for other, tree in trees.items() if isinstance(tree, ast.Name)}
    depends = _letters_behind(worked, name)
    return {letter: (other, wrong[other]) for letter, other in letters.items() if letter in depends}


def _letters_behind(worked, name):
    """Return all symbols of the rules behind a number."""
    trees = [worked.rules[each] for each in worked.needed(name)]
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _taken_for(worked, name, number, own):
    """Explain a number as one with another name, if the learner already knows that one."""
    right = worked.values()
    asked = [k for k in worked.rules if k not in worked.letters]
    known = [k for k in asked if own.get(k) is not None and _near(right[k], own[k])]
    found = [k for k in known if k != name and _near(right[k], number)]
    if len(found) == 1:
        return f'is the number asked for as "{found[0]}"'
    array = name.partition("[")[0]
    other = [
        k
        for k, tree in worked.also.items()
        if k.startswith(f"{array}[") and _near(worked.value(tree), number)
    ]
    if len(other) == 1:
        return f"is {other[0]}"
    return _together(worked, name, number, known)


def _also_together(worked, name, own, text):
    """Add to the formula of a number that it is two of the asked numbers, if their names begin alike."""
    right = worked.values()
    alike = [k for k in worked.rules if k != name and k.split()[0] == name.split()[0]]
    known = [k for k in alike if own.get(k) is not None and _near(right[k], own[k])]
    both = text.startswith("is ") and _together(worked, name, own[name], known)
    return f"{text}, that {both}" if both else text


def _together(worked, name, number, known):
    """Explain a number as its own right one and another of the right ones `known` together.

    Of several others, only one whose name begins alike is likely ("fc weights", "fc biases").
    """
    right = worked.values()
    others = [k for k in known if k != name and _near(right[name] + right[k], number)]
    alike = [k for k in others if len(others) == 1 or k.split()[0] == name.split()[0]]
    both = sorted((name, *alike), key=list(worked.rules).index)
    return f'is "{both[0]}" and "{both[1]}" together' if len(both) == 2 else ""


def _edited(worked, name, own):
    """Explain a number by one edit of a rule, with the learner's own wrong numbers or with the right ones.

    Where several edits give the number, the two simplest are told: which one it was cannot be known.
    Of a sum that is written out, only the edit with the fewest terms left out is likely.
    """
    found = []
    for letter, (other, value) in _wrong_letters(worked, name, own).items():
        for describe, rules in edits(worked, name):
            made, plain = (value_of(worked, name, rules, mine) for mine in ({letter: value}, {}))
            if made != plain and _near(made, own[name]):
                found.append((f'{describe()}, with your {some_number(value)} for "{other}"', is_step(rules)))
    found += [(describe(), step) for value, describe, step in edited(worked, name) if _near(value, own[name])]
    if len(terms(worked.rules[name])) > 2:
        return found[0][0] if found else ""
    likely = {text for text, step in found if not step} or {text for text, _ in found}
    return ", or ".join(sorted(likely, key=_simplicity)[:SAID])


def _simplicity(text):
    return sum(map(str.isdigit, text)), len(text), text


def _edited_twice(worked, name, number):
    """Explain a number by two edits. Of several pairs that give the number, take the shortest text."""
    found = [describe() for value, describe in edited_twice(worked, name) if _near(value, number)]
    return min(found, key=lambda text: (len(text), text), default="")


def _made_of(worked, name, own):
    """Explain a number as the rule's product with the pixel count of another image in place of y's.

    Only the pixel counts of `_pixels` are tried, not any quotient that happens to be an integer.
    """
    shown, given = _beside_pixels(worked, name, own)
    found = [what for what, pixels in _pixels(worked) if _near(given * pixels, own[name])]
    return f"is {shown} times {found[0]}" if len(found) == 1 else ""


def _pixels_of_none(worked, name, own):
    """Tell what a number that is right but for the pixel count of y takes that count to be."""
    number = own[name]
    for mine in (own, {}):
        shown, given = _beside_pixels(worked, name, mine)
        if given >= RARE and number > 0 and number % given == 0:
            behind = {other for other, _ in _wrong_letters(worked, name, own).values()} if not mine else ()
            if behind:
                right = listed([f'"{other}"' for other in behind])
                shown += f" with the right {right}"
            return f"divided by {shown} gives {int(number / given)}, and {text_of(PIXELS)} is not that"
    return ""


def _only_the_pixels(worked, name, own, text):
    """Return the product of H' and W' in place of an edit of one of them: other edits may give the same."""
    shown, given = _beside_pixels(worked, name, own)
    if not given or not re.fullmatch(r"comes out with [HW]' = [^,]*(, with your .*)?", text):
        return text
    return f"is {shown} times {own[name] / given:g}, which is not {text_of(PIXELS)}"


def _beside_pixels(worked, name, own):
    """Return the factors of a rule without H' * W', as text and as a number; ("", 0) if there are none.

    A factor that is an asked number has the learner's value.
    """
    parts = factors(worked.rules[name])
    grown = [p for p in parts if isinstance(p, ast.Name) and p.id in GROWN]
    kept = [p for p in parts if p not in grown]
    if len(grown) < len(GROWN) or len(kept) < 2:
        return "", 0
    wrong = _wrong_letters(worked, name, own)
    mine = {letter: value for letter, (_, value) in wrong.items()}
    text = " * ".join(text_of(p) for p in kept)
    for letter, (other, value) in wrong.items():
        if any(isinstance(p, ast.Name) and p.id == letter for p in kept):
            text += f', with your {some_number(value)} for "{other}",'
    return text, math.prod(worked.value(p, own=mine) for p in kept)


def _multiple(worked, name, number, own):
    """Tell what a number takes the other factors to be, if it is a multiple of a number that is right."""
    parts = factors(worked.rules[name])
    for other, tree in worked.rules.items():
        known = own.get(other)
        rest = [p for p in parts if not (isinstance(p, ast.Name) and ast.dump(p) == ast.dump(tree))]
        if known and isinstance(tree, ast.Name) and 0 < len(rest) < len(parts) and other != name:
            times = number / known
            if _near(worked.value(tree), known) and times > 1 and times == int(times):
                shown = " * ".join(text_of(p) for p in rest)
                return f'divided by your right "{other}" gives {int(times)}, and {shown} is not that'
    return ""


def _of_one_channel(worked, name, own):
    """Tell what a number takes the pixel count of y to be, if its products are those of one channel only.

    It is then also a multiple of the right products, or nearly so: both ways to split it are told.
    """
    parts = factors(worked.rules[name])
    kept = [p for p in parts if not (isinstance(p, ast.Name) and p.id in GROWN)]
    inner = {
        p: factors(worked.rules[p.id]) for p in kept if isinstance(p, ast.Name) and p.id in worked.derived
    }
    inner = {
        p: each for p, each in inner.items() if any(isinstance(f, ast.Name) and f.id == "D" for f in each)
    }
    if len(kept) > len(parts) - len(GROWN) or len(inner) != 1 or _wrong_letters(worked, name, own):
        return ""
    ((products, each),) = inner.items()
    of_one = [p for p in kept if p is not products]
    of_one += [f for f in each if not (isinstance(f, ast.Name) and f.id == "D")]
    counts = [own[name] / math.prod(map(worked.value, some)) for some in (kept, of_one)]
    if counts[1] % 1 or not 1 < counts[1] <= worked.value(ast.parse("H * W", mode="eval").body):
        return ""
    whole, one = (" * ".join(map(text_of, some)) for some in (kept, of_one))
    if counts[0] % 1:
        return f"is {one} (without D) times {int(counts[1])}, and {text_of(PIXELS)} is not that"
    neither = f"{text_of(PIXELS)} is neither"
    return f"is {whole} times {int(counts[0])}, or {one} (without D) times {int(counts[1])}, and {neither}"


def _stated(worked, name):
    """Tell that a number needs no calculation, if it is one that the question states."""
    tree = worked.rules[name]
    stated = isinstance(tree, ast.Name) and tree.id not in worked.derived
    return f"is not {text_of(tree)}, which the question states" if stated else ""


def _pixels(worked):
    """Yield (description, pixel count) of the images that may be mistaken for y."""
    if not {"H", "W", "pH", "pW", "sH", "sW", *GROWN} <= set(worked.letters):
        return
    one, none = ast.Constant(1), ast.Constant(0)
    padded = ast.parse("(H + 2 * pH) * (W + 2 * pW)", mode="eval").body
    yield "H * W, the pixels of x", worked.value(ast.parse("H * W", mode="eval").body)
    yield f"{text_of(padded)}, the pixels of the padded x", worked.value(padded)
    for what, letters, value in (("without padding", "pH pW", none), ("at stride 1", "sH sW", one)):
        rules = worked.rules | dict.fromkeys(letters.split(), value)
        pixels = worked.value(PIXELS, rules)
        yield f"{pixels}, the pixels of y {what}", pixels


def _near(a, b):
    return a is not None and np.ndim(a) == 0 and abs(a - b) <= 1e-9 * max(1, abs(b))
