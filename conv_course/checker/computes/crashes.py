"""Explain an exception: its message in words, the learner's line, and a case that does not raise it."""

import linecache
import math
import re

import numpy as np

from ..questions import Case
from . import linear, stops
from .sentences import listed, shape_text
from .when import LEFT, facts_of, when

SHAPE = r"\(([\d, ]*)\)"
MATTERS = re.compile(
    "shape|broadcast|dimension|aligned|out of bounds|channels|axes|negative|spans|empty|zero-size"
    "|object|unpack|integer|operand|sequence"
)  # messages on the arrays, the numbers or the kinds of what an operation was given
PRINT = "Print them in front of this line: which one is not what you took it for?"
TAKEN = "What is it in this case, and what did you take it for?"
TAKEN_KIND = "Print the type of each thing in this line: which one is not what you took it for?"
DIFFERENT = "What is different here, and which part of your line does it concern?"
OVER = "In every case in which it stops, something is left over behind the last window."
OVER_THERE = "In the case in which it stops, something is left over behind the last window."
OVER_HINT = "Which rows or columns does no window read, and what does your line do with them?"
FLOAT = "`/` makes a float. A length, an index or a number of steps is whole: what does `//` give?"


def explain(question, function, answers, failing, wanted, seed):
    """Return a `linear.Said` for a function that raises an exception in failing cases, or None."""
    cases = question.cases_for(seed)
    numbers = {i for (i, _), why in failing.items() if why.kind == "error"}
    first = min(numbers)
    lines, hint = told(question, function, cases[first], answers[first])
    parted = when(question, cases, numbers) if len(numbers) == len({i for i, _ in failing}) else None
    if parted is not None:
        lines.append(f"It stops in all cases in which {parted}, and every other case of this check is right.")
        hint = hint or "What does your line assume that does not hold there?"
    elif _cuts(answers[first]) and all(LEFT in facts_of(question, cases[i]) for i in numbers):
        rest = [i for i in range(len(cases)) if i not in numbers]
        if any(
            LEFT not in facts_of(question, cases[i]) for i in rest
        ):  # where nothing is left over, it goes on
            lines.append(OVER if len(numbers) > 1 else OVER_THERE)
            hint = OVER_HINT
    if 2 * len(numbers) >= len(cases):
        equal = _equal_axes(question, function, failing)
        if equal is not None and (equal.hint or parted is None):  # one of the others, which are right
            lines += equal.lines
            only_shape = len(equal.lines) == 2 and " has the shape " in equal.lines[1]
            hint = (hint if only_shape else "") or equal.hint or hint or DIFFERENT
    if not lines or not hint:
        return None
    return linear.Said(tuple(lines), hint, first, "")


def _cuts(answer):
    """Return whether a call stops because there are more numbers than the parts of a shape hold."""
    found = re.search(r"cannot reshape array of size (\d+) into shape \(([\d, ]+)\)", answer.message)
    return found is not None and int(found[1]) > math.prod(_shape(found[2]))


def told(question, function, one, answer):
    """Return (lines, hint) on the exception that stops a call: by its operation or its message."""
    stop, words = stops.Stop(question, function, one), in_words(answer.error, answer.message)
    if words is None and question.kind == "function":
        words = OF_KIND.get(answer.error)
    there, more = stops.words(stop), None
    if MATTERS.search(answer.message):
        more = stops.sentence(stop)
    if there is not None:
        lines, hint = [*there.lines], there.hint
    elif words is not None:
        lines, hint = [words[0]], words[1]
    elif more:
        return [more], PRINT
    else:
        return [], ""
    source = line_of(function, answer.line)
    if source and not (stop.found and stop.helper):
        lines.append(f"It is in line {answer.line}: `{source}`")
    return [*lines, *([more] if more else [])], hint


def line_of(function, number):
    """Return the learner's line, or "" if it is not available or too long."""
    code = getattr(function, "__code__", None)
    if code is None or not number:
        return ""
    text = linecache.getline(code.co_filename, number).strip()
    return text if len(text) <= 80 else ""


def in_words(error, message):
    """Return (the message in words, a hint), or None."""
    for pattern, words in MESSAGES:
        found = re.search(pattern, message)
        if found:
            return words(found)
    if error == "UnboundLocalError":
        name = re.search(r"'(\w+)'", message)
        if name:
            return (
                f"{name[1]} is used before it has a value.",
                "Which of your lines gives it one, and does that line come before this one?",
            )
    if error == "NameError":
        name = re.search(r"'(\w+)'", message)
        if name:
            return (
                f"Python does not know the name {name[1]}.",
                "Is it spelled as where it is made, and has that cell run?",
            )
    if error == "AssertionError":
        return (
            "An `assert` of your own is false for these arguments.",
            "Which arguments does it rule out, and may they come?",
        )
    if error == "ZeroDivisionError":
        return (
            "The divisor is 0 for these arguments.",
            "Which of the numbers in it can become 0, and what should happen then?",
        )
    return None


OF_KIND = {  # where the message itself is not known
    "TypeError": ("Something of the wrong kind stands in an operation or a call.", TAKEN_KIND),
    "ValueError": (
        "Something has the right kind and a value or a size that the operation cannot take.",
        "Print what stands in this line: which value is not what you took it for?",
    ),
    "IndexError": (
        "An index lies outside of what it looks into.",
        "How long is that here, and which index is used?",
    ),
    "KeyError": (
        "A dictionary has no entry with this name.",
        "Which names does it have here? Print its keys.",
    ),
    "AttributeError": ("Something has not got what is asked for behind the point.", TAKEN_KIND),
    "SystemExit": ("Your function ends Python itself.", "Which line calls exit, and what should it return?"),
}


def _shape(text):
    return tuple(int(n) for n in re.findall(r"\d+", text))


def _operands(found):
    a, b = _shape(found[1]), _shape(found[2])
    pairs = list(zip(a[::-1], b[::-1], strict=False))
    clash = next(((m, n) for m, n in pairs if m != n and 1 not in (m, n)), None)
    where = f": {clash[0]} meets {clash[1]}" if clash else ""
    text = f"The shapes {shape_text(a)} and {shape_text(b)} are matched axis by axis from the right{where}."
    return text, "Which axes of the two belong together? Print both shapes in front of this line."


def _into(found):
    a, b = _shape(found[1]), _shape(found[2])
    if 0 in b and 0 not in a:
        text = f"The place on the left of = is empty: its shape is {shape_text(b)}."
        return text, "Where does that slice end? One that ends at minus 0 holds nothing."
    text = f"The place on the left of = has the shape {shape_text(b)}, what is put there {shape_text(a)}."
    return text, "Which of the two has the wrong length: the slice on the left, or what stands on the right?"


def _core(found):
    text = f"A row on the left of @ has the length {found[2]}, a column on the right the length {found[1]}."
    return text, "Which axis is summed, and does it come last on the left and first on the right?"


def _aligned(found):
    a, b = _shape(found[1]), _shape(found[2])
    if len(a) == len(b) == 1:
        text = f"{a[0]} numbers meet {b[0]} where products are summed."
        return (
            text,
            "Print both: which one has the wrong length, and at which of its ends?",
        )
    text = f"The last axis of {shape_text(a)} is to be summed with the last but one of {shape_text(b)}."
    return text, "Which axis is summed, and where does it stand in each of the two?"


def _reshape(found):
    shape = tuple(int(n) for n in re.findall(r"-?\d+", found[2]))
    text = f"The array has {found[1]} numbers, which do not fill rows of the shape {shape_text(shape)}."
    if -1 not in shape:
        room = math.prod(shape)
        text = f"The array has {found[1]} numbers, the shape {shape_text(shape)} has room for {room}."
    return text, "Print the shape in front of this line: which length is not what you think?"


def _forward(found):
    mine, want = _shape(found[1]), _shape(found[2])
    text = f"By the arrays, stride and padding that you pass on, dout would be {found[2]}; it is {found[1]}."
    if len(mine) == len(want) == 4 and mine[2:] != want[2:]:
        return text, "Which stride and padding do you pass on, and are they those that you were given?"
    axis, owner = ("first", "x") if mine[:1] != want[:1] else ("second", "w")
    return (
        text,
        f"It is the {axis} axis, whose length comes from {owner}: which parts of the three belong together?",
    )


def _no_axis(found):
    count = int(found[2])
    which = {0: "no axes", 1: "one axis, axis 0", 2: "the axes 0 and 1"}.get(
        count, f"the axes 0 to {count - 1}"
    )
    return f"The array has {which}, and axis {found[1]} is asked for.", (
        "Axes are counted from 0, and one that was summed or indexed is gone: which one do you mean?"
    )


def _bounds(found):
    only = "its only index is 0" if found[3] == "1" else f"its indices are 0 to {int(found[3]) - 1}"
    text = f"Axis {found[2]} has the length {found[3]}: {only}, and {found[1]} was used."
    return text, "Which of the indices in your line stands on this axis, and up to which number does it run?"


MESSAGES = [
    (rf"could not be broadcast together with shapes {SHAPE} {SHAPE}", _operands),
    (rf"could not broadcast input array from shape {SHAPE} into shape {SHAPE}", _into),
    (r"core dimension.*size (\d+) is different from (\d+)", _core),
    (rf"shapes {SHAPE} and {SHAPE} not aligned", _aligned),
    (r"cannot reshape array of size (\d+) into shape (\(.*?\)|\d+)", _reshape),
    (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", _bounds),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _no_axis),
    (
        r"repeated axis|duplicate value in 'axis'",
        lambda f: (
            "One axis is named twice.",
            "Each axis of the array is to be named once: which one is left out?",
        ),
    ),
    (
        r"operands could not be broadcast together with remapped shapes",
        lambda f: (
            "In einsum one letter stands for axes of different lengths.",
            "Write the shape of each array below its letters: which letter has two lengths?",
        ),
    ),
    (
        r"slice step cannot be zero",
        lambda f: ("The step of a slice, its third number, is 0.", "In which steps should your slice go?"),
    ),
    (
        r"only integer scalar arrays|only length-1 arrays",
        lambda f: ("An array stands where a single number has to.", TAKEN),
    ),
    (
        r"can only concatenate (\w+) \(not \"(\w+)\"\) to",
        lambda f: (f"+ joins a {f[1]} to another one, and here something of type {f[2]} follows.", TAKEN),
    ),
    (
        r"(list|tuple|string) index out of range",
        lambda f: (
            f"An entry beyond the end of a {f[1]} was asked for.",
            f"How long is the {f[1]} here, and which entry does your line ask for?",
        ),
    ),
    (
        r"index can't contain negative values",
        lambda f: (
            "np.pad was asked for a negative number of zeros.",
            "When is your number of zeros negative, and how many should there be then?",
        ),
    ),
    (
        r"negative dimensions are not allowed",
        lambda f: (
            "An array with a negative length was asked for.",
            "Which of your lengths falls below 0 here?",
        ),
    ),
    (
        r"'float' object cannot be interpreted|slice indices must be integers|only integers, slices"
        r"|expected a sequence of integers",
        lambda f: ("A float stands where a whole number has to.", FLOAT),
    ),
    (
        r"'(function|method|builtin_function_or_method|list|dict|str)' object cannot be interpreted",
        lambda f: (f"Something of type {f[1]} stands where a whole number has to.", TAKEN),
    ),
    (
        r"'tuple' object cannot be interpreted|unsupported operand.*'tuple'|not supported.*'tuple'",
        lambda f: (
            "A tuple stands where a single number has to.",
            "Is one of its numbers meant here, or both together?",
        ),
    ),
    (
        r"can't multiply sequence",
        lambda f: ("A tuple, a list or a text stands where a single number has to.", TAKEN),
    ),
    (
        r"cannot unpack non-iterable (\w+)",
        lambda f: (f"Several names stand on the left of = and a single {f[1]} on the right.", TAKEN),
    ),
    (
        r"'NoneType' object|and 'NoneType'|'NoneType' and",
        lambda f: (
            "None stands where a value is needed.",
            "Which line gives None: one with append, sort or print, or a function without a return?",
        ),
    ),
    (
        r"'([\w.]+)' object is not callable",
        lambda f: (
            f"Something of type {f[1]} is called by ( ).",
            "Is a sign missing in front of the bracket, or does a name of yours hide that of a function?",
        ),
    ),
    (
        r"'([\w.]+)' object is not (subscriptable|iterable)",
        lambda f: (f"Something of type {f[1]} stands where an array or a list is needed.", TAKEN),
    ),
    (
        r"'([\w.]+)' object has no attribute '(\w+)'",
        lambda f: (f"Something of type {f[1]} has no {f[2]}.", TAKEN),
    ),
    (
        r"truth value of an array",
        lambda f: (
            "An array of more than one number stands where Python wants a single True or False.",
            "How many axes do the arguments have here, and does your loop reach single numbers?",
        ),
    ),
    (
        r"shape-mismatch for sum",
        lambda f: (
            "The axes that are to be summed together do not fit: their lengths or their numbers differ.",
            "Print both shapes in front of this line: which axis of the one belongs to which of the other?",
        ),
    ),
    (
        rf"non-broadcastable output operand with shape {SHAPE} doesn't match the broadcast shape {SHAPE}",
        lambda f: (
            f"The place on the left of += has the shape {shape_text(_shape(f[1]))}, "
            f"what is added {shape_text(_shape(f[2]))}.",
            "Which of the two has the wrong length: the slice on the left, or what stands on the right?",
        ),
    ),
    (
        r"setting an array element with a sequence\.$",
        lambda f: (
            "Several numbers are put where one number has its place.",
            "What is the shape of the right side, and which index would make it a single number?",
        ),
    ),
    (
        r"inhomogeneous shape",
        lambda f: (
            "Arrays of different shapes are put into one array.",
            "Which of them is smaller or larger than the others: the last one?",
        ),
    ),
    (
        r"Cannot cast ufunc '(\w+)' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        lambda f: (
            f"The array on the left holds {f[3]}, what is put in is {f[2]}.",
            "From which argument does the array take its type? What if that holds whole numbers?",
        ),
    ),
    (
        r"takes (?:from )?(\d+).* positional arguments? but (\d+) (?:was|were) given",
        lambda f: (
            f"{f[2]} arguments are given by place and the function takes only {f[1]} by place.",
            "What does it take by place, and what only by name, as in f(a, name=2)?",
        ),
    ),
    (
        r"unexpected keyword argument '(\w+)'",
        lambda f: (
            f"The function has no argument named {f[1]}.",
            "How is the argument called in the question?",
        ),
    ),
    (
        r"missing \d+ required (?:keyword-only|positional) arguments?: (.*)",
        lambda f: (f"A call leaves out {f[1]}.", "Compare the call with the definition, name by name."),
    ),
    (
        r"not enough values to unpack \(expected (\d+), got (\d+)\)",
        lambda f: (
            f"{f[1]} names stand on the left of = and {f[2]} values on the right.",
            "How many axes does the array have?",
        ),
    ),
    (
        r"too many values to unpack \(expected (\d+)",
        lambda f: (
            f"{f[1]} names stand on the left of = and more values on the right.",
            "How many axes does the array have?",
        ),
    ),
    (
        r"too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        lambda f: (
            f"The array has {f[1]} axes and {f[2]} places are asked for.",
            "Which axis is gone, or was never there?",
        ),
    ),
    (
        r"axes don't match array",
        lambda f: (
            "transpose got another number of axes than the array has.",
            "Print the shape in front of this line.",
        ),
    ),
    (
        r"zero-size array to reduction",
        lambda f: (
            "The largest or smallest number of an empty array was asked for.",
            "Which slice is empty here: one that ends at minus 0?",
        ),
    ),
    (
        r"has (\d+) channels but w expects (\d+)",
        lambda f: (
            f"The arrays that you pass on have {f[1]} and {f[2]} channels.",
            "Which axis of each array holds the channels, and where does the function that you call want it?",
        ),
    ),
    (
        r"has shape (\([\d, ]*\)) but the forward pass gives (\([\d, ]*\))",
        _forward,
    ),
    (
        r"Cannot interpret '(\d+)' as a data type",
        lambda f: (
            f"{f[1]} stands where the type of the numbers is expected: a shape is one argument, a tuple.",
            "How many arguments do np.zeros, np.ones, np.empty and np.full take for a shape?",
        ),
    ),
]


# ---- a case in which lengths cannot clash


def _equal_axes(question, function, failing):
    """Return a `Said` on a case with equal axes: the sums, or that it is right. None if that stops too."""
    one = equal_case(question)
    if one is None:
        return None
    shapes = ", ".join(
        f"{n} {'x'.join(map(str, np.shape(v)))}"
        for n, v in zip(question.parameters, one.args, strict=False)
        if np.ndim(v)
    )
    equal = any(np.ndim(v) > 1 for v in one.args)
    where = f"With equal axes ({shapes})" if equal else f"On another case ({shapes})"
    if "stride" in question.parameters:
        where = f"At stride 1 and without padding ({shapes})"
        if equal:
            where = f"With equal axes, at stride 1 and without padding ({shapes})"
    outputs = list(dict.fromkeys(name for _, name in failing))
    for output in outputs:
        right = linear.right_side_of(question, one, output)
        if right is None:
            return None
        probe = linear.Probe(question, function, one, output, right.probe.names)
        try:
            same = linear.close(probe.result(probe.first), right.generic)
        except linear.NoAnswer:
            return None
        if not same:
            said = linear._on_case(question, function, one, 0, output, right)
            lines = (f"{where} nothing stops, and your sums can be read:", *said.lines) if said else ()
            return said and linear.Said(lines, said.hint, 0)
    if len(outputs) > 1:
        return linear.Said((f"{where} your {listed(outputs)} are right.",), "", 0)
    return linear.Said((f"{where} your {outputs[0] or 'result'} is right.",), "", 0)


SIZES = {"W": 5, "H": 5, "kW": 3, "kH": 3, "kernel": (3, 3), "i": 0, "j": 0, "rows": 2}


def equal_case(question):
    """Return a `Case` with 2 images, channels and filters and with square images and kernels, or None."""
    if any("groups" in one.kwargs for one in question.cases_for(0)):
        return None
    first = question.cases_for(0)[0]
    small, large = (2, 2, 2, 2), (2, 2, 3, 3)
    transposed = question.stem.startswith("14")
    big, little = {4: large, 3: large[1:], 2: (3, 3), 1: (5,)}, {4: small, 3: small[1:], 2: (2, 2), 1: (3,)}
    rng = np.random.default_rng(3)
    args = []
    for name, value in zip(question.parameters, first.args, strict=False):
        if isinstance(value, np.ndarray):
            if name == "b":
                shape = (2,)
            elif name == "columns":
                shape = (8, 8)  # of two images of two channels, with 2 x 2 windows of 2 x 2 taps
            else:
                grown = (name in ("x", "xpad")) != (transposed and name in ("x", "dout"))
                shape = (big if grown else little).get(value.ndim)
            if shape is None or value.dtype.kind != "f":
                return None
            args.append(np.round(rng.normal(0, 2, shape), 2))
        elif name == "x_shape":
            args.append(large)
        elif name == "kernel":
            args.append((2, 2))
        elif type(value) is float:
            args.append(0.5)
        elif name in SIZES:
            args.append(SIZES[name])
        else:
            return None
    kwargs = (
        {"stride": (1, 1)} if "stride" in first.kwargs and isinstance(first.kwargs["stride"], tuple) else {}
    )
    return Case(tuple(args), kwargs)
