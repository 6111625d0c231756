#!/usr/bin/env python3
"""The one entry point of the course: `python3 course.py` lists what it can do.

Standard library only. This file must parse on any Python, so that a version that is too old prints a
sentence and not a syntax error; code that needs a newer Python is in tools/.
"""

from __future__ import print_function

import difflib
import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)

# verb: (the level that must be installed, the module that runs, its line in the list)
VERBS = {
    "book": ("book", "tools.build_book", "build the book, then say where it is"),
    "serve": ("book", "tools.serve", "build the book, serve it on localhost and open the browser"),
    "learn": ("learn", "tools.learn", "open the exercises in JupyterLab, in a folder of your own"),
    "test": ("dev", "tools.run_tests", "run every test (--all adds those that take minutes)"),
    "exercises": (
        "dev",
        "tools.generate_exercises",
        "rebuild exercises/ from solutions/ (or --check them)",
    ),
    "grade": ("book", "conv_course.grade", "grade a class: grade FOLDER_OR_ZIP --csv OUT"),
    "exam": ("book", "tools.exam", "print exam questions with their answers: exam --seed N"),
    "items": ("book", "tools.items", "write the predictions for Moodle and Anki: items --moodle FILE.xml"),
    "bench": ("dev", "benchmarks", "measure the kernels side by side and store the table"),
    "lite": ("lite", "tools.build_lite", "build JupyterLite beside the book"),
    "pdf": ("dev", "tools.make_pdf", "make one PDF of the book"),
    "zip": ("book", "tools.zip_site", "put the built book into one zip file, to read offline"),
    "package": ("", "tools.make_package", "build the package for pip and check it (--try installs it)"),
    "words": ("lite", "tools.words", "collect the sentences of cards and hints for a translator: words de"),
    "newest": (
        "book",
        "tools.newest",
        "build the book on the newest Sphinx too and compare the pages' texts",
    ),
    "links": ("book", "tools.check_links", "check the links that leave the site (needs a network)"),
    "lock": ("", "tools.lock", "choose the newest versions and write the lock files (needs uv)"),
}
# These take paths from the reader, so they run in the reader's folder.
IN_CALLERS_FOLDER = ("grade", "learn", "items")
# Seconds to tidy up after a stop: `grade` still writes the pages of all learners graded so far.
SLOW_TO_STOP = {"grade": 120.0}


def main(arguments):
    if sys.version_info[:2] < OLDEST:
        return fail(
            "This is Python %d.%d; the course needs Python %d.%d or newer." % (sys.version_info[:2] + OLDEST)
        )
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print("python3 course.py VERB\n")
        for verb, (_, _, line) in VERBS.items():
            print("  %-10s %s" % (verb, line))
        print("\nThe first call installs what the verb needs into .venv. `VERB --help` lists its options.")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        near = difflib.get_close_matches(verb, VERBS, 1, 0.5)
        hint = "did you mean `%s`?" % near[0] if near else "one of: " + ", ".join(VERBS) + "."
        return fail("There is no verb `%s`; %s" % (verb, hint))
    needs, module, _ = VERBS[verb]

    sys.path.insert(0, ROOT)
    from tools import environment, process

    try:
        with process.stops_on_sigterm():
            if asks_for_help(arguments):
                # -S: with the standard library alone, so that it reads the same before and after installing
                command = [sys.executable, "-S", "-m", "tools.help_of", module] + arguments[1:]
                return process.run(command, cwd=ROOT, env=environment.variables(sys.executable))
            newest = verb == "test" and "--newest" in arguments
            python = environment.ensure(needs, newest) if needs else sys.executable
            command = [python, "-m", module] + arguments[1:]
            folder = os.getcwd() if verb in IN_CALLERS_FOLDER else ROOT
            patience = SLOW_TO_STOP.get(verb)
            return process.run(command, cwd=folder, env=environment.variables(python), patience=patience)
    except environment.Problem as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        return fail("Stopped; nothing is broken.", 130)
    except OSError as error:
        return fail(environment.explain(error))


def asks_for_help(arguments):
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments  # after it they are pytest's
    return "-h" in own or "--help" in own


def fail(line, code=1):
    print("course.py: " + line, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
