"""speeds: how long each way to compute a layer takes, from stored measurements (benchmarks/results)."""

import json
from functools import cache
from pathlib import Path

from conv_course.widgets._controls import Choice

TITLE = "How long does one forward pass take?"
# {layer: {N: {way: milliseconds}}}, a copy of the results
STORED = Path(__file__).with_name("speeds.json")

# as the measurements name them, and what a bar looks like: the course's fastest way stands out
WAYS = {
    "windows + tensordot": "pad",
    "vectorized": "pad",
    "fast, direct": "pad",
    "fast": "pad on",
    "PyTorch": "pad",
}


@cache
def stored():
    return json.loads(STORED.read_text(encoding="utf-8"))


CONTROLS = [
    Choice("layer", "Layer", tuple((name, name) for name in stored()), "ResNet 3x3 56/64"),
    Choice("images", "Images", (("1", "1"), ("8", "8")), "1"),
]

TEXT = {
    "line": "{name}, images: {images}; {times}",
    "ways": {way: way for way in WAYS},  # as the drawing calls them
    "note": "The shortest of many calls on two cores. Does the order stay for other layers?",
}


def data():
    return {"times": stored(), "ways": WAYS}


def shown(layer, images):
    times = stored()[layer][images]
    told = ", ".join(f"{called}: {times[way]} ms" for way, called in TEXT["ways"].items())
    return [("ms", "milliseconds, in this order", [times[way] for way in WAYS])], TEXT["line"].format(
        name=layer, images=images, times=told
    )
