"""Describe, in a separate process, what a learner's functions compute if no named mistake matches.

It runs after the answers are judged, in the sandbox like every process that runs a learner's code. It uses
the visible cases, those of the learner's notebook. So the process may hold the sheets, which every learner
has, and the same mistake gets the same text for everybody.
"""

MOST_LINES, LONGEST = 12, 400  # lines, and characters per line


def explain_questions(job, send, checked, defined):
    """Send the kind, lines, hint, output and case of the explanation found for each question."""
    from child import candidates_of, first_answered

    from conv_course.checker.computes import add_explanation
    from conv_course.checker.judge import judge, limits
    from conv_course.checker.questions import load_sheet
    from conv_course.checker.wire import dumps

    sheet = load_sheet(job["stem"])
    for asked in job["questions"]:
        send("question", asked["name"].encode())
        question = sheet.questions[asked["name"]]
        functions, _ = candidates_of(asked, checked, defined)
        if not functions:
            continue
        most = {"seconds": job["question_seconds"], "limit": max(limits(question, 0))}
        function, answers = first_answered(asked | most, functions, question.trials_for(0))
        verdict = judge(question, answers, seed=0)
        add_explanation(verdict, question, function, answers)
        said = verdict.explanation
        if said is None and verdict.explained == "slip" and verdict.diagnoses:
            name = verdict.diagnoses[0]  # from the catalogue: the judge has already tried the sheet's names
            told = ["slip", [name.name[:LONGEST]], name.hint[:LONGEST], name.output, None]
            send(f"explained/{asked['name']}", dumps(told))
        if said is not None:
            lines = [line[:LONGEST] for line in said.text[:MOST_LINES]]
            told = [said.kind, lines, said.hint[:LONGEST], said.output, said.case]
            send(f"explained/{asked['name']}", dumps(told))
