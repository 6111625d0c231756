"""The command-line options of `grade` and `grade merge`."""

import argparse
import os
import re
from pathlib import Path

from conv_course.grade import archives, gradebooks
from conv_course.grade.outputs import Outputs
from conv_course.grade.per_learner import Secret
from conv_course.grade.records import Refused


class Parser(argparse.ArgumentParser):
    """Refuses in one line: the list of all options before it hides what is wrong."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message.rstrip('.')}. --help lists the options.\n")


def _parser(verb, what):
    parser = Parser(prog=f"course.py {verb}", description=what)
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER_OR_ZIP",
        help="the platform's download, or one notebook per learner",
    )
    parser.add_argument(
        "--from", dest="kind", choices=archives.KINDS, help="the platform, if it is not recognised"
    )
    parser.add_argument(
        "--csv", type=Path, required=True, metavar="OUT", help="write the table of grades here"
    )
    parser.add_argument("--feedback", type=Path, metavar="DIR", help="write one page per learner here")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write a report on the class here")
    parser.add_argument(
        "--own-questions", type=Path, metavar="DIR", help="write sheets on each learner's own code here"
    )
    parser.add_argument("--no-names", action="store_true", help="leave learners' names out of the report")
    parser.add_argument("--into", type=Path, metavar="FILE", help="fill a column of this exported gradebook")
    parser.add_argument("--column", metavar="NAME", help="the column, if the exercise's name is not enough")
    parser.add_argument(
        "--exercise", metavar="NN", help="the exercise whose marks go in, if the column does not say"
    )
    parser.add_argument(
        "--feedback-zip", type=Path, metavar="ZIP", help="write the pages as a zip for Moodle"
    )
    parser.add_argument(
        "--per-learner", type=Path, metavar="FILE", help="a secret, for separate hidden cases"
    )
    return parser


def grade(arguments):
    """Parse the options of `grade`."""
    parser = _parser("grade", "Grade a class: a folder or a zip of submissions.")
    parser.add_argument(
        "--seed", type=int, help="seed of the hidden cases (default: random, kept in OUT.state)"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="submissions to grade at the same time"
    )
    parser.add_argument("--demo", metavar="DIR", nargs="?", help="make a class in DIR and grade it")
    parser.add_argument("--shard", type=_shard, metavar="I/N", help="only the I-th of N parts of the class")
    parser.add_argument("--dask", metavar="ADDRESS", help="grade on the workers of this Dask cluster")
    parser.add_argument("--no-sandbox", action="store_true", help="run learners' code without protection")
    return _checked(parser, parser.parse_args(arguments, argparse.Namespace(parts=None)))


def merge(arguments):
    """Parse the options of `grade merge`."""
    parser = _parser("grade merge", "Merge the parts of a class; nothing is graded.")
    parser.add_argument("parts", type=Path, nargs="+", metavar="PART", help="tables of the parts")
    own = argparse.Namespace(seed=None, jobs=1, shard=None, dask=None, no_sandbox=False)
    return _checked(parser, parser.parse_args(arguments, own))


def _shard(text):
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text} is not I/N with I from 1 to N")
    return int(found[1]), int(found[2])


def _checked(parser, options):
    if not os.path.isdir(options.folder) and not os.path.isfile(options.folder):
        parser.error(f"{options.folder} is neither a folder nor a zip file")
    if options.seed is not None and options.seed < 0:
        parser.error("--seed must be 0 or more")
    if options.shard and options.seed is None:
        parser.error("--shard needs --seed, the same for all parts")
    if options.shard and (options.into or options.feedback_zip):
        parser.error("a part of a class fills no gradebook: do that with `grade merge`")
    try:
        options.outputs = Outputs(options)
        options.secret = Secret.read(options.per_learner) if options.per_learner else None
        gradebooks.check(options)
    except Refused as reason:
        parser.error(str(reason))
    return options
