"""The drawing at the head of each chapter."""

import re

from conv_course.figures.openings import HIGH, OPENINGS, WIDE, opening
from tools.environment import ROOT

SHAPE = re.compile(r'<rect class="[^"]*" x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"')


def test_every_chapter_has_one_within_its_frame_and_no_two_are_alike():
    chapters = [path.name[:2] for path in sorted((ROOT / "book").glob("[01][0-9]_*.md"))]
    assert list(OPENINGS) == chapters[1:]
    drawings = [opening(chapter) for chapter in OPENINGS]
    assert len({re.sub("aria-label.*?>", "", drawing) for drawing in drawings}) == len(drawings)
    for drawing in drawings:
        shapes = [list(map(float, shape)) for shape in SHAPE.findall(drawing)]
        assert shapes
        assert all(x >= 1 and y >= 1 and x + w < WIDE and y + h < HIGH for x, y, w, h in shapes)
        assert re.search(r'role="img" aria-label="[A-Z][^"]+\."', drawing)
    assert opening("00") == ""


def test_memory_is_walked_through_the_middle_of_every_cell():
    drawing = opening("12")
    middles = {(float(x) + float(w) / 2, float(y) + float(h) / 2) for x, y, w, h in SHAPE.findall(drawing)}
    walked = []
    for path in re.findall(r'<path class="sign" d="([^"]*)"', drawing):
        for step, where in re.findall(r"([MLHV])([\d ]+)", path):
            to = [int(one) for one in where.split()]
            if step in "ML":
                walked.append(tuple(to))
                continue
            (x, y), axis = walked[-1], "HV".index(step)
            along = range((x, y)[axis] + 28, to[0] + 1, 28)  # the cells are 28 wide and high
            walked += [(at, y) if step == "H" else (x, at) for at in along]
    assert len(walked) == 24
    assert set(walked) == middles
