"""Grade a class: `python3 course.py grade FOLDER_OR_ZIP --csv grades.csv`.

Who does what
-------------

`archives` opens what a platform hands out, `submissions` finds what is there and reads it as data,
`notebooks` says what is in a notebook. `given` writes the small conv_lib that a learner's code gets: what
the exercise notebook imports, and nothing else of the course. `sandbox` starts one process for one
submission under bubblewrap; in it `child` runs the cells and calls the learner's functions on the cases of
a hidden seed. What comes back through a pipe is data without pickle, checked by `channel`; `grade` lets
`conv_course.checker.judge` compare it here, outside.

`whole_class` does this for all submissions, until `stopping` says that there was a Ctrl-C; `scratch` is where
temporary files lie. `outputs` sees to the places for the results, `state` keeps what is known, `records`
writes the table and the feedback, `text` makes safe what a learner had a hand in.

Where a wrong answer has no name, `explaining` has one more process run the cells and say, on the notebook's
own cases, what the function computes (`explain` is its program): a question of a record has these lines in
its field "computes", and they never touch the points.

Functions that a question hands over run in processes that `servers` starts; `layers` is their program.

Bytes that a learner's code may have written are decoded by `loads` and `loads_answers` of
`conv_course.checker.wire`, by `notebooks.parse` and by `conv_course.checker.matlab.parse`, and nowhere else;
a test (test_trust) holds the list.

Neither right answers nor seeds nor the names of cases enter the sandbox where answers are given; the process
that explains has the sheets, which come with the course, and gives no answers. A learner's code that takes
over its process can write whatever it likes into the pipe: it is an answer like any other, and judged.
"""
