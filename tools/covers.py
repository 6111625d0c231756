"""What would give an answer away, for the extensions of predictions and questions.

Their option `:covers:` names figures, formulas (by their labels) and cells (by a target before them) of the
same page. With JavaScript these stay covered until the reader has answered, or wants to see them.
"""

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

COVERED = (nodes.figure, nodes.math_block, nodes.container)  # a cell of code is a container


def covers(node):
    """Return the attribute that tells the page's script what a prediction or question covers."""
    return {"data-covers": " ".join(node["covers"])} if node["covers"] else {}


def find_covered(app, doctree):
    """Turn the names that predictions and questions cover into ids; warn of what the page does not have."""
    ids = {one for kind in COVERED for node in doctree.findall(kind) for one in node["ids"]}
    for box in doctree.findall(lambda node: isinstance(node, nodes.Element) and node.get("covers")):
        for place, name in enumerate(box["covers"]):
            label = nodes.make_id(f"equation-{name}")
            box["covers"][place] = label if label in ids else name
            if box["covers"][place] not in ids:
                what = f"{box['ids'][0]} covers {name}"
                logger.warning("%s, which this page does not have", what, location=box)
