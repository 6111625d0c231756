"""Grade all submissions of a class, several at a time, until they are done or the command is stopped."""

import contextlib
import queue
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from conv_course.grade import stopping, submissions
from conv_course.grade.grade import Grader, Stopped, begun, not_graded

GRACE = 3.0  # seconds for the judging of what had ended when the command was stopped


class Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self, total):
        self.total, self.done, self.shown, self.start = total, 0, 0.0, time.monotonic()

    def step(self):
        self.done += 1
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if self.done < self.total and now - self.shown < (0.1 if terminal else 10):
            return
        self.shown = now
        rate = self.done / max(now - self.start, 1e-9)
        left = (self.total - self.done) / rate
        text = f"{self.done} of {self.total} · {rate:.1f} per second · {left:.0f} s left"
        if terminal:
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {text}   ", end=end, file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


def _named(record, found):
    """The record with what is known of its owner now; it may have been kept from an earlier run."""
    return replace(record, learner=found.learner, ids=list(found.ids), notes=[*found.notes, *record.notes])


class Class:
    """The submissions and what becomes of them.

    `records` holds a record for each submission, in order, None where there is none; `known` says how many
    of them came from the state; `trouble` says why it ended early, if it was not told to.
    """

    def __init__(self, found, state, seed, words, stop):
        self.found, self.state, self.seed, self.stop = found, state, seed, stop
        self.records, self.known, self.trouble = [None] * len(found), 0, ""
        self._over = threading.Event()
        self._grader = Grader(seed, words, stopped=lambda: stop.asked or self._over.is_set())

    def grade(self, jobs):
        progress, done = Progress(len(self.found)), queue.SimpleQueue()
        pool = ThreadPoolExecutor(jobs)
        waiting = {pool.submit(self._one, place) for place in range(len(self.found))}
        for future in waiting:
            future.add_done_callback(done.put)
        try:
            while waiting and not self.stop.asked:
                try:
                    future = done.get(timeout=0.2)
                except queue.Empty:
                    continue
                waiting.remove(future)
                self._keep(*future.result())
                progress.step()
        except OSError as error:
            self.trouble = f"{self.state.path} cannot be written ({error.strerror})"
        finally:
            self._over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            self._end(waiting)
            self._grader.close()
        if self.stop.asked:
            with contextlib.suppress(OSError):  # what is not kept is graded again
                for future in waiting:  # those that had come to their end meanwhile
                    if future.done() and not future.cancelled():
                        self._keep(*future.result())

    def _one(self, place):
        """The place, the key to keep the record by, if any, whether it was known, and the record."""
        submission, key = self.found[place], None
        try:
            data = submissions.content(submission)
            key = self.state.key(self.seed, submission.file, submissions.digest(data))
            if key in self.state.records:
                return place, key, True, self.state.records[key]
            return place, key, False, self._grader.grade(submission, data)
        except submissions.Unreadable as reason:
            record = begun(submission, reason=str(reason))
        except Stopped:
            record = None
        except Exception as error:
            record = not_graded(submission, error)
        return place, None, False, record

    def _keep(self, place, key, known, record):
        self.known += known
        if key and not known:
            self.state.add(key, record)
        self.records[place] = record and _named(record, self.found[place])

    def _end(self, waiting):
        """End what still runs. What only computes cannot be ended; it is waited for, but not for long."""
        deadline = time.monotonic() + GRACE
        while not all(future.done() for future in waiting) and time.monotonic() < deadline:
            stopping.end_children()
            time.sleep(0.05)
