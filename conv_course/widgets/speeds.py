"""speeds: how long each way to compute a layer takes, from stored measurements (benchmarks/results)."""

import json
from functools import cache
from pathlib import Path

from conv_course.widgets._controls import Choice

TITLE = "How long does one forward pass take?"
STORED = Path(__file__).with_name(
    "speeds.json"
)  # {layer: {N: {way: milliseconds}}}, tested against the results

# as the measurements name them: (what the drawing calls it, role)
WAYS = {
    "windows + tensordot": ("windows, tensordot", "x"),
    "vectorized": ("im2col, one product", "x"),
    "fast, direct": ("in tiles", "w"),
    "fast": ("best of all ways", "y"),
    "PyTorch": ("PyTorch", "pad"),
}


@cache
def stored():
    return json.loads(STORED.read_text(encoding="utf-8"))


CONTROLS = [
    Choice("layer", "Layer", tuple((name, name) for name in stored()), "ResNet 3x3 56/64"),
    Choice("images", "Images", (("1", "1"), ("8", "8")), "1"),
]

TEXT = {
    "line": "{layer}, {images} images: {times}",
    "note": "Milliseconds on two cores; a shorter bar is better. Choose another layer: does the order stay?",
}


def data():
    return {"times": stored(), "ways": WAYS}


def shown(layer, images):
    times = stored()[layer][images]
    told = ", ".join(f"{WAYS[way][0]} {times[way]} ms" for way in WAYS)
    return [("ms", "milliseconds, in this order", [times[way] for way in WAYS])], TEXT["line"].format(
        layer=layer, images=images, times=told
    )
