"""Sphinx extension: what every lesson's page carries, made from its stem and its front matter.

Below the title: the time to read, the lessons that come before, the button to the exercise. At the end:
the exercise again. In the head: the page's description.
"""

import json
import math
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
WORDS_PER_MINUTE = 150  # slower than a novel: formulas
MINUTES_PER_LISTING = 0.5
MINUTES_PER_FIGURE = 1.0


def reading_minutes(doctree):
    """Minutes to read a page: its words, its listings and its figures; at least 1."""
    words = sum(len(node.astext().split()) for node in doctree.findall(is_prose))
    listings = sum(1 for _ in doctree.findall(nodes.literal_block))
    figures = sum(1 for _ in doctree.findall(nodes.image))
    minutes = words / WORDS_PER_MINUTE + listings * MINUTES_PER_LISTING + figures * MINUTES_PER_FIGURE
    return max(1, math.ceil(minutes))


def is_prose(node):
    return isinstance(node, nodes.paragraph | nodes.title | nodes.term)


def needed_lessons(metadata):
    """The stems of the front matter's `needs`, which MyST hands over as JSON."""
    needs = metadata["needs"]
    return json.loads(needs) if isinstance(needs, str) else list(needs)


def is_lesson(app, docname, stem):
    if stem not in app.env.titles:
        logger.warning("needs names %r, which is no page of the book", stem, location=docname)
    return stem in app.env.titles


def exercise_of(stem):
    """The path of the lesson's exercise in the repository, or None."""
    path = Path("exercises", f"{stem}.ipynb")
    return path.as_posix() if (ROOT / path).exists() else None


def lesson_link(app, docname, target):
    title = app.env.titles[target].astext()
    number = app.env.toc_secnumbers.get(target, {}).get("")
    text = f"{number[0]}. {title}" if number else title
    return nodes.reference("", text, refuri=app.builder.get_relative_uri(docname, target), internal=True)


def lite_button(notebook, text):
    """A link that opens a notebook in the site's JupyterLite; all lessons lie beside `lite/`."""
    url = f"lite/notebooks/index.html?path={notebook}"
    markup = f'<a class="course-button" data-notebook="{notebook}" href="{url}">{text}</a>'
    return nodes.raw("", markup, format="html")


def head_card(app, docname, doctree, metadata):
    card = nodes.container(classes=["lesson-card"])
    facts = nodes.paragraph("", f"{reading_minutes(doctree)} minutes to read")
    known = [stem for stem in needed_lessons(metadata) if is_lesson(app, docname, stem)]
    for position, stem in enumerate(known):
        facts += nodes.Text(", " if position else " · comes after ")
        facts += lesson_link(app, docname, stem)
    card += facts
    exercise = exercise_of(docname)
    if exercise:
        card += nodes.paragraph("", "", lite_button(exercise, "Complete the exercise"))
    return card


def foot_card(docname):
    card = nodes.container(classes=["lesson-card"])
    sentence = nodes.paragraph("", "You have read it; now write it. ")
    sentence += lite_button(exercise_of(docname), "Complete the exercise")
    card += sentence
    return card


def add_cards(app, doctree, docname):
    metadata = app.env.metadata.get(docname, {})
    if app.builder.format != "html" or "needs" not in metadata:
        return
    section = next(doctree.findall(nodes.section))
    section.insert(1, head_card(app, docname, doctree, metadata))
    if exercise_of(docname):
        section += foot_card(docname)


def describe(app, pagename, templatename, context, doctree):
    """Put the front matter's description where search engines and social cards look for it."""
    description = app.env.metadata.get(pagename, {}).get("description")
    if description:
        context["meta"] = {**(context.get("meta") or {}), "og:description": description}
        context["metatags"] = (
            context.get("metatags", "") + f'<meta name="description" content="{escape(description)}" />\n'
        )


def setup(app):
    # Jupyter Book sets this value of sphinx_comments whether or not the extension is loaded
    app.add_config_value("comments_config", {}, "")
    app.connect("doctree-resolved", add_cards)
    app.connect("html-page-context", describe, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
