"""Answers that are True or False: for which of the things they were asked about they are wrong."""

from .crashes import in_words, line_of
from .linear import Said

MOST = 5  # names that are listed


def of_tests(question, function, answers, table, failing, cases, wanted):
    """A `Said` for a test of implementations: which wrong ones it accepts, which right ones it refuses."""
    numbers = [i for i, _ in failing]
    refused = [i for i in numbers if wanted[i][""]]
    accepted = [i for i in numbers if not wanted[i][""] and table[i, ""][0] is True]
    wrongs = sum(not w[""] for w in wanted)
    lines, hint = (
        [],
        "On which input do these and the right ones give different results? Put that input into the test.",
    )
    if refused:
        first = answers[refused[0]]
        if first.status == "error":
            words = in_words(first.error, first.message)
            if words is None:
                return None
            lines, hint = [words[0]], words[1]
            source = line_of(function, first.line)
            lines += [f"It is in line {first.line}: `{source}`"] if source else []
        elif len(refused) == len(cases) - wrongs and not accepted:
            lines.append("Your test says False to everything, the right ones too.")
            hint = "What do two right implementations agree in, up to rounding?"
        else:
            lines.append(
                f"Your test refuses {len(refused)} of {len(cases) - wrongs} right ones: "
                f"{_names(cases, refused)}."
            )
            hint = "What may differ between two right implementations: the last digits, the type, the memory?"
    elif accepted:
        if len(accepted) == wrongs:
            lines.append(f"Your test says True to everything, to all {wrongs} wrong ones too.")
        else:
            lines.append(
                f"Your test accepts {len(accepted)} of {wrongs} wrong ones: {_names(cases, accepted)}."
            )
    return Said(tuple(lines), hint, numbers[0]) if lines else None


def of_answers(question, table, failing, cases, wanted):
    """A `Said` for a function that answers True or False: the cases that it gets wrong, by their notes."""
    numbers = [i for i, _ in failing]
    if any(type(wanted[i].get("")) is not bool for i in range(len(cases))):
        return None
    lines = []
    for said, asked in ((True, False), (False, True)):
        some = [i for i in numbers if wanted[i][""] is asked and type(table[i, ""][0]) is bool]
        every = [i for i in range(len(cases)) if wanted[i][""] is asked]
        if some:
            notes = _names(cases, some)
            notes = f": {notes}" if notes else ""
            lines.append(f"It says {said} in {len(some)} of {len(every)} cases that are {asked}{notes}.")
    if not lines or len(numbers) == len(cases):
        return None
    return Said(tuple(lines), "What do these cases have in common that the others have not?", numbers[0])


def _names(cases, numbers):
    notes = list(dict.fromkeys(cases[i].note for i in numbers if cases[i].note))
    more = f"; {len(notes) - MOST} more" if len(notes) > MOST else ""
    return "; ".join(notes[:MOST]) + more
