"""Compute what two moving figures show and what takes too long for each build: python -m tools.figure_data

`training.json` is the network of chapter 16 in its first two epochs, step by step; `mutants.json` says which
of chapter 17's tests believe which of its wrong layers, by running the chapter's own cells. Both chapters
compare the stored numbers with their own when they are built.
"""

import contextlib
import io
import json

import numpy as np

from conv_course.widgets import mutants, training
from conv_lib import digits
from conv_lib.training import accuracy, digit_network, train
from tools.cells import CELL
from tools.environment import ROOT


class Watched:
    """A network that notes its first filters, and how many held-out digits it reads, before each step."""

    def __init__(self, network, images, labels):
        self.network, self.images, self.labels = network, images, labels
        self.w, self.read = [], []

    def __call__(self, batch):
        self.w.append(self.network.layers[0].params["w"].reshape(-1, 9).copy())
        self.read.append(round(accuracy(self.network, self.images, self.labels) * len(self.labels)))
        return self.network(batch)

    def __getattr__(self, name):
        return getattr(self.network, name)


def trained(epochs=2, seed=2):
    """{"loss": of each step, "read": held-out digits before it, "w": the filters in hundredths before it}."""
    (images, labels), held_out = digits.load()
    watched = Watched(digit_network(seed=seed), *held_out)
    losses = np.concatenate(list(train(watched, images, labels, epochs=epochs, seed=seed)))
    w = np.rint(100 * np.array(watched.w)).astype(int)
    return {"loss": [float(f"{loss:.3g}") for loss in losses], "read": watched.read, "w": w.tolist()}


def judged():
    """{"tests": their names, "survives": {wrong layer: [1 where the test believes it]}}, by chapter 17."""
    page = (ROOT / "book" / "17_break_the_checker.md").read_text(encoding="utf-8")
    before, found, _ = page.partition("survives = {")
    cells = CELL.findall(before + found + page[len(before + found) :].partition("```\n")[0] + "```\n")
    names = {"__name__": "chapter"}
    with contextlib.chdir(ROOT / "book"), contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, "chapter 17", "exec"), names)
    survives = {name: [int(one) for one in row] for name, row in names["survives"].items()}
    return {"tests": [test.__name__ for test in names["TESTS"]], "survives": survives}


def main():
    moved = trained()
    moved["w"] = np.diff(moved["w"], axis=0, prepend=np.zeros((1, 16, 9), int)).tolist()
    for path, made in ((training.STORED, moved), (mutants.STORED, judged())):
        path.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
