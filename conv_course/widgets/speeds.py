"""speeds: how fast each way to compute a layer is, from stored measurements (benchmarks/results)."""

import json
from functools import cache
from pathlib import Path

from conv_course.widgets._controls import Choice

TITLE = "How fast is one forward pass? (PyTorch = 1)"
# {layer: {N: {way: speeds relative to PyTorch}}}: the median over the processes, the lowest and the highest
STORED = Path(__file__).with_name("speeds.json")


@cache
def stored():
    return json.loads(STORED.read_text(encoding="utf-8"))


CONTROLS = [
    Choice("layer", "Layer", tuple((name, name) for name in stored()), "ResNet 3x3 56/64"),
    Choice("images", "Images", (("1", "1"), ("8", "8")), "8"),
]

TEXT = {
    "line": "{name}, images: {images}; speed, PyTorch = 1: {speeds}",
    # as the measurements name them, and as the drawing does
    "ways": {"vectorized": "chapter 10", "fast": "this chapter", "PyTorch": "PyTorch"},
    "note": "Longer is faster. A bar is the median of the four runs of the measurements; the thin line goes "
    "from the lowest of them to the highest. Does the order stay for other layers?",
}


def data():
    return {"speeds": stored()}


def shown(layer, images):
    speeds = [stored()[layer][images][way] for way in TEXT["ways"]]
    pairs = zip(TEXT["ways"].values(), speeds, strict=True)
    told = ", ".join(f"{called}: {one[0]:g}" for called, one in pairs)
    return [("speeds", "median, lowest, highest, in this order", speeds)], TEXT["line"].format(
        name=layer, images=images, speeds=told
    )
