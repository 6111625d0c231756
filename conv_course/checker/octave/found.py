"""What was read off wrong answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """Sentences, a question as a hint, and how they were found: "fault" or "computes"."""

    lines: tuple
    hint: str
    way: str = "fault"
