"""The checker of the exercises.

In a notebook::

    from conv_course import sheet
    check = sheet("02_slide_a_kernel")
    check("q1")          # finds the learner's function by its name; or check("q1", my_function)
    check.hint("q1")     # the next hint, at any time; after a repeated mistake it comes automatically
    check.own("q1")      # after full marks: questions on the learner's own code, counted separately
    check.progress()     # "7 of 12 points"

How to write a sheet
====================

Each exercise has one module `conv_course/checker/sheets/NN_stem.py` with a `Sheet` called `sheet`. `given`
holds the imports of the notebook's first cell that the solutions use::

    import numpy as np
    from conv_course.checker.questions import Sheet, case, numbers

    sheet = Sheet("02_slide_a_kernel", given="import numpy as np")

    q2 = sheet.function(
        "q2", "slide",                      # the question; the function that the learner writes
        title="slide the window",           # a few words for the card
        section="02-code",                  # label of the section to read when no misconception matches
        parts={"stride 1": 1, "stride": 1}, # or points=2: all or nothing
    )

    q2.solution('''                         # the right answer, shown in the notebook's solution
    def slide(x, w, b=0.0, *, stride=1):
        "y, shape (W',)."
        y = np.zeros((len(x) - len(w)) // stride + 1)
        for i in range(len(y)):
            y[i] = b + np.sum(w * x[i * stride : i * stride + len(w)])
        return y
    ''')

    @q2.cases                               # a generator; simple cases first, as the first failure is shown
    def _(rng):
        yield case(numbers(rng, 5), numbers(rng, 3), 0.5, part="stride 1")
        for W, kW, S in [(7, 3, 2), (8, 3, 2), (9, 2, 3)]:
            yield case(numbers(rng, W), numbers(rng, kW), 0.5, stride=S, part="stride")
        yield case(numbers(rng, 9), numbers(rng, 4), -1.0, stride=2, part="stride", layout="view")

    @q2.right                               # a right answer in another style (any number of them):
    def _(x, w, b=0.0, *, stride=1):        # the tests check that it gets full marks
        return np.correlate(x, w, "valid")[::stride] + b

    q2.slips('''
    The kernel is flipped  [01-flip]
        w * x => w[::-1] * x
        Which sample does w[0] meet when the window stands at the left end?

    The window starts at i, not at i times S
        i * stride =>> i
        Output 0 reads from sample 0; with stride 2, where does output 1 begin to read?
    ''')

The four kinds of question
--------------------------

- `sheet.function(name, function, ...)`: as above. If the answer is a tuple, name its members:
  `outputs=("dx", "dw", "db")`. Each is graded separately (`parts={"dx": 2, "dw": 1, "db": 1}`, or `points=3`
  shared evenly), and misconceptions are looked for in each one separately.
- A training step is a function question. If it has to change arrays in place, name these arguments:
  `modifies=("w", "b")`. They become outputs too. All other arguments must stay unchanged.
- `sheet.values(name, function, expected, ...)`: fill in values. `expected` is a dict of values (numbers,
  arrays, short texts). The learner writes a function without arguments that returns such a dict, or the
  values in that order. The right value is never shown. Wrong answers are functions without arguments.
  `q.ask(text)` has a question for each name, which the card asks where nothing explains a wrong number.
- `sheet.tests(name, function, right={...}, wrong={...}, ...)`: the learner writes a test, a function that
  takes an implementation and returns True if the implementation passes. `right` and `wrong` are dicts of
  functions that need only `np` and their own imports. The test gets points only if it accepts all right ones.
  With `parts`, a wrong one's key begins with its part: `"stride: forgotten in dx"`. Misconceptions are
  wrong tests. Give at least one right test with `@q.right`.

Forbidden calls
---------------

`answered_by="conv2d"` names the course's functions that answer the question, separated by spaces. If the
learner's function calls one of them, under any name and through any wrapper, the card says so and there are
no points. `"conv2d(groups)"` means a call with more than one group, `"SGD.step"` a method, `"numpy:convolve"`
a function of another package, and `"libraries"` all functions of SciPy and PyTorch that are a layer's forward
pass. Do not name a function that the exercise allows: a right answer that calls a named function fails a
test.

Arguments
---------

Arguments are plain data: arrays, numbers, texts, lists, tuples, dicts. If the learner's function takes a
function, use `Code("def f(x): return np.sum(a * x)", a=2.0)` or `Code.of(module_level_function)`, whose
source text can be sent to another process. Pass stride, padding and the like by keyword; the notebook's stub
shows the signature. `numbers(rng, *shape)` returns readable random numbers.

Every question needs cases that distinguish its misconceptions: H != W, kH != kW, F != D, S in 1..3, P up to
more than k-1, leftover samples, uneven padding where it applies, an integer input if the result is not
integer, one `layout="view"` and one `layout="F"` case. Keep them small: a check takes less than 60 ms,
misconceptions included. Small cases move to the front and get whole numbers (`by_hand`), so that the first
one that fails can be worked out on paper.

Misconceptions
--------------

A misconception is a slip, an edit of the right answer, in the notation that the docstring of `slips` defines.
Because it is real code, it fails as a learner's code does: with the same numbers, the same shape or the same
exception. `q2.slips(text, source=...)` edits another right answer, which the tests then try as a right answer
too. The few misconceptions that are not edits are functions: `q.wrong(name, hint, function, section=...)`. A
hint is one sentence that makes the learner look at the right place. It never says what to type. A test fails
if two misconceptions give the same results on all cases.

Some faults need no misconception, since every question recognises them: None is returned, a ragged list, not
an array, the wrong shape, NaN, an integer or float16 result, inputs changed in place, an endless loop, too
much memory, an error with its line. `python -m tools.kill_table NN_stem` shows which mistakes a sheet catches
and how long a check takes. `pytest tests/grading -k NN_stem` tries it on several seeds.
`python -m tools.hidden_by_cases NN_stem` lists the slips (with `--pairs`, the pairs of slips) that the cases
of some seeds fail to catch. `python -m benchmarks.checks` measures checks and explanations.

The notebook
------------

Its text is `solutions/NN_stem.md`. `python3 course.py exercises NN_stem` makes both notebooks from it and
runs them. It begins with the title and a few words, then a code cell with further imports. Each question
follows under a heading `## q1`. Number, title, points, the answer cell, the check, ids, outputs and
nbgrader's metadata are added automatically (see the docstring of `tools/exercise_text.py`).
`conv_course.widgets.sliders` runs the learner's own function on `stride` and `padding`. The last cell is
`check.progress()`.

Hints
-----

`hints` generates the ladder of hints. Its first rung is the hint of a misconception. The others (where to
look, both sums with a picture, a worked case) are computed from the question's answer and cases.
`as_json.as_json(card)` returns cards and hints as plain data, for a page.

In another process
------------------

`questions` holds the cases (`question.cases_for(seed)`) and the trials that are run
(`question.trials_for(seed)`: the cases, and a C-ordered copy of each case with another memory layout). The
last two cases are not written in the sheet: in one, arrays begin and end with 0 (`by_hand.ended_by_zeros`);
the last has the shapes of the first one with arrays and other numbers, for functions that keep something
(`by_hand.once_more`). Only `run.run` calls the learner's function, and it knows
no right answer. `wire` carries cases and answers without
pickle. `judge.judge(question, answers, seed=seed)` is a pure function of the returned answers. Data that a
learner's code may have written is read by `wire.loads_answers`, never by `wire.loads_trusted`. Call `run` as
the checker does: `names=question.parameters, modifies=question.modifies, watch=question.answered_by,
limits=judge.limits(question, seed)`, all of them plain data.
"""

from conv_course.checker.notebook import Check, sheet

__all__ = ["Check", "sheet"]
