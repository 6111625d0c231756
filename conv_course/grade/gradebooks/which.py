"""Choose the column to fill, and the exercise that it is for.

A title that holds the words of an exercise is for that one. A column that was named, or is the only one, may
have any title: it is for the exercise that most learners handed in, so one learner's other exercise stops
nothing.
"""

import re
from collections import defaultdict

from conv_course.grade.records import Refused
from conv_course.grade.text import clean_text, counted


def learners_of(records):
    """Return {exercise: the learners who have points for it}."""
    learners = defaultdict(set)
    for record in records:
        if record.points is not None:
            learners[record.exercise].add(record.learner)
    return learners


def column(book, path, learners, wanted=None, exercise=None):
    """Return an exercise and the title of its column. Raise `Refused` unless exactly one pair fits."""
    chosen = sorted(learners) if exercise is None else [_named(path, learners, exercise)]
    titles = titled(book, path, wanted)
    fits = [(e, t) for e in chosen for t in titles if _fits(e, t)]
    main = chosen if len(chosen) == 1 else _most(learners)
    if len(fits) > 1:  # a title for each of several exercises
        fits = [(e, t) for e, t in fits if e in main] or fits
    elif not fits and (wanted is not None or book.only_column):  # the title need not hold the words
        if not main and len(titles) == 1:
            raise Refused(clean_text(f"{path} was not changed: {_several(learners, titles[0])}"))
        fits = [(e, t) for e in main for t in titles]
    if len(fits) == 1:
        _once(book, path, fits[0][1])
        return fits[0]
    if len({title for _, title in fits}) == 1:
        raise Refused(clean_text(f"{path} was not changed: {_several(learners, fits[0][1])}"))
    what = f"for {', '.join(main or chosen)}" if wanted is None else f"named {wanted}"
    raise Refused(_choose(book, path, f"{len(fits)} columns" if fits else "no column", what))


def titled(book, path, wanted=None):
    """Return the titles of the columns, or only those with the wanted title, at least one."""
    titles = list(book.columns)
    if wanted is not None:
        titles = [t for t in titles if wanted.strip() in (t, re.sub(r"\s*\(\d+\)$", "", t))]
        if not titles:
            raise Refused(_choose(book, path, "no column", f"named {wanted}"))
    if len(titles) == 1:
        _once(book, path, titles[0])
    return titles


def _once(book, path, title):
    if len({cell.column for cell in book.columns[title]}) > 1:
        raise Refused(clean_text(f"{path} has the column {title} twice"))


def _choose(book, path, many, what):
    there = ", ".join(book.columns) or "none there"
    return clean_text(f"{path} has {many} {what}; choose one with --column: {there}")


def _named(path, learners, wanted):
    """Return the exercise that `--exercise` names by its number, its stem or all of its name."""
    fits = [e for e in learners if wanted == e] or [e for e in learners if wanted == e.partition(" ")[0]]
    fits = fits or [e for e in learners if e.startswith(f"{wanted}_")]
    if len(fits) == 1:
        return fits[0]
    what = f"{len(fits)} exercises are" if fits else "nobody has points for an exercise that is"
    there = ", ".join(sorted(learners))
    raise Refused(
        clean_text(f"{path} was not changed: {what} named {wanted}; choose one with --exercise: {there}")
    )


def _most(learners):
    """Return the exercise that most handed in, in a list: empty if another has more than half as many."""
    ranked = sorted(learners, key=lambda e: len(learners[e]), reverse=True)
    if len(ranked) > 1 and 2 * len(learners[ranked[1]]) > len(learners[ranked[0]]):
        return []
    return ranked[:1]


def _several(learners, title):
    each = ", ".join(f"{e} by {counted(len(learners[e]), 'learner')}" for e in sorted(learners))
    return f"several exercises were handed in ({each}); say which one column {title} is for with --exercise"


def _fits(exercise, title):
    """Return whether the title contains the exercise's words: "Lab 3: Slide a kernel", 02_slide_a_kernel."""
    return f" {_words(exercise.partition('_')[2])} " in f" {_words(title)} "


def _words(text):
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))
