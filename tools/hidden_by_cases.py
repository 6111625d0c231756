"""Find the mistakes that a question's cases hide.

    python -m tools.hidden_by_cases [STEM ...] [--seeds N] [--pairs] [--clamps]

Every slip of a question, and with `--pairs` every combination of two slips, is run on the cases of several
seeds; with `--clamps` also every right answer without one of its `max`, `min`, `%` and `abs`. The report
lists those that get a part or an output right on all its cases: on every seed (the cases cannot reveal them),
or on some seeds only (the numbers drawn there hide them by accident).
"""

import argparse
import ast
import inspect
import sys
import textwrap
import warnings
from collections import defaultdict
from itertools import combinations

BOUNDS = ("max", "min", "abs", "maximum", "minimum", "clip")


def earned(question, function, seed):
    """Return the parts, or outputs, that the function earns on the cases of a seed.

    A verdict would say the same, and why, which takes ten times as long.
    """
    from conv_course.checker.guards import TimeLimit, quiet, time_limit
    from conv_course.checker.judge import expected, items, limits, parts_right
    from conv_course.checker.run import run

    cases, wanted = question.cases_for(seed), expected(question, seed)
    calls = {"names": question.parameters, "modifies": question.modifies, "trusted": True}
    try:
        with quiet(), time_limit(20):
            answers = run(function, cases, limits=limits(question, seed)[: len(cases)], **calls)
    except TimeLimit:
        return set()
    if any(answer.mutated for answer in answers):
        return set()
    table = items(question, answers, wanted)
    right = parts_right(question, cases, table, {key: why for key, (_, why) in table.items() if why})
    return {name for name, is_right in right.items() if is_right}


def losing_cases(question, function, seed):
    """Return the numbers of cases, at most one per part, that lose all parts between them; [] if none do."""
    lost, found = set(), []
    for number in range(len(question.cases_for(seed))):
        more = lost_by(question, function, seed, number) - lost
        if more:
            lost |= more
            found.append(number)
    return found if lost == set(question.parts) else []


def loses_all(question, function, seed, numbers):
    """Return whether the cases with these numbers lose all parts between them, so that `earned` is empty."""
    lost = (lost_by(question, function, seed, number) for number in numbers)
    return bool(numbers) and set().union(*lost) == set(question.parts)


def lost_by(question, function, seed, number):
    """Return the parts that the function loses by one case of a seed, whatever it returns for the others."""
    from conv_course.checker.guards import TimeLimit, quiet, time_limit
    from conv_course.checker.judge import expected, items, limits
    from conv_course.checker.run import run

    case, wanted = question.cases_for(seed)[number], expected(question, seed)[number]
    calls = {"names": question.parameters, "modifies": question.modifies, "trusted": True}
    try:
        with quiet(), time_limit(20):
            (answer,) = run(function, [case], limits=[limits(question, seed)[number]], **calls)
    except TimeLimit:
        return set(question.parts)
    failing = {name for (_, name), (_, why) in items(question, [answer], [wanted]).items() if why}
    if answer.mutated or (failing and len(question.parts) == 1 and not question.outputs):
        return set(question.parts)
    return set(question.parts) & (failing if question.outputs else {case.part for _ in failing})


def slips_of(question):
    """Return (name, function) of each slip."""
    return [(wrong.name, wrong.function) for wrong in question.wrongs]


def pairs_of(question):
    """Yield (names, function) of every two slips of the same answer that can be combined."""
    from conv_course.checker.slips import SlipError, edit

    for first, second in combinations([w for w in question.wrongs if w.slip], 2):
        if first.base != second.base or first.name == second.name:
            continue
        try:
            source = edit(first.slip.source, second.slip.edits)
            if source in (first.slip.source, second.slip.source, first.base):
                continue
            yield f"{first.name} + {second.name}", question.compiled(source)
        except (SlipError, SyntaxError):
            continue


def clamps_of(question):
    """Yield (edit, function) of every right answer without one of the bounds that it puts on a number."""
    for source, names, function in _right_sources(question):
        for k in range(len(list(_bounds(ast.parse(source))))):
            tree = ast.parse(source)
            node, inside = list(_bounds(tree))[k]
            edit = f"{ast.unparse(node)} => {ast.unparse(inside)}"
            space, tree = dict(names), ast.fix_missing_locations(_Replaced(node, inside).visit(tree))
            with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
                exec(compile(tree, "<edit>", "exec"), space)
            yield edit, space[function]


def _right_sources(question):
    """Yield (source, names, function's name) of the right answers."""
    bases = [question.source, *(wrong.base for wrong in question.wrongs)]
    for base in dict.fromkeys(base for base in bases if base):
        yield base, question.names, question.function
    for right in question.rights:
        if right.__module__ != "builtins" and inspect.getsourcefile(right) and right.__name__ == "_":
            lines = textwrap.dedent(inspect.getsource(right)).splitlines()
            yield "\n".join(line for line in lines if line[:1] != "@"), right.__globals__, right.__name__


def _bounds(tree):
    """Yield (node, what is left without the bound), one for each way to leave it out."""
    stops = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.While) for part in ast.walk(node.test)
    }
    for node in ast.walk(tree):
        if id(node) in stops:  # without it the loop has no end
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("np.") in BOUNDS:
            yield from ((node, one) for one in node.args[:2] if not isinstance(one, ast.Starred))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            yield node, node.left


class _Replaced(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else super().visit(node)


def hidden(question, mistakes, seeds):
    """Yield (name, parts right on every seed, {part: seeds, if right only on some}) of hidden mistakes."""
    right, losing = [defaultdict(list) for _ in mistakes], [[] for _ in mistakes]
    for seed in seeds:  # outside, since drawing a seed's cases takes longer than running a mistake on them
        for place, (_, function) in enumerate(mistakes):
            if loses_all(question, function, seed, losing[place]):
                continue
            parts = earned(question, function, seed)
            if not parts:  # the same cases will probably show this on the next seeds too
                losing[place] = losing_cases(question, function, seed)
            for part in parts:
                right[place][part].append(seed)
    for (name, _), found in zip(mistakes, right, strict=True):
        always = {part for part, where in found.items() if len(where) == len(seeds)}
        sometimes = {part: where for part, where in found.items() if part not in always}
        if always == set(question.parts) or sometimes:
            yield name, always == set(question.parts), sometimes


def main(arguments=None):
    from conv_course.checker.questions import load_sheet, sheet_stems

    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="hidden_by_cases", description=__doc__.splitlines()[0]
    )
    parser.add_argument("stems", nargs="*", metavar="STEM")
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds, the visible one first")
    parser.add_argument("--pairs", action="store_true", help="also try every combination of two slips")
    parser.add_argument("--clamps", action="store_true", help="also leave out each max, min, %% and abs")
    options = parser.parse_args(arguments)
    found = tried = 0
    for stem in options.stems or sheet_stems():
        for question in load_sheet(stem):
            mistakes = slips_of(question) + (list(pairs_of(question)) if options.pairs else [])
            if options.clamps and question.kind == "function":
                mistakes += clamps_of(question)
            tried += len(mistakes)
            for name, survives, sometimes in hidden(question, mistakes, range(options.seeds)):
                found += 1
                shown = [f"'{part}' on seeds {', '.join(map(str, s))}" for part, s in sometimes.items()]
                what = "hidden by every case" if survives else "right by accident: " + "; ".join(shown)
                print(f"{stem} {question.name}: {name}: {what}", flush=True)
    print(f"{tried} mistakes on {options.seeds} seeds, {found} hidden")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
