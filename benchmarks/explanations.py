"""Measure how long it takes to explain what a wrong answer computes.

    python -m benchmarks.explanations [--rounds N] [--chapter 08]

Each mistake that a sheet names is explained as if its name were unknown. Every round goes through all
mistakes, so that a busy minute affects all alike, and the fastest round of each one counts. The printed times
are CPU time. The first round, in which the right answer's sums are determined and cached, is printed
separately.
"""

import argparse
import statistics
import time

from conv_course.checker.computes import explain
from conv_course.checker.judge import limits
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.run import run


def mistakes(chapter):
    """Yield (question, function, answers) of every mistake of the sheets."""
    for stem in sheet_stems():
        if not stem.startswith(chapter):
            continue
        for question in load_sheet(stem):
            if question.kind != "function":
                continue
            for wrong in question.wrongs:
                answers = run(
                    wrong.function,
                    question.trials_for(0),
                    names=question.parameters,
                    modifies=question.modifies,
                    limits=limits(question, 0),
                )
                yield question, wrong.function, answers


def main(arguments=None):
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chapter", default="", help="only sheets whose stem begins with this")
    chosen = parser.parse_args(arguments)
    rows = list(mistakes(chosen.chapter))
    rounds = []
    for _ in range(chosen.rounds):
        seconds = []
        for question, function, answers in rows:
            started = time.process_time()
            explain(question, function, answers)
            seconds.append(time.process_time() - started)
        rounds.append(seconds)
    for title, seconds in (("first round", rounds[0]), ("fastest round", list(map(min, *rounds, rounds[0])))):
        ordered = sorted(1000 * s for s in seconds)
        ninety = ordered[int(0.9 * (len(ordered) - 1))]
        print(
            f"{title}: {len(ordered)} mistakes, median {statistics.median(ordered):.0f} ms, "
            f"nine in ten under {ninety:.0f} ms, most {ordered[-1]:.0f} ms"
        )


if __name__ == "__main__":
    main()
