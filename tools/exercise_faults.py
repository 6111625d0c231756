"""Check an executed pair: the solution gets full marks, the exercise gets none and shows no answer."""

import json

from tools.exercise_notebook import BEGIN, END


def scores(notebook):
    """Return {question: (points, of)} from the stored outputs of the checks."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            result = output.get("metadata", {}).get("conv_course", {})
            if "question" in result:
                found[result["question"]] = (result["points"], result["of"])
    return found


def faults(stem, solution, exercise, taken):
    """Return one line per fault of an executed pair."""
    from conv_course.checker.questions import load_sheet

    lines = []
    for notebook, name in ((solution, "solutions"), (exercise, "exercises")):
        got = scores(notebook)
        for question in load_sheet(stem):
            if question.name not in got:
                lines.append(f"{name}/{stem}.ipynb never checks {question.name}")
            elif notebook is solution and got[question.name] != (question.points, question.points):
                points = got[question.name][0]
                lines.append(
                    f"solutions/{stem}.ipynb: {question.name} scores {points:g} of {question.points:g}"
                )
            elif notebook is exercise and got[question.name][0]:
                lines.append(
                    f"exercises/{stem}.ipynb: {question.name} scores points before anything is written"
                )
    for notebook, name in ((solution, "solutions"), (exercise, "exercises")):
        shown = json.dumps(notebook.metadata.get("widgets", {}))
        if "Your function stopped with" in shown or (
            name == "solutions" and "Write the function above" in shown
        ):
            lines.append(f"{name}/{stem}.ipynb: a slider shows an error")
    lines += [f"exercises/{stem}.ipynb leaks an answer: {line!r}" for line in leaks(exercise, taken)]
    return lines


def leaks(exercise, taken):
    """Return the answers' lines that the exercise still shows, in a cell or in an output."""
    shown = []
    for cell in exercise.cells:
        shown.append(cell.source)
        for output in cell.get("outputs", []):
            shown.append(json.dumps(output, ensure_ascii=False))
    text = "\n".join(" ".join(line.split()) for line in "\n".join(shown).split("\n"))
    if BEGIN in text or END in text:
        return [BEGIN]
    lines = {" ".join(line.split()) for line in taken}
    return sorted(line for line in lines if len(line) >= 12 and not line.startswith("#") and line in text)
