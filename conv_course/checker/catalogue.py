"""General slips: edits that apply to any right answer with a matching place.

A sheet holds the mistakes specific to its questions. The general ones are defined once, here: one number for
both axes, axes swapped, `=` for `+=`, a crop that ends at minus 0, another rounding than `//`, a `return`
inside the loop. Each is an edit of the syntax tree of a question's solution, so it fails as a learner's code
does. They are tried if no name of the sheet fits.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice, starmap

from . import edit_sizes, edits

# {name: pairs of variables, the height's first}
PAIRS = {
    "stride": (("sH", "sW"), ("stride[0]", "stride[1]")),
    "padding": (("pH", "pW"), ("padding[0]", "padding[1]")),
    "kernel length": (("kH", "kW"), ("kernel[0]", "kernel[1]")),
    "output length": (("H_out", "W_out"), ("y.shape[0]", "y.shape[1]"), ("dout.shape[2]", "dout.shape[3]")),
    "input length": (("H", "W"), ("x.shape[2]", "x.shape[3]"), ("xpad.shape[0]", "xpad.shape[1]")),
}
OWN = "Height and width have a number each: does each axis take its own?"
FIRST = "In a pair the height comes first: which number belongs to the rows, and which to the columns?"


WHOLE = "Only whole steps or places count: what becomes of a part of one?"
ARGUMENT = "The padding is an argument: is it always what your lines take it for?"
STEP = "With stride 2, how many places does one step move?"
GAP = "With dilation 2, how many places is it from one weight to the next?"
STRIDE = r"(stride|sH|sW)(\[\d\])?"
SIGNS = "Work out the smallest case on paper, sign by sign: where does your code take another way?"
ENDS = "Which index is the first, which one is the last, and is each of them there?"
# what a loop goes over, as a pattern of its count; the last for all others
LEFT_OUT = (
    ("The last image is left out", "The first image is left out", r"N"),
    ("The last filter is left out", "The first filter is left out", r"F"),
    ("The last channel is left out", "The first channel is left out", r"D"),
    ("The last row of windows is left out", "The first row of windows is left out", r"H_out"),
    ("The last column of windows is left out", "The first column of windows is left out", r"W_out"),
    ("The last row of the kernel is left out", "The first row of the kernel is left out", r"kH"),
    ("The last index is left out", "The first index is left out", r"(?!(N|F|D|H_out|W_out|kH)$).*"),
)


@dataclass(frozen=True)
class Mutant:
    """An edit of a right answer, with its name and a hint."""

    name: str
    hint: str
    made: object


@dataclass(frozen=True)
class Operator:
    """A general slip. `edit(tree, slots, text, use)` yields `use(edited tree)` for each possible edit."""

    name: str
    hint: str
    edit: Callable


class Kept:
    """What a generator yields, kept for the next time. One that was interrupted begins anew behind that."""

    def __init__(self, make):
        self._make, self._kept, self._rest, self._whole = make, [], None, False

    def __iter__(self):
        for number in count():
            if number == len(self._kept) and (self._whole or not self._one_more()):
                return
            yield self._kept[number]

    def _one_more(self):
        try:
            if self._rest is None:
                self._rest = islice(self._make(), len(self._kept), None)
            self._kept.append(next(self._rest))
        except StopIteration:
            self._whole = True
        except BaseException:  # the time is up, in the middle of an edit
            self._rest = None
            raise
        return not self._whole


@lru_cache(maxsize=256)
def mutants(source, function, use=ast.unparse, which=""):
    """Return the `Mutant`s of a function in `source`. `use` converts an edited tree to their `made`.

    `which` is "sizes" for only those of the order of operations in a size, "late" for what is tried last.
    """

    def make():
        tree = ast.parse(source)
        whole, slots = ast.unparse(tree), edits.slots_of(tree, function)
        few = {"sizes": ORDER, "late": LATE}
        for operator in starmap(Operator, few[which]) if which else operators():
            for made in operator.edit(tree, slots, whole, use):
                yield Mutant(operator.name, operator.hint, made)

    return Kept(make)


def code(tree):
    """Compile a tree to code that can be run."""
    return compile(tree, "<edited>", "exec")


def operators():
    """Yield all operators, specific ones first."""
    for what, pairs in PAIRS.items():
        yield Operator(f"The height's {what} for both axes", OWN, edits.named(pairs, lambda a, b: {b: a}))
        yield Operator(f"The width's {what} for both axes", OWN, edits.named(pairs, lambda a, b: {a: b}))
        yield Operator(
            f"The {what}s of height and width exchanged", FIRST, edits.named(pairs, lambda a, b: {a: b, b: a})
        )
    yield from starmap(Operator, [*ORDER, *PLAIN])
    for what, pairs in PAIRS.items():
        yield Operator(f"Somewhere the other axis's {what} is taken", OWN, edits.in_a_line(pairs))
        yield Operator(f"Somewhere the other axis's {what} is taken", OWN, edits.once(pairs))


# the order of operations in a size, on both axes or on one
ORDER = [
    (name, hint, how(change))
    for how in (edits.together, edits.each)
    for name, hint, change in (
        (
            "The 1 is added before the division",
            "One window stands there whatever the stride: is its 1 divided too?",
            edit_sizes.one_inside,
        ),
        (
            "The kernel is taken off after the division",
            "The stride divides a distance: how many places is it from the first window to the last?",
            edit_sizes.moved_out(padding=False),
        ),
        (
            "Input and kernel are divided by the stride one by one",
            "The stride divides a distance: how many places is it from the first window to the last?",
            edit_sizes.divided_alone,
        ),
        (
            "The padding is added after the division",
            "The stride divides a distance: how many places is it from the first window to the last?",
            edit_sizes.moved_out(padding=True),
        ),
    )
]
NOT_WHOLE = "A number that should be whole is not"

PLAIN = (
    (
        "Overwritten instead of added up",
        "Is each share added to what stood there before?",
        edits.each(edits.assigned),
    ),
    (
        "Nothing is done after the first step",
        "Which steps come after the first, and does the function return before them?",
        edits.each(edits.returned),
    ),
    (
        "Rounded to the nearest",
        WHOLE,
        edits.each(edit_sizes.rounded_sum),
    ),
    (
        "Rounded to the nearest",
        WHOLE,
        edits.each(edit_sizes.divided("round({})")),
    ),
    (
        "Rounded up",
        WHOLE,
        edits.each(edit_sizes.divided("int(np.ceil({}))")),
    ),
    (
        NOT_WHOLE,
        "Where is something divided that counts places: what does // give?",
        edits.each(edit_sizes.divided("({})")),
    ),
    (
        "The padding is left out",
        "What stands around the input, and do the windows read it?",
        edits.each(edits.pad("{x}")),
    ),
    (
        "One pair of paddings for all axes",
        "np.pad reads one pair as (before, after), on every axis: which pair does each axis need?",
        edits.each(edits.pad("np.pad({x}, ({first}, {last}))")),
    ),
    (
        "One number of zeros for all axes",
        "np.pad puts this number at both ends of every axis: which axes need zeros, and how many?",
        edits.each(edits.pad("np.pad({x}, {first})")),
    ),
    (
        "The pair of the padding at the two ends of both axes",
        "Each axis has its own number of zeros, at both ends: what does np.pad read as (before, after)?",
        edits.each(edits.before_and_behind),
    ),
    ("Always one zero on each side", ARGUMENT, edits.each(edits.pad("np.pad({x}, 1)"))),
    (
        "The edge is repeated instead of zeros",
        "What value does the padding have?",
        edits.each(edits.pad('np.pad({x}, {p}, mode="edge")')),
    ),
    (
        "One end's padding at both ends",
        "The two ends of an axis may differ: how many zeros stand at each?",
        edits.each(edits.edge_pad),
    ),
    (
        "Somewhere the other end's padding is taken",
        "The two ends may differ: which of the two numbers does each place need?",
        edits.once((("left", "right"), ("top", "bottom"))),
    ),
    ("The paddings of height and width exchanged", FIRST, edits.each(edits.pad_axes)),
    (
        "A slice that ends at minus zero",
        "With no padding, what does a slice that stops at -0 hold?",
        edits.together(edits.crop(("{p}:-{p}",))),
    ),
    (
        "All of the padding is taken off at the end",
        "How many places does the padding take at each end?",
        edits.together(edits.crop((":{H}",))),
    ),
    (
        "The padding is not cropped",
        "Which places belong to the padding, and are they a part of what is asked for?",
        edits.together(edits.crop((":",))),
    ),
    (
        "The result is too short by the padding",
        "The padding stands in front: at which place does what is asked for end?",
        edits.together(edits.crop(("{p}:{H} - {p}", "{p}:{H}"))),
    ),
    ("The padding taken off is always one", ARGUMENT, edits.together(edits.crop(("1:-1", "1:1 + {H}")))),
    (
        "The result ends where the last window ends",
        "Which gradient has a pixel that no window reads, and where is its place?",
        edits.together(edits.grown),
    ),
    (
        "The gradient is made without room for the padding",
        "How far do the windows reach?",
        edits.together(edits.ungrown),
    ),
    ("Averaged instead of added up", "Nothing divides the sum.", edits.each(edits.averaged)),
    (
        "Kept as whole numbers, the fractions cut off",
        "Which of your arrays or numbers is whole, and where do the fractions go?",
        edits.each(edits.like),
    ),
    (
        "Stride 2, whatever the argument says",
        "The stride is an argument: is it always what your lines take it for?",
        edits.first("stride = 2 if isinstance(stride, int) else (2, 2)", "stride"),
    ),
    ("The stride is left out", STEP, edits.together(edits.no_step(STRIDE))),
    ("The stride is left out somewhere", STEP, edits.each(edits.no_step(STRIDE))),
    ("The dilation is left out", GAP, edits.together(edits.no_step("dilation"))),
    ("The dilation is left out somewhere", GAP, edits.each(edits.no_step("dilation"))),
    ("Stride and dilation mixed up", f"{STEP} {GAP}", edits.together(edits.mixed)),
    ("The stride lies between the weights", STEP, edits.together(edits.step_on_taps)),
    *(
        (name, ENDS, edits.each(edits.short(fewer, counts)))
        for last, first, counts in LEFT_OUT
        for name, fewer in ((last, "range({} - 1)"), (first, "range(1, {})"))
    ),
    (
        "A count or an index is one too large",
        "From the first of several places to the last, how many steps is it?",
        edits.each(edits.minus_one),
    ),
    *(
        (
            "Every channel meets every channel",
            "A filter has weights of its own for each channel: which channel do they meet?",
            edits.first(f"{a} = np.repeat({a}.sum(-3, keepdims=True), {a}.shape[-3], -3)", *arguments),
        )
        for a, *arguments in (("x", "x", "w"), ("x", "x", "dout"), ("w", "w", "dout"))
    ),
    (
        "A matrix is not transposed",
        "Write the letters of both axes at each matrix: which of them meet in a product?",
        edits.each(edits.untransposed),
    ),
    ("The first bias for all", "Each filter has a bias of its own.", edits.each(edits.one_each)),
    (
        "Joined along another axis",
        "Which axis grows when the parts are put together?",
        edits.each(edits.joined),
    ),
)

# tried last: they say less than the sums, faults and formulas that are read off the results
LATE = (
    *(
        (name, SIGNS, edits.each(edits.operation(old, new)))
        for name, old, new in (
            ("Added where something is to be subtracted", ast.Sub, ast.Add),
            ("Subtracted where something is to be added", ast.Add, ast.Sub),
            ("Multiplied where something is to be divided", ast.Div, ast.Mult),
            ("Multiplied where something is to be divided", ast.FloorDiv, ast.Mult),
            ("Added where something is to be multiplied", ast.Mult, ast.Add),
            ("Divided where something is to be multiplied", ast.Mult, ast.Div),
            ("The quotient where the remainder is asked for", ast.Mod, ast.FloorDiv),
        )
    ),
    *(
        (f"The {mine} where the {asked} is asked for", SIGNS, edits.each(edits.called(old, new)))
        for mine, asked, old, new in (
            ("smaller or smallest number", "larger or largest", "max|maximum", "min"),
            ("larger or largest number", "smaller or smallest", "min|minimum", "max"),
        )
    ),
)
