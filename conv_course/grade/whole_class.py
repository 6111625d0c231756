"""Grade all submissions of a class, several at a time, until they are done or the command is stopped."""

import contextlib
import queue
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from conv_course.grade import stopping, submissions
from conv_course.grade.grade import Grader, Stopped, begun, not_graded
from conv_course.grade.results import Results

GRACE = 3.0  # seconds to judge processes that had ended when the command was stopped


class Progress:
    """A progress bar on a terminal; otherwise a line every 10 seconds."""

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


class Class:
    """The submissions of a class and their results.

    `results` holds the records, `known` counts the records that came from the state, and `trouble` says why
    grading ended early if the user did not stop it. `machine(stopped)` makes the grading machine: see
    `ThisMachine`. `key(submission, digest)` is the key under which the state keeps a record.
    """

    def __init__(self, found, state, key, machine, stop):
        self.found, self.state, self.key, self.stop = found, state, key, stop
        self.results, self.known, self.trouble = Results(found, state), 0, ""
        self._over = threading.Event()
        self._machine = machine(lambda: stop.asked or self._over.is_set())
        self._done, self._waiting = queue.SimpleQueue(), {}

    def grade(self):
        progress, places = Progress(len(self.found)), iter(range(len(self.found)))
        try:
            while not self.stop.asked:
                # keep the queue short, so that memory does not grow with the class
                if len(self._waiting) < 2 * self._machine.jobs and (place := next(places, None)) is not None:
                    if not self._begin(place):
                        progress.step()
                elif self._waiting:
                    if self._one_ends():
                        progress.step()
                else:
                    break
        except OSError as error:
            self.trouble = f"{self.state.path} cannot be written ({error.strerror})"
        finally:
            self._over.set()
            self._machine.stop()
            self._end()
            self._machine.close()
        if self.stop.asked:
            with contextlib.suppress(OSError):  # the next run grades again what could not be kept
                for future in [f for f in self._waiting if f.done() and not f.cancelled()]:
                    self._keep(future)  # it finished in the meantime

    def _begin(self, place):
        """Submit a submission to the machine. Return False if its record is already known."""
        submission = self.found[place]
        try:
            data = submissions.content(submission)
        except submissions.Unreadable as reason:
            self.results.put(place, record=begun(submission, reason=str(reason)))
            return False
        except Exception as error:
            self.results.put(place, record=not_graded(submission, error))
            return False
        key = self.key(submission, submissions.digest(data))
        if self.state.get(key) is not None:
            self.known += 1
            self.results.put(place, key)
            return False
        future = self._machine.submit(submission, data)
        self._waiting[future] = place, key
        future.add_done_callback(self._done.put)
        return True

    def _one_ends(self):
        """Wait briefly for a submission to finish. Return whether one did."""
        try:
            future = self._done.get(timeout=0.2)
        except queue.Empty:
            return False
        self._keep(future)
        return True

    def _keep(self, future):
        place, key = self._waiting.pop(future)
        try:
            record = future.result()
        except Stopped:
            return
        except Exception as error:
            record = not_graded(self.found[place], error)
        self.results.put(place, key if self.state.add(key, record) else None, record)

    def _end(self):
        """Kill the running sandboxes. Threads cannot be killed, so wait for them for at most `GRACE`."""
        deadline = time.monotonic() + GRACE
        while not all(future.done() for future in self._waiting) and time.monotonic() < deadline:
            stopping.end_children()
            time.sleep(0.05)


class ThisMachine:
    """Grades `jobs` submissions at a time: `submit` returns a future, `stop` cancels the waiting ones."""

    def __init__(self, stopped, *, seed, jobs, words, secret=None, own=False):
        self.jobs = jobs
        self._pool = ThreadPoolExecutor(jobs)
        self._grader = Grader(seed, words, stopped=stopped, secret=secret, own=own)

    def submit(self, submission, data):
        return self._pool.submit(self._grader.grade, submission, data)

    def stop(self):
        self._pool.shutdown(wait=False, cancel_futures=True)

    def close(self):
        self._grader.close()
