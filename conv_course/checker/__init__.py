"""The checker of the exercises.

In a notebook::

    from conv_course import sheet
    check = sheet("02_slide_a_kernel")
    check("q1")          # finds the learner's function by its name; or check("q1", my_function)
    check.hint("q1")     # the next hint, at any time; the same mistake again brings it by itself
    check.own("q1")      # after full marks: questions on the learner's own code, counted apart
    check.progress()     # "7 of 12 points"

How to write a sheet
====================

For each exercise one module `conv_course/checker/sheets/NN_stem.py` with a `Sheet` called `sheet`. `given`
are the imports of the notebook's first cell that solutions use::

    import numpy as np
    from conv_course.checker.questions import Sheet, case, numbers

    sheet = Sheet("02_slide_a_kernel", given="import numpy as np")

    q2 = sheet.function(
        "q2", "slide",                      # the question; the function that the learner writes
        title="slide the window",           # a few words for the card
        section="02-code",                  # label of the section to read when no misconception matches
        parts={"stride 1": 1, "stride": 1}, # or points=2: all or nothing
    )

    q2.solution('''                         # the right answer: what the notebook's solution shows
    def slide(x, w, b=0.0, *, stride=1):
        "y, shape (W',)."
        y = np.zeros((len(x) - len(w)) // stride + 1)
        for i in range(len(y)):
            y[i] = b + np.sum(w * x[i * stride : i * stride + len(w)])
        return y
    ''')

    @q2.cases                               # a generator; simple cases first: the first failing one is shown
    def _(rng):
        yield case(numbers(rng, 5), numbers(rng, 3), 0.5, part="stride 1")
        for W, kW, S in [(7, 3, 2), (8, 3, 2), (9, 2, 3)]:
            yield case(numbers(rng, W), numbers(rng, kW), 0.5, stride=S, part="stride")
        yield case(numbers(rng, 9), numbers(rng, 4), -1.0, stride=2, part="stride", layout="view")

    @q2.right                               # a right answer in another style (as many as you like):
    def _(x, w, b=0.0, *, stride=1):        # the tests see that it keeps full marks
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
  `outputs=("dx", "dw", "db")`; each is graded by itself (`parts={"dx": 2, "dw": 1, "db": 1}` or `points=3`
  shared evenly) and misconceptions are looked for in each by itself.
- A training step is a function question. If it has to change arrays in place, say which arguments:
  `modifies=("w", "b")`; those become outputs too. All other arguments must stay as they were.
- `sheet.values(name, function, expected, ...)`: fill in and check. `expected` is a dict of values (numbers,
  arrays, short texts); the learner writes a function without arguments that returns such a dict (or the
  values in that order); the right value is never shown. Wrong answers are functions without arguments.
- `sheet.tests(name, function, right={...}, wrong={...}, ...)`: the learner writes a test, a function of one
  implementation that returns True if it believes it. `right` and `wrong` are dicts of functions that need
  nothing but `np` and what they import in their body. All right ones must be accepted for any point.
  With `parts`, a wrong one's key begins with its part: `"stride: forgotten in dx"`. Misconceptions are
  wrong tests; give at least one right test by `@q.right`.

What a question is about
------------------------

`answered_by="conv2d"` names the functions of the course, several with spaces between, that answer the
question. A call of one, by whatever name and through whatever wrapper, is seen while the learner's function
runs; the card says so and there are no points. `"conv2d(groups)"` is a call with more than one group,
`"SGD.step"` a method, `"numpy:convolve"` a function of another package, `"libraries"` all of SciPy's and
PyTorch's that are a layer's forward pass. Name what a text does not hand out;
a right answer that calls a named function fails a test.

Arguments
---------

Arguments are plain data: arrays, numbers, texts, lists, tuples, dicts. Where the learner's function is to be
given a function, use `Code("def f(x): return np.sum(a * x)", a=2.0)` or `Code.of(module_level_function)`:
its source text can be carried into another process. Stride, padding and the like go by keyword, and the
notebook's stub shows the signature. `numbers(rng, *shape)` gives readable random numbers.

Every question needs the cases that tell its misconceptions apart: H != W, kH != kW, F != D, S in 1..3, P
up to beyond k-1, leftover samples, uneven padding where it applies, an input of integers where the result is
not, one `layout="view"` and one `layout="F"` case. Keep them small: a check takes under 60 ms, misconceptions
included. Small cases move to the front and get whole numbers (`by_hand`): the first one that fails can be
worked out on paper.

Misconceptions
--------------

A misconception is a slip, an edit of the right answer; how it is written stands in the docstring of `slips`.
Because it is real code, it fails as a learner's code does: with the same numbers, the same shape or the same
exception. `q2.slips(text, source=...)` edits another right answer, which is then tried as one, too. The few
that are no edit are functions: `q.wrong(name, hint, function, section=...)`. A hint is one sentence that
makes the learner look at the right place; it never says what to type. Two misconceptions that give the same
on all cases count as one, and a test says so.

These need no misconception of their own, every question names them: returns None, a ragged list, not an
array, the wrong shape, NaN, an integer or float16 result, inputs changed in place, an endless loop, too much
memory, an error with its line. `python -m tools.kill_table NN_stem` says what a sheet catches and how
long a check takes; `pytest tests/grading -k NN_stem` tries it on several seeds.
`python -m tools.hidden_by_cases NN_stem` says which slips, and with `--pairs` which two together, the cases
of some seeds hide; `python -m benchmarks.checks` measures checks and explanations.

The notebook
------------

Its text is `solutions/NN_stem.md`; `python3 course.py exercises NN_stem` makes both notebooks of it and runs
them. First the title and a few words, then a code cell with further imports, then for each question a heading
`## q1` and what is asked. Number, title, points, the cell to write in, the check, ids, outputs and nbgrader's
metadata are put in for you (how: the docstring of `tools/exercise_text.py`). `conv_course.widgets.sliders`
runs the learner's own function on `stride` and `padding`. The last cell is `check.progress()`.

Hints
-----

`hints` makes the ladder of hints of what is there: the hint of a misconception is its first rung, the rest
(where to look, both sums with a picture, a worked case) is computed from the question's answer and cases.
`as_json.as_json(card)` gives cards and hints as plain data, for a page.

In another process
------------------

`questions` holds the cases (`question.cases_for(seed)`) and what is run of them (`question.trials_for(seed)`:
the cases, and a plain copy of each one whose arrays lie oddly in memory), `run.run` is all that touches the
learner's function and knows no answer, `wire` carries cases and answers without pickle, and
`judge.judge(question, answers, seed=seed)` is a pure function that needs only what came back. What a
learner's code may have written is read by `wire.loads_answers`, never by `wire.loads_trusted`. Give `run`
what the checker gives it: `names=question.parameters, modifies=question.modifies,
watch=question.answered_by, limits=judge.limits(question, seed)`; all of that is plain data.
"""

from conv_course.checker.notebook import Check, sheet

__all__ = ["Check", "sheet"]
