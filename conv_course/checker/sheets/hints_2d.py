"""The mistakes in two dimensions that several sheets ask about, each with its hint.

`SIZES`: (name, hint, rule), where rule(x, k, s, p, a) is a wrong output size on axis a, from the sizes of
image and kernel, the strides and the paddings, each a pair.
`PLANES`: (name, hint, keyword of `mistakes_2d.forward`, subject); each sheet knows which of its sections
explains the subject.
"""

import math

SIZES = [
    (
        "Rounded up",
        "A window that hangs over the edge makes no output: which way do you round?",
        lambda x, k, s, p, a: math.ceil((x[a] + 2 * p[a] - k[a]) / s[a]) + 1,
    ),
    (
        "Rounded to the nearest",
        "What is done with a step that is almost complete?",
        lambda x, k, s, p, a: round((x[a] + 2 * p[a] - k[a]) / s[a] + 1e-9) + 1,
    ),
    (
        "Not rounded at all",
        "There is no half window: what is missing around the division?",
        lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[a]) / s[a] + 1,
    ),
    (
        "Without the padding",
        "How many rows has the image once the zeros are around it?",
        lambda x, k, s, p, a: (x[a] - k[a]) // s[a] + 1,
    ),
    (
        "The padding counted once",
        "At how many ends of an axis do zeros stand?",
        lambda x, k, s, p, a: (x[a] + p[a] - k[a]) // s[a] + 1,
    ),
    (
        "The first window is not counted",
        "The division counts the steps: how many windows stand along two steps?",
        lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[a]) // s[a],
    ),
    (
        "The stride is left out",
        "With stride 2 every second place is skipped.",
        lambda x, k, s, p, a: x[a] + 2 * p[a] - k[a] + 1,
    ),
    (
        "A square kernel assumed",
        "How wide is the kernel, and how high?",
        lambda x, k, s, p, a: (x[a] + 2 * p[a] - k[0]) // s[a] + 1,
    ),
]

PLANES = [
    (
        "The window starts at i and j",
        "With stride 2, at which row does the second window start?",
        {"start": "one"},
        "definition",
    ),
    ("The size is rounded up", "Can a window hang over the edge?", {"rounding": "ceil"}, "definition"),
    (
        "H' for both axes",
        "How many windows stand beside each other, and how many below each other?",
        {"count": "H' for both"},
        "definition",
    ),
    (
        "A square kernel assumed",
        "Which of the kernel's two lengths belongs to the width of y?",
        {"count": "square kernel"},
        "axes",
    ),
    (
        "The kernel is flipped",
        "Which weight does the upper left pixel of a window meet?",
        {"flip": "both"},
        "flip",
    ),
    (
        "Stride and padding of the axes swapped",
        "In a pair (height, width), which number goes with the rows?",
        {"axes": "swapped"},
        "axes",
    ),
    (
        "The height's stride and padding for both",
        "Each axis has a stride and a padding of its own.",
        {"axes": "height for both"},
        "axes",
    ),
    (
        "All zeros above and left",
        "At how many ends of an axis do zeros stand?",
        {"sides": "first"},
        "definition",
    ),
    (
        "All zeros below and right",
        "At how many ends of an axis do zeros stand?",
        {"sides": "last"},
        "definition",
    ),
    (
        "Zeros at one end only",
        "The size rule counts the padding twice: where are the other zeros?",
        {"sides": "first only"},
        "definition",
    ),
    (
        "The padding is shared by both ends",
        "Is the padding the number of zeros at each end, or of both together?",
        {"sides": "total"},
        "definition",
    ),
    (
        "No padding",
        "What surrounds the image before the first window is cut?",
        {"sides": "none"},
        "definition",
    ),
    (
        "The edge is repeated instead of zeros",
        "What number stands in the padding?",
        {"mode": "edge"},
        "axes",
    ),
    (
        "The image is mirrored at its edge",
        "What number stands in the padding?",
        {"mode": "reflect"},
        "axes",
    ),
]
