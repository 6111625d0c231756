"""The output files: checked before anything is graded, and written at the end."""

import os
import tempfile
from pathlib import Path

from conv_course.grade import own_sheets, records, report
from conv_course.grade.records import Refused
from conv_course.grade.state import State
from conv_course.grade.text import counted, in_words


class Outputs:
    """The table of grades with its state and, if asked for, the folders of feedback pages and the report."""

    def __init__(self, options):
        self.table, self.feedback, self.report = table, feedback, _ = (
            options.csv,
            options.feedback,
            options.report,
        )
        self.own = options.own_questions
        self.names, folder = not options.no_names, options.folder
        self.state, self.learners = None, set()
        self._kept = table.with_name(f"{table.name}.state") if table.name else table
        for out in filter(None, (table, feedback, self.report, self.own)):
            if _real(out).is_relative_to(_real(folder)):
                raise Refused(f"{out} is in the folder of submissions, to which nothing is written")
        if feedback and {_real(table), _real(self._kept)} & {*_real(feedback / "page").parents}:
            raise Refused(f"{feedback} cannot hold the pages: the table is written there")

    def prepare(self, learners):
        """Open the state. Raise `Refused` if a path cannot be written, or holds a file that is not ours."""
        self.learners = learners
        records.check_table(self.table)
        make(self.table.parent)
        if os.path.lexists(self._kept) and not self._kept.is_file():
            raise Refused(f"{self._kept} is not a regular file")
        self.state = State(self._kept)
        if self.state.is_foreign:
            raise Refused(f"{self._kept} exists and is not the state of a grading; nothing was changed")
        if self.feedback:
            make(self.feedback)
            records.check_pages(self.feedback, learners)
        if self.report:
            make(self.report)
            report.check(self.report)
        if self.own:
            make(self.own)
            own_sheets.check(self.own, learners)

    def write(self, done):
        """Write the outputs. Return the number of pages, the remarks and the failures, as sentences."""
        said, failed, pages = [], [], 0
        try:
            text = records.table(done)
            digest, kept = records.write_table(self.table, text, self.state.table)
            if kept:
                said.append(f"{self.table} had been changed since it was written; that is kept as {kept}.")
            self.state.add_table(digest)
        except OSError as error:
            failed.append(f"The table could not be written: {in_words(error)}.")
        try:
            if self.feedback:
                pages = records.write_feedback(self.feedback, done.by_learner(), self.learners)
        except OSError as error:
            failed.append(f"Not all pages could be written: {in_words(error)}.")
        try:
            if self.report:
                report.write(self.report, done, self.names)
                said.append(f"Report: {self.report / report.HTML}")
        except OSError as error:
            failed.append(f"The report could not be written: {in_words(error)}.")
        try:
            if self.own:
                count = own_sheets.write(self.own, done.by_learner(), self.learners)
                key = self.own / own_sheets.KEY
                said.append(f"Own code: {counted(count, 'sheet')} in {self.own}, answers in {key}")
        except OSError as error:
            failed.append(f"Not all sheets could be written: {in_words(error)}.")
        return pages, said, failed


def _real(path):
    return Path(os.path.realpath(path))


def make(folder):
    """Make a folder and check that it can be written to."""
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise Refused(f"{folder} is not a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise Refused(f"nothing can be written in {folder}: {error.strerror}") from None
