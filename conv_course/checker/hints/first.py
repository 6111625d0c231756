"""The first rung: one question."""

from ..described import case_text
from .rung import Rung

BY_HAND = "Work out on paper, with the numbers of this case, what should come back first."


def first_question(asked):
    """Return the hint that is on the card already or, before a check, a case to work out by hand."""
    verdict, question = asked.verdict, asked.question
    if verdict is not None and verdict.failure is not None:
        hints = [hint for d in verdict.diagnoses[:1] for hint in ([one[1] for one in d.pair] or [d.hint])]
        hints += [verdict.explanation.hint] if verdict.explanation and verdict.explanation.hint else []
        hints = hints or [question.asks.get(verdict.failure.output) or BY_HAND]
        return Rung(1, tuple(("Hint", text, None) for text in hints))
    if question.kind == "function":
        first = case_text(question, question.cases_for(0)[0])
        text = f"What should {question.function} give for {first}? {BY_HAND.replace('this', 'that')}"
    elif question.kind == "tests":
        text = "Which input, however small, tells a right implementation from a wrong one?"
    else:
        text = "Which of the values can you work out on paper already? Begin with that one."
    return Rung(1, (("Hint", text, None),))
