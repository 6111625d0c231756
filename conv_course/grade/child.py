"""Run a learner's cells, then call the learner's functions on cases, and send their results.

This is the program of the sandboxed process, which answer.py starts there. It reads one job from standard
input and writes lines `WHAT DATA` to the file descriptor given in the job. It knows no right answers.
"""

import gc
import json
import os
import sys
import types

MOST_ERRORS = 50  # cells whose errors are reported


def prepare(job):
    """Set the module search path and the limits that have to be set from inside."""
    sys.path[:] = [job["folder"], *(p for p in sys.path if p != job["folder"]), *job["packages"]]
    try:
        import resource
    except ImportError:
        return
    if job["sandboxed"]:
        # the limit counts this user's processes in this user namespace, which has only this one
        limit_processes(resource, 64)


def limit_processes(resource, most):
    try:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    except (ValueError, OSError):
        return  # the system call filter still applies


def main():
    with os.fdopen(os.dup(0), "rb") as file:
        job = json.loads(file.read())
    prepare(job)
    channel = job["channel"]

    def send(what, data):
        line = what.encode() + b" " + data + b"\n"
        while line:
            line = line[os.write(channel, line) :]

    import_numpy()
    from conv_course.checker import stand_in

    stand_in.descriptor = job["layers"]

    checked, defined = functions_of_the_cells(job, send, stand_in)
    if job.get("explains"):
        from explain import explain_questions as work
    elif job.get("own"):
        from own_run import run_texts as work
    else:
        work = answer_questions
    work(job, send, checked, defined)
    send("end", b"")
    os._exit(0)


def import_numpy():
    """Import NumPy without `numpy._typing`, a tenth of the work. NumPy itself only subscripts names from it.

    Code that asks for it afterwards, as `numpy.typing` does, gets the real module.
    """
    hints = types.ModuleType("numpy._typing")
    hints.__getattr__ = lambda name: list
    sys.modules[hints.__name__] = hints
    import numpy  # noqa: F401

    del sys.modules[hints.__name__]


def functions_of_the_cells(job, send, stand_in):
    """Run the cells. Return {question: functions that were checked}, {name: functions that were defined}."""
    from conv_course.checker.wire import dumps

    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    space = module.__dict__
    space["display"] = lambda *args, **kwargs: None
    space["get_ipython"] = lambda: None
    armed = watch_from_now_on(job["questions"])
    wanted = {question["function"] for question in job["questions"]}
    defined = {name: [] for name in wanted}
    gc.freeze()  # what is imported by now has no garbage
    gc.enable()
    checked = {question["name"]: [] for question in job["questions"]}
    errors = []
    for number, source in job["cells"]:
        send("cell", b"%d" % number)
        problem = run_cell(number, source, space, job["cell_seconds"])
        armed.look()
        if problem:
            errors.append([number, *problem])
        for name in wanted:
            value = space.get(name)
            if value is not None and not any(value is known for known in defined[name]):
                defined[name].append(value)
        for name, function, _ in stand_in.seen:
            question = next((q for q in job["questions"] if q["name"] == name), None)
            if question and function is None:
                function = space.get(question["function"])
            if question and function is not None:
                checked[name].append(function)
        del stand_in.seen[:]
    send("errors", dumps(errors[:MOST_ERRORS]))
    gc.collect()
    return checked, defined


def run_cell(number, source, space, seconds):
    """Run a cell. Return None, or [name of the error, message, line] if it stopped."""
    from conv_course.checker.guards import TimeLimit, memory_limit, quiet, time_limit

    name = f"<cell {number}>"
    try:
        code = compile(source, name, "exec")
    except (SyntaxError, ValueError):
        try:
            code = compile(without_magic(source), name, "exec")
        except (SyntaxError, ValueError) as error:
            return ["SyntaxError", str(getattr(error, "msg", error))[:200], getattr(error, "lineno", 0) or 0]
    try:
        with memory_limit(), quiet(), time_limit(seconds):
            exec(code, space)
    except TimeLimit:
        return ["TimeLimit", f"stopped after {seconds:g} s", 0]
    except BaseException as error:
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == name:
                line = trace.tb_lineno
            trace = trace.tb_next
        try:
            message = str(error)[:200]
        except BaseException:
            message = ""
        return [type(error).__name__[:60], message, line]
    return None


def candidates_of(question, checked, defined):
    """Return the functions that may be the answer, latest first, and whether one is the course's own."""
    found = checked[question["name"]][::-1] + defined[question["function"]][::-1]
    own = []
    for function in found:
        if not is_of_the_course(function) and not any(function is before for before in own):
            own.append(function)
    return own, any(map(is_of_the_course, found))


def first_answered(question, functions, cases):
    """Return (function, answers) for the first function that is more than the stub, or the last one tried."""
    from conv_course.checker.run import run

    for tried, function in enumerate(functions, 1):
        answers = run(
            function,
            cases,
            names=tuple(question["names"]),
            modifies=tuple(question["modifies"]),
            seconds=question["seconds"],
            limits=[question["limit"]] * len(cases),
            watch=question["watch"],
        )
        if any(answer.status != "unfilled" for answer in answers) or tried > 5:
            break
    return function, answers


def answer_questions(job, send, checked, defined):
    """Send the answers to the cases of every question."""
    from conv_course.checker.wire import dumps, loads_trusted

    for question in job["questions"]:
        name = question["name"]
        send("question", name.encode())
        functions, given = candidates_of(question, checked, defined)
        if not functions:
            send(f"answers/{name}", b'"given"' if given else b'"missing"')
            continue
        cases = loads_trusted(question["cases"].encode())
        _, answers = first_answered(question | {"seconds": job["question_seconds"]}, functions, cases)
        send(f"answers/{name}", dumps(answers))


def watch_from_now_on(questions):
    """Start to watch the functions that would answer a question, before a cell can copy their code."""
    import importlib

    import conv_lib
    from conv_course.checker import cases
    from conv_course.checker.guards import quiet
    from conv_course.checker.watch import Watch

    cases.is_given = lambda code: False  # functions in cases run in another process, so no call is excused
    names = {name for question in questions for name in question["watch"]}
    if names:
        with quiet():
            for name in modules_in(conv_lib):
                if name not in ("conv_lib.grading", "conv_lib.widgets"):  # the first edition's names
                    for inner in modules_in(importlib.import_module(name)):
                        importlib.import_module(inner)
    return Watch(names)


def modules_in(package):
    """Return the names of a package's modules; none for a module. Importing `pkgutil` would take longer."""
    files = [name for folder in getattr(package, "__path__", ()) for name in sorted(os.listdir(folder))]
    found = [name.removesuffix(".py") for name in files if not name.startswith("__")]
    return [f"{package.__name__}.{name}" for name in found if name.isidentifier()]


def is_of_the_course(function):
    """Return whether the function comes from the course."""
    try:
        return str(function.__module__).startswith(("conv_lib.", "conv_course."))
    except BaseException:  # a learner's object may raise anything
        return False


def without_magic(source):
    """Return a cell without the lines that only IPython understands."""
    lines = source.split("\n")
    if lines[0].startswith("%%"):
        lines = lines[1:] if lines[0].split()[0] in ("%%time", "%%timeit", "%%capture") else []
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass" if line.lstrip()[:1] in ("%", "!", "?") else line
        for line in lines
    )
