"""Split a class into parts, grade each part with its own command, and merge the results.

A part has all submissions of its learners. A learner's part depends only on the name, so the commands do not
have to communicate. Each part keeps its records in its own state, under keys that identify the submission,
the seed and the version of the course; `grade merge` looks them up there.
"""

import hashlib
import os
from concurrent.futures import Future

from conv_course.grade import submissions
from conv_course.grade.grade import not_graded
from conv_course.grade.matlab_folder import Fault
from conv_course.grade.per_learner import name_of
from conv_course.grade.records import Refused
from conv_course.grade.state import State

MISSING = (
    "it is in none of the parts, or they belong to other submissions or to another version of the course"
)


def of_shard(found, shard):
    """Return the submissions of part I of N, or all of them if there are no parts."""
    if not shard:
        return found
    number, count = shard
    return [one for one in found if _number(one) % count == number - 1]


def _number(one):
    digest = hashlib.sha256(name_of(one).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8])


def states_of(tables):
    """Return the states next to the tables of all parts. Raise `Refused` if they do not belong together."""
    states = []
    for table in tables:
        path = table.with_name(f"{table.name}.state")
        if not os.path.isfile(path):
            raise Refused(f"{table} has no {path.name} next to it, which holds the results of that part")
        states.append(State(path))
        if states[-1].seed is None:
            raise Refused(f"{path} is not the state of a grading")
    seeds = {state.seed for state in states}
    if len(seeds) > 1:
        raise Refused(f"the parts have {len(seeds)} different seeds, so they are not parts of one class")
    return states


class Parts:
    """Has the interface of a machine, but looks records up in the states of the parts and grades nothing."""

    jobs = 1

    def __init__(self, states, key):
        self._states, self._key = states, key

    def submit(self, submission, data):
        future, key = Future(), self._key(submission, submissions.digest(data))
        records = (state.get(key) for state in self._states)
        record = next((record for record in records if record is not None), None)
        future.set_result(record or not_graded(submission, Fault(MISSING)))
        return future

    def stop(self):
        """Do nothing: nothing is running."""

    def close(self):
        """Do nothing: nothing is open."""
