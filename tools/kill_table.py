"""Count the wrong answers that each question's check catches and names.

    python -m tools.kill_table [STEM ...]

Without stems it writes book/data/kill_table.json, which the book shows; with `--stale` it counts only the
questions whose number of wrong answers has changed since, and keeps the other rows. Every misconception is
checked with several seeds; it is caught if it never gets full marks, and named if its own hint is shown. With
`--times` it also measures how long a check takes; times are printed and not stored.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "book" / "data" / "kill_table.json"
SEEDS = (0, 11, 12, 13, 14)


def row(question):
    """Return the table's row for one question."""
    from conv_course.checker.judge import run_and_judge

    caught = named = 0
    for wrong in question.wrongs:
        verdicts = [run_and_judge(question, wrong.function, seed=seed) for seed in SEEDS]
        caught += sum(v.points < v.of for v in verdicts)
        named += sum(wrong.name in [d.name for d in v.diagnoses] for v in verdicts)
    return {
        "lesson": question.stem,
        "question": question.name,
        "title": question.title,
        "points": question.points,
        "wrong": len(question.wrongs),
        "trials": len(question.wrongs) * len(SEEDS),
        "caught": caught,
        "named": named,
    }


def check_times(question):
    """Return the milliseconds of CPU time of each check of right and wrong answers, with nothing cached."""
    from conv_course.checker import judge

    times = []
    for answer in [question.model, *question.rights, *(w.function for w in question.wrongs)]:
        judge.run_and_judge(question, answer, seed=1)  # exclude an answer's imports from the time
        judge.expected.cache_clear()
        judge.wrong_items.cache_clear()
        started = time.process_time()
        judge.run_and_judge(question, answer, seed=0)
        times.append(1000 * (time.process_time() - started))
    return times


def kept_rows():
    """Return the rows of the existing table, keyed by the values that make a row out of date."""
    keys = ("lesson", "question", "wrong", "points", "title")
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["rows"]
    return {tuple(row[key] for key in keys): row for row in rows}


def text_of(rows):
    """Return the table as JSON text."""
    body = ",\n".join("  " + json.dumps(r, ensure_ascii=False) for r in rows)
    return f'{{"seeds": {len(SEEDS)}, "rows": [\n{body}\n]}}\n'


def main(arguments=None):
    from conv_course.checker.questions import load_sheet, sheet_stems

    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="kill_table", description=__doc__.splitlines()[0]
    )
    parser.add_argument("stems", nargs="*", metavar="STEM")
    parser.add_argument("--times", action="store_true", help="measure how long a check takes")
    parser.add_argument("--stale", action="store_true", help="count only questions that have changed")
    options = parser.parse_args(arguments)
    rows, times, stored = [], [], kept_rows() if options.stale else {}
    for stem in options.stems or sheet_stems():
        for question in load_sheet(stem):
            line = stored.get((stem, question.name, len(question.wrongs), question.points, question.title))
            rows.append(line or row(question))
            if line:
                continue
            line = rows[-1]
            shown = f"{stem} {question.name}: {line['wrong']} wrong answers"
            shown += f", of {line['trials']} trials caught {line['caught']}, named {line['named']}"
            if options.times:
                spent = check_times(question)
                times += spent
                shown += f"; ms per check: mean {statistics.mean(spent):.0f}, most {max(spent):.0f}"
            print(shown, flush=True)
    trials, caught, named = (sum(r[key] for r in rows) for key in ("trials", "caught", "named"))
    print(
        f"all: {sum(r['wrong'] for r in rows)} wrong answers, {trials} trials, caught {caught}, named {named}"
    )
    if times:
        print(
            f"ms per check: mean {statistics.mean(times):.0f}, most {max(times):.0f} of {len(times)} checks"
        )
    if not options.stems:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(text_of(rows), encoding="utf-8", newline="\n")
    return 0 if caught == trials and named >= 0.95 * trials else 1


if __name__ == "__main__":
    sys.exit(main())
