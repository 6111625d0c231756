"""Grade a class: `python3 course.py grade FOLDER_OR_ZIP --csv grades.csv`.

The modules
-----------

`archives` opens a platform's download, `submissions` finds the submissions in it and reads them as data, and
`notebooks` parses a notebook. `given` writes the reduced conv_lib that a learner's code gets: the parts that
the exercise notebook imports, and nothing else of the course. `sandbox` starts one process per submission
under bubblewrap. In it, `child` runs the cells and calls the learner's functions on the cases of a hidden
seed. The answers come back through a pipe as data without pickle, and `channel` checks them. `grade` then has
`conv_course.checker.judge` compare them, outside the sandbox.

`whole_class` does this for all submissions, until `stopping` notices a Ctrl-C. `scratch` holds the temporary
files. `outputs` checks the output paths, `state` keeps the records, `records` writes the table and the
feedback, and `text` sanitises text that a learner can influence.

If a wrong answer matches no named mistake, `explaining` starts one more process. It runs the cells and
describes, on the notebook's own cases, what the function computes (`explain` is its program). These lines go
into the field "computes" of the record's question; they never affect the points.

Functions that a question passes as arguments run in processes that `servers` starts; `layers` is their
program.

Bytes that a learner's code may have written are decoded only by `loads` and `loads_answers` of
`conv_course.checker.wire`, by `notebooks.parse` and by `conv_course.checker.octave.process.parse`. A test
(test_trust) enforces this list.

Right answers, seeds and names of cases never enter the sandbox that produces the answers. The explaining
process has the sheets, which are public, but its output is not judged. Learner's code that takes over its
process can write anything into the pipe: it is judged like any other answer.
"""
