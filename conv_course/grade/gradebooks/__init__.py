"""Put the marks of one exercise into a gradebook that the teacher exported, and the feedback into a zip.

`fields` splits a delimited file into fields and joins them again, byte for byte. `platforms` knows the
gradebooks of Canvas, Moodle and nbgrader: where their learners, columns and maximum are. `which` chooses the
column and the exercise that it is for. `marks` matches learners and fills the column. `safely` replaces the
file and keeps the old one. `feedback` writes the zip.
"""

from dataclasses import replace

from conv_course.checker.questions import sheet_stems
from conv_course.grade.gradebooks.feedback import check_zip, write_zip
from conv_course.grade.gradebooks.marks import check_gradebook, fill
from conv_course.grade.matlab_folder import MATLAB
from conv_course.grade.records import Refused
from conv_course.grade.text import clean_text, counted, in_words

__all__ = ["check", "check_gradebook", "check_zip", "fill", "hand_over", "write_zip"]


def known():
    """Return the names of all exercises, those in .m files too."""
    return [*sheet_stems(), MATLAB]


def check(options):
    """Raise `Refused`, before anything is graded, if --into, --column or --feedback-zip cannot work."""
    if options.column is not None and not options.into:
        raise Refused("--column says which column of --into FILE")
    if options.exercise is not None:
        if not options.into:
            raise Refused("--exercise says which exercise goes into --into FILE")
        if not any(options.exercise in (stem, stem[:2]) for stem in known()):
            raise Refused(f"there is no exercise {options.exercise}; there are {', '.join(known())}")
    if options.into:
        check_gradebook(options.into, options.folder, options.column)
    if options.feedback_zip:
        check_zip(options.feedback_zip, options.folder)


def hand_over(options, done, expected):
    """Fill the gradebook, write the zip and print a summary. Return sentences on failures."""
    wanted = [out for out in (options.into, options.feedback_zip) if out]
    if wanted and len(done) < expected:
        return [f"Not all are graded, so nothing was written into {' and '.join(map(str, wanted))}."]
    failed = []
    for out, write in ((options.into, _fill), (options.feedback_zip, _zip)):
        try:
            if out:
                write(options, done)
        except Refused as reason:
            failed.append(f"{reason}.")
        except OSError as error:
            failed.append(f"{out} could not be written and is as it was: {in_words(error)}.")
    return failed


def _fill(options, done):
    # leave out the cards: they are not needed, and those of a large class do not fit into memory
    marks = [replace(record, questions=[], notes=[]) for record in done]
    print("\n".join(fill(options.into, marks, options.column, options.exercise)))


def _zip(options, done):
    count, left = write_zip(options.feedback_zip, done.by_learner())
    more = f"; not in it, since their names are not from Moodle: {', '.join(left)}" if left else ""
    print(clean_text(f"{options.feedback_zip}: feedback for {counted(count, 'learner')}{more}."))
