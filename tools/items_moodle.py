"""Predictions as Moodle XML: the question types multichoice, numerical and ordering."""

from xml.etree import ElementTree as ET

TOP = "$course$/top/The convolution layer"
CHOICE = {
    "single": "true",
    "shuffleanswers": "true",
    "answernumbering": "none",
    "showstandardinstruction": "0",
}
ORDERING = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0"}
ORDERING |= {"gradingtype": "ABSOLUTE_POSITION", "showgrading": "SHOW", "numberingstyle": "none"}
TYPES = {"number": "numerical", "choice": "multichoice", "order": "ordering"}
SETTINGS = {"defaultgrade": "1", "penalty": "0.3333333", "hidden": "0"}
ROUNDED = 0.005  # of a wrong number that is a fraction: who rounds it gets its reason, too


def write(path, chapters, html):
    quiz = ET.Element("quiz")
    for title, made in chapters.items():
        category = ET.SubElement(quiz, "question", type="category")
        text(category, "category", f"{TOP}/{title.replace('/', '//')}", kind=None)
        for one in made:
            quiz.append(question(one, html))
    ET.indent(quiz)
    ET.ElementTree(quiz).write(path, encoding="utf-8", xml_declaration=True)


def question(one, html):
    made = ET.Element("question", type=TYPES[one.kind])
    text(made, "name", one.name, kind=None)
    asked = html(one.asked) + (f"<p>Put in order: {html(one.order, True)}</p>" if one.order else "")
    text(made, "questiontext", asked)
    text(made, "generalfeedback", html(one.after))
    for tag, value in (SETTINGS | {"idnumber": one.name}).items():
        ET.SubElement(made, tag).text = value
    {"number": numerical, "choice": multichoice, "order": ordering}[one.kind](made, one, html)
    return made


def numerical(made, one, html):
    for item in one.items:
        value = float(item.shown)
        much = one.within if item.right or value.is_integer() else max(one.within, ROUNDED * abs(value))
        answer = answered(made, item, item.shown, html, kind="moodle_auto_format")
        ET.SubElement(answer, "tolerance").text = f"{much or 1e-6 * max(1, abs(value)):.6g}"
    ET.SubElement(made, "unitgradingtype").text = "0"
    ET.SubElement(made, "showunits").text = "3"  # there are no units


def multichoice(made, one, html):
    for tag, value in CHOICE.items():
        ET.SubElement(made, tag).text = value
    for item in one.items:
        answered(made, item, html(item.shown, True), html)


def ordering(made, one, html):
    """The answers stand in the right order; Moodle mixes them."""
    for tag, value in ORDERING.items():
        ET.SubElement(made, tag).text = value
    why = "".join(f"<li>{html(item.shown, True)}: {html(item.reason, True)}</li>" for item in one.items)
    made.find("generalfeedback/text").text = f"<ol>{why}</ol>{html(one.after)}"
    for place, item in enumerate(one.items, 1):
        answer = ET.SubElement(made, "answer", fraction=str(place), format="html")
        ET.SubElement(answer, "text").text = html(item.shown, True)


def answered(made, item, shown, html, kind="html"):
    answer = ET.SubElement(made, "answer", fraction="100" if item.right else "0", format=kind)
    ET.SubElement(answer, "text").text = shown
    text(answer, "feedback", html(item.reason, True))
    return answer


def text(parent, tag, content, kind="html"):
    element = ET.SubElement(parent, tag, {"format": kind} if kind else {})
    ET.SubElement(element, "text").text = content
