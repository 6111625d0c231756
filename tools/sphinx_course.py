"""Sphinx extension: add to every lesson's page the parts that follow from its stem and its front matter.

Below the title: the reading time, the required lessons, and buttons that open the exercise and the chapter as
a notebook. At the end: the exercise again. In the head: the page's description. The
directive `course-map 01 06` makes a card of those lessons: a drawing, a title and a sentence (its content),
the lessons with their times and the reader's progress, and the total times. Only that page loads home.css.
`course-work` has buttons that save and load all answers.
"""

import json
import math
from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from pygments.lexers import OctaveLexer
from pygments.token import Name
from sphinx.util import logging

from conv_course.checker import site
from conv_course.checker.questions import load_sheet
from conv_course.checker.show import amount
from conv_course.figures.openings import opening
from conv_course.figures.thumbnails import DRAWINGS, thumbnail
from conv_course.words import say

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
NO_BREAK = "\u00a0"
WORDS_PER_MINUTE = 150  # slower than for a novel, because of the formulas
MINUTES_PER_LISTING = 0.5
MINUTES_PER_FIGURE = 1.0
MINUTES_PER_PREDICTION, MANY_PREDICTIONS = 1.5, 10  # where they are the work of a page
MINUTES_PER_POINT = 4.0  # of an exercise: an estimate, and the pages call it one


def reading_minutes(doctree):
    """Return the minutes to read a page: its words, listings and figures, at least 1.

    Questions of the exercise do not count: their time is shown separately.
    """
    prose = [node for node in doctree.findall(is_prose) if not in_a_question(node)]
    words = sum(len(node.astext().split()) for node in prose)
    blocks = [node for node in doctree.findall(nodes.literal_block) if not in_a_question(node)]
    listings = sum(1 for block in blocks if is_in_the_open(block))
    figures = sum(1 for _ in doctree.findall(nodes.image))
    minutes = words / WORDS_PER_MINUTE + listings * MINUTES_PER_LISTING + figures * MINUTES_PER_FIGURE
    return max(1, math.ceil(minutes))


def in_a_question(node):
    """Return whether a node is in a `{question}` or `{predict}`. By name, to avoid circular imports."""
    while node is not None and type(node).__name__ not in ("course_question", "course_predict"):
        node = node.parent
    return node is not None


def keep_minutes(app, doctree):
    """Store the minutes when a page is first read. Later steps add cards, and builds reuse trees of pages."""
    found = sum(type(node).__name__ == "course_predict" for node in doctree.findall(nodes.Element))
    app.env.metadata[app.env.docname].update(minutes=reading_minutes(doctree), predictions=found)


def is_in_the_open(block):
    """Return whether a listing is visible without a click: not folded, and not a picture's text fallback."""
    around = block.parent
    while around is not None and around.get("nb_element") != "cell_code":
        if around.get("nb_element") == "mime_bundle" and len(around.children) > 1:
            return False
        around = around.parent
    return around is None or not around.get("hide_mode")


def is_prose(node):
    return isinstance(node, nodes.paragraph | nodes.title | nodes.term)


def needed_lessons(metadata):
    """Return the stems in the front matter's `needs`, which MyST passes as JSON."""
    needs = metadata["needs"]
    return json.loads(needs) if isinstance(needs, str) else list(needs)


def is_lesson(app, docname, stem):
    if stem not in app.env.titles:
        logger.warning("needs names %r, which is no page of the book", stem, location=docname)
    return stem in app.env.titles


def exercise_of(stem):
    """Return the path of the lesson's exercise in the repository, or None."""
    path = Path("exercises", f"{stem}.ipynb")
    return path.as_posix() if (ROOT / path).exists() else None


def exercise_minutes(stem):
    """Return the estimated minutes for the lesson's exercise, in steps of five; 0 without an exercise."""
    return 5 * round(load_sheet(stem).points * MINUTES_PER_POINT / 5) if exercise_of(stem) else 0


def lesson_link(app, docname, target):
    title = app.env.titles[target].astext()
    number = app.env.toc_secnumbers.get(target, {}).get("")
    text = f"{number[0]}. {title}" if number else title
    return nodes.reference("", text, refuri=app.builder.get_relative_uri(docname, target), internal=True)


def lite_button(notebook, text, kind=""):
    """Return a link that opens a notebook in the site's JupyterLite. All lessons are next to `lite/`."""
    url = f"lite/notebooks/index.html?path={notebook}"
    markup = f'<a class="course-button {kind}" data-notebook="{notebook}" href="{url}">{text}</a> '
    return nodes.raw("", markup, format="html")


def colab_button(notebook, language=""):
    """Return a list: a link that opens a notebook in Colab, or nothing while no repository is set."""
    url, text = site.colab(notebook), say("Open in Colab", language)
    markup = f'<a class="course-button course-button-quiet" href="{url}">{text}</a> '
    return [nodes.raw("", markup, format="html")] if url else []


def progress(stem, short=False):
    """Return the element in which a script shows the reader's points and questions of an exercise."""
    sheet = load_sheet(stem)
    given = f'data-exercise="{stem}" data-of="{amount(sheet.points)}" data-questions="{len(sheet.questions)}"'
    given += " data-short" if short else ""
    return nodes.raw("", f'<span class="course-progress" {given}></span>', format="html")


def hand_in(stem, language):
    """Return a button that downloads the exercise's notebook with the answers given on the pages."""
    label = say("Download to hand in", language)
    button = f'<button type="button" data-work="hand-in" data-exercise="{stem}">{label}</button>'
    text = say("the exercise's notebook with the answers that you gave in the book.", language)
    markup = f'<p class="course-work">{button} {text} <span role="status"></span></p>'
    return nodes.raw("", markup, format="html")


def work(language):
    """Return buttons that save all answers to a file and load them from one."""
    save = f'<button type="button" data-work="save">{say("Save all of it to a file", language)}</button>'
    label = say("Load it from a file", language)
    load = f'<label>{label}<input type="file" accept=".json" data-work="load"></label>'
    text = say("What you write in the book's questions stays in this browser.", language)
    markup = f'<div class="course-work"><p>{text} {save} {load} <span role="status"></span></p></div>'
    return nodes.raw("", markup, format="html")


def head_card(app, docname, metadata):
    card, language = nodes.container(classes=["lesson-card"]), app.config.language
    facts = nodes.paragraph("", say(f"{metadata['minutes']} minutes to read", language))
    known = [stem for stem in needed_lessons(metadata) if is_lesson(app, docname, stem)]
    if exercise_of(docname):
        estimate = say(f"exercise: {exercise_minutes(docname)} minutes, estimated time", language)
        facts += nodes.Text(f" · {estimate}")
    elif metadata["predictions"] >= MANY_PREDICTIONS:
        count = metadata["predictions"]
        both = 5 * round((metadata["minutes"] + count * MINUTES_PER_PREDICTION) / 5)
        estimate = say(f"with its {count} predictions about {both} minutes, estimated time", language)
        facts += nodes.Text(f" · {estimate}")
    for position, stem in enumerate(known):
        facts += nodes.Text(", " if position else f" · {say('comes after', language)} ")
        facts += lesson_link(app, docname, stem)
    buttons = nodes.paragraph()
    exercise = exercise_of(docname)
    if exercise:
        facts += progress(docname)
        buttons += lite_button(exercise, say("Complete the exercise", language))
        buttons += colab_button(exercise, language)
    chapter = say("Open this chapter as a notebook", language)
    buttons += lite_button(f"book/{docname}.ipynb", chapter, "course-button-quiet")
    card += facts
    card += buttons
    return card


def foot_card(docname, language):
    card = nodes.container(classes=["lesson-card"])
    sentence = nodes.paragraph("", say("You have read it; now write it.", language) + " ")
    sentence += lite_button(exercise_of(docname), say("Complete the exercise", language))
    card += sentence
    card += hand_in(docname, language)
    return card


class course_map(nodes.General, nodes.Element):
    """A placeholder for a list of lessons until all pages have been read."""


class CourseMap(Directive):
    """`{course-map} 01 06`: the lessons with these numbers, in the order of the contents, as a card.

    The option `picture` names a drawing of `conv_course.figures.thumbnails`; of the content, the first line
    is the card's title and the rest a sentence.
    """

    required_arguments = 2
    option_spec: ClassVar[dict] = {"picture": lambda name: directives.choice(name, list(DRAWINGS))}
    has_content = True

    def run(self):
        title, *rest = self.content
        made = course_map(first=self.arguments[0], last=self.arguments[1], picture=self.options["picture"])
        heading = nodes.paragraph(title, title, classes=["course-part-title"])
        heading.source, heading.line = self.content.source(0), self.lineno  # for translators
        made += heading
        self.state.nested_parse(StringList(rest, self.content.source(0)), self.content_offset + 1, made)
        return [made]


class CourseWork(Directive):
    """The reader's answers: saved to one file, loaded from one."""

    def run(self):
        return [work(self.state.document.settings.env.config.language)]


def lessons(env):
    """Return the pages with `needs` in their front matter, in the order of the contents."""
    relations = env.collect_relations()
    order = [env.config.root_doc]
    while relations[order[-1]][2]:
        order.append(relations[order[-1]][2])
    return [name for name in order if "needs" in env.metadata.get(name, {})]


def map_of_lessons(app, docname, place):
    """Return a card: the drawing, the title, the total times, and the lessons `first` to `last`."""
    listing = nodes.bullet_list(classes=["course-map"])
    reading = exercises = 0
    for name in lessons(app.env):
        if not place["first"] <= name[:2] <= place["last"]:
            continue
        metadata = app.env.metadata[name]
        minutes = metadata["minutes"]
        times = say(f"{minutes} min", app.config.language)
        if exercise_of(name):
            times += f" + {exercise_minutes(name)}"
        times = nodes.inline("", times.replace(" ", NO_BREAK), classes=["course-minutes"])
        entry = nodes.paragraph("", "", lesson_link(app, docname, name), nodes.Text(" "), times)
        if exercise_of(name):
            entry += progress(name, short=True)
        listing += nodes.list_item("", entry)
        reading, exercises = reading + metadata["minutes"], exercises + exercise_minutes(name)
    drawing = nodes.raw("", thumbnail(place["picture"]), format="html")
    card = nodes.container(classes=["course-part"])
    times = nodes.paragraph("", say(told(reading, exercises), app.config.language))
    card += [drawing, *place.children, times, listing]
    return card


def told(reading, exercises):
    """Return a sentence on the times, rounded to half hours that add up. A tie goes to the better sum."""
    read = round(reading / 30) / 2
    halves = {math.floor(exercises / 30), math.ceil(exercises / 30)}
    near = min(abs(30 * n - exercises) for n in halves)
    nearest = [n for n in halves if abs(30 * n - exercises) == near]
    work = min(nearest, key=lambda n: abs(30 * n + 60 * read - reading - exercises)) / 2
    return f"About {read + work:g} hours: {read:g} to read, {work:g} for the exercises."


def add_cards(app, doctree, docname):
    places = list(doctree.findall(course_map))
    if places:
        cards = nodes.container(classes=["course-parts"])
        cards += [map_of_lessons(app, docname, place) for place in places]
        places[0].replace_self(cards)
        for place in places[1:]:
            place.parent.remove(place)
    metadata = app.env.metadata.get(docname, {})
    if app.builder.format != "html" or "needs" not in metadata:
        return
    section = next(doctree.findall(nodes.section))
    section.insert(1, head_card(app, docname, metadata))
    section.insert(1, nodes.raw("", opening(docname[:2]), format="html"))
    if exercise_of(docname):
        section += foot_card(docname, app.config.language)


def describe(app, pagename, templatename, context, doctree):
    """Put the front matter's description where search engines and social cards look for it."""
    description = app.env.metadata.get(pagename, {}).get("description")
    if description:
        context["meta"] = {**(context.get("meta") or {}), "og:description": description}
        context["metatags"] = (
            context.get("metatags", "") + f'<meta name="description" content="{escape(description)}" />\n'
        )


def dress_home(app, pagename, templatename, context, doctree):
    if pagename == app.config.root_doc:
        app.add_css_file("css/home.css")


class Octave(OctaveLexer):
    """MATLAB code. (MatlabLexer takes the second row of [1 2; 3 4] for text.) `index` is a variable."""

    def get_tokens_unprocessed(self, text, stack=("root",)):
        for at, kind, words in super().get_tokens_unprocessed(text, stack):
            yield at, Name if words == "index" else kind, words


def setup(app):
    # Jupyter Book sets this value of sphinx_comments whether or not the extension is loaded
    app.add_config_value("comments_config", {}, "")
    app.add_lexer("matlab", Octave)
    app.add_node(course_map)
    app.add_directive("course-map", CourseMap)
    app.add_directive("course-work", CourseWork)
    app.connect("doctree-read", keep_minutes, priority=900)
    app.connect("doctree-resolved", add_cards)
    app.connect("html-page-context", describe, priority=400)
    app.connect("html-page-context", dress_home)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
