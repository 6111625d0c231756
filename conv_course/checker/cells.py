"""Find out about the notebook cell that defines a function, or that should have defined it."""

import ast
import builtins
import inspect
import re
import sys
import textwrap

from conv_course.words import listen

DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)


class Cells:
    """Remembers which functions a cell should have defined if it stopped before it did.

    The name then still refers to the function of an earlier cell.
    """

    def __init__(self):
        self._shell, self._before, self._stale = None, {}, {}

    def listen(self):
        """Register for all cells that IPython runs from now on, in Jupyter and in JupyterLite."""
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is None or shell is self._shell:
            return
        self._shell = shell
        listen(shell)
        shell.events.register("pre_run_cell", self._begins)
        shell.events.register("post_run_cell", self._ended)

    def _begins(self, info):
        names = {first or second for first, second in DEFINES.findall(info.raw_cell or "")}
        self._before = {name: self._shell.user_ns.get(name) for name in names}

    def _ended(self, result):
        error = result.error_before_exec or result.error_in_exec
        for name, before in self._before.items():
            if error is not None and self._shell.user_ns.get(name) is before:
                self._stale[name] = before, _what(error, self._shell.user_ns)
            else:
                self._stale.pop(name, None)
        self._before = {}

    def stopped(self, name, function):
        """Return why the last cell that should define `name` failed, if `function` is older; else ""."""
        before, why = self._stale.get(name, (None, ""))
        return why if before is function else ""


def _what(error, space):
    """Return an error as text, for example "SyntaxError in line 4"."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None and line is None:
        frame = trace.tb_frame
        line = trace.tb_lineno if frame.f_globals is space and frame.f_code.co_name == "<module>" else None
        trace = trace.tb_next
    return type(error).__name__ + (f" in line {line}" if line else "")


def forgotten_stop(function):
    """Return the line of a `raise NotImplementedError` that was left above the learner's lines, or 0."""
    try:
        lines, first = inspect.getsourcelines(function)
        (definition,) = ast.parse(textwrap.dedent("".join(lines))).body
        body = definition.body
    except (OSError, TypeError, SyntaxError, ValueError, AttributeError):
        return 0
    places = [i for i, statement in enumerate(body) if _is_stop(statement)]
    if not places or not any(_could_run(s, definition, function) for s in body[places[0] + 1 :]):
        return 0
    return max(first, 1) + body[places[0]].lineno - 1


def _is_stop(statement):
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _could_run(statement, definition, function):
    """Return whether all names in the statement are defined. In an exercise's unfilled frame they are not."""
    names = [node for node in ast.walk(definition) if isinstance(node, ast.Name)]
    known = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    known |= {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)}
    known |= set(function.__globals__) | set(vars(builtins))
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} <= known
