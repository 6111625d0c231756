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
        assert all(x >= 0 and y >= 0 and x + w <= WIDE and y + h <= HIGH for x, y, w, h in shapes)
        assert re.search(r'role="img" aria-label="[A-Z][^"]+\."', drawing)
    assert opening("00") == ""
