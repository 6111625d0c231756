"""receptive_field: a stack of up to four layers, and the input pixels that one output sees."""

from itertools import product

from conv_course.widgets._controls import Choice, Range
from conv_lib import sizes

TITLE = "Stack layers and see what one output sees"
SIZE = 31  # input pixels

# kernel, stride, padding, dilation
LAYERS = {
    "conv3": (3, 1, 0, 1),
    "conv5": (5, 1, 0, 1),
    "same3": (3, 1, 1, 1),
    "stride3": (3, 2, 0, 1),
    "dilated3": (3, 1, 0, 2),
    "pool2": (2, 2, 0, 1),
}
OPTIONS = (
    ("none", "none"),
    ("conv3", "3 wide"),
    ("conv5", "5 wide"),
    ("same3", "3 wide, padding 1"),
    ("stride3", "3 wide, stride 2"),
    ("dilated3", "3 wide, dilation 2"),
    ("pool2", "pool 2, stride 2"),
)
MOST = 4
STARTS = ("conv3", "pool2", "conv3", "none")

CONTROLS = [
    *(Choice(f"layer{n + 1}", f"Layer {n + 1}", OPTIONS, STARTS[n]) for n in range(MOST)),
    Range("position", "Output to look at", 0, SIZE - 1, 0),
]

TEXT = {
    "field": "receptive field = {sum} = {field} pixels, jump {jump}; the last output has shape ({out},)",
    "size": ": _H_′ = ⌊({size} + 2·{padding} − {span})/{stride}⌋ + 1 = {out}",
    "error": "Layer {number} does not fit: the kernel is wider than the padded input. It spans {span} "
    "pixels, and its input has {size} + 2·{padding} = {padded}. ",
}


def follow(stack):
    """Return `[size, jump, start, outputs]` after a stack of layers, or None if the last does not fit."""
    out = SIZE
    try:
        for name in stack:
            kernel, stride, padding, dilation = LAYERS[name]
            out = sizes.output_size(out, kernel, stride, padding, dilation)
    except ValueError:
        return None
    field = sizes.receptive_field([LAYERS[name] for name in stack])
    return [field.size, field.jump, field.start, out]


def data():
    # fields[n] lists the stacks of n layers in counting order: layer 1 changes slowest
    return {
        "size": SIZE,
        "layers": LAYERS,
        "spans": {name: sizes.effective_size(layer[0], layer[3]) for name, layer in LAYERS.items()},
        "fields": [[follow(stack) for stack in product(LAYERS, repeat=n)] for n in range(MOST + 1)],
    }


def shown(position, **chosen):
    names = [name for name in chosen.values() if name != "none"]
    error = ""
    for count in range(1, len(names) + 1):
        if follow(names[:count]) is None:
            size, name = follow(names[: count - 1])[3], names[count - 1]
            kernel, _, padding, dilation = LAYERS[name]
            span, padded = sizes.effective_size(kernel, dilation), size + 2 * padding
            error = TEXT["error"].format(number=count, span=span, size=size, padding=padding, padded=padded)
            names = names[: count - 1]
            break
    steps = [follow(names[:count]) for count in range(len(names) + 1)]
    spans = [sizes.effective_size(LAYERS[name][0], LAYERS[name][3]) for name in names]
    terms = ["1"] + [f"({span} − 1)·{before[1]}" for span, before in zip(spans, steps, strict=False)]
    field, jump, _, out = steps[-1]
    line = error + TEXT["field"].format(sum=" + ".join(terms), field=field, jump=jump, out=out)
    if names:
        _, stride, padding, _ = LAYERS[names[-1]]
        line += TEXT["size"].format(
            size=steps[-2][3], padding=padding, span=spans[-1], stride=stride, out=out
        )
    tables = [
        ("outputs", "pixels, from the input up", [step[3] for step in steps]),
        ("field", "receptive field, from the input up", [step[0] for step in steps]),
        ("jump", "jump, from the input up", [step[1] for step in steps]),
        ("start", "first pixel that output 0 sees", [step[2] for step in steps]),
    ]
    return tables, line
