"""Build the files for the questions and JupyterLite while the book is being read, and report the progress."""

import os
import re
import subprocess
import threading

from tools import environment, process
from tools.build_book import IN_LITE, SITE, digest

LITE_MB = 77  # what JupyterLite adds to the site
FAULT = re.compile(r"(?:[\w.]+\.)?\w+(?:Error|Exception): (.*\S)")  # the last line of a traceback
STEP = re.compile(r"Pyodide (\d+)/(\d+)")
LAST = "lite: "  # how the build's last line begins
COMMAND = ("-m", "tools.build_lite")
INSTEAD = "python3 course.py learn opens the exercises in JupyterLab instead"


def is_made(site=SITE):
    """Return whether the site has a JupyterLite that was built from the current files."""
    made_of = site / "lite" / "course" / "made_of.txt"
    return made_of.is_file() and made_of.read_text(encoding="utf-8") == digest(IN_LITE)


class Behind:
    """One run of the build in a thread. `note` is served to pages meanwhile (`_static/python.json`)."""

    def __init__(self, site=SITE, say=print):
        self.site, self.say, self.child = site, say, None
        self.note = {"ready": False, "doing": "Python for the questions is being made ready"}
        self.thread = threading.Thread(target=self._make, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        """End the build if it is still running."""
        if self.child and self.child.poll() is None:
            process.stop(self.child)

    def _make(self):
        if is_made(self.site):
            self.note = {"ready": True}
            return
        self.say(
            f"Python for the book's questions is being built in the background ({LITE_MB} MB, 1-2 minutes)."
        )
        try:
            python = environment.ensure("lite")
            last = self._run([python, *COMMAND], environment.variables(python))
        except environment.Problem as problem:
            last = str(problem)
        except OSError as error:
            last = environment.explain(error)
        if is_made(self.site):
            self.note = {"ready": True}
            self.say("The book's questions can be answered now: Python is ready.")
        else:
            self.note = {"ready": False, "why": f"{last} ({INSTEAD})"}
            self.say(f"The book's questions have no Python: {last}\n{INSTEAD}.")

    def _run(self, command, variables):
        """Run the build and return how it ended: its last line, or the error that stopped it."""
        last, fault = "the build stopped", ""
        self.child = subprocess.Popen(
            command,
            cwd=environment.ROOT,
            env={**variables, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for line in self.child.stdout:
            last = line.strip() or last
            if found := FAULT.match(line):
                fault = found[1]
            if not last.startswith(LAST):  # how it ended is said in the end, once
                self._tell(last)
        return last.removeprefix(LAST) if self.child.wait() == 0 or not fault else fault

    def _tell(self, line):
        step = STEP.search(line)
        doing = f"Python for the questions: file {step[1]} of {step[2]}" if step else line
        if os.environ.get("CI") != "true":
            self.say(f"  {doing}")
        self.note = {"ready": False, "doing": doing}
