"""`grade package gradescope|classroom50|actions`: make an autograder in the format of a platform.

`bundle` gathers what an autograder needs: the course's packages, the exercise and a seed. `gradescope` and
`classroom50` are the programs that run there; `actions` is a workflow. Each uses `grade.Grader`, so the
points are those of the class grader.
"""

import secrets
from pathlib import Path

from conv_course.checker.questions import sheet_stems
from conv_course.grade.options import Parser
from conv_course.grade.package import bundle
from conv_course.grade.records import Refused

KINDS = ("gradescope", "classroom50", "actions")


def main(arguments):
    """Write a package. Return sentences on what was written."""
    parser = Parser(prog="course.py grade package", description="Make a platform's autograder.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("exercise", metavar="EXERCISE", help="for example 02_slide_a_kernel")
    parser.add_argument("out", type=Path, metavar="OUT", help="a zip for Gradescope, else a folder")
    parser.add_argument("--seed", type=int, help="seed of the hidden cases (default: random)")
    options = parser.parse_args(arguments)
    if options.exercise not in sheet_stems():
        raise Refused(f"there is no exercise {options.exercise}; there are {', '.join(sheet_stems())}")
    if options.out.exists():
        raise Refused(f"{options.out} exists; nothing was changed")
    if options.seed is not None and options.seed < 0:
        raise Refused("--seed must be 0 or more")
    seed = secrets.randbits(128) if options.seed is None else options.seed
    return bundle.write(options.kind, options.exercise, options.out, seed)
