"""Turn MyST text into the Markdown that a notebook renders: directives and roles become plain text.

`to_plain(text, book)` converts one Markdown cell. `Book` knows all labels, titles and references of the book.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import yaml
from pybtex.database import parse_file
from sphinx.directives.code import LiteralIncludeReader

from conv_course.checker.questions import sheet_stems
from tools.predictions import from_lines

FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}\s*(?P<argument>.*)$")
ROLE = re.compile(r"\{(?P<name>[\w:-]+)\}`(?P<body>[^`]+)`")
TITLED = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)
OPTION = re.compile(r"^:(?P<name>[\w-]+):\s*(?P<value>.*)$")
TARGET = re.compile(r"^\((?P<label>[\w:.-]+)\)=\s*$")
EQUATION_LABEL = re.compile(r"^\$\$ \([\w.-]+\)\s*$")
QUESTION = re.compile(r"^[`:]{3,}\{question\} (\d\d) q(\d+)")
ATTRIBUTES = re.compile(r"^\{[#.][^}]*\}\s*$")
DROPPED = {"bibliography", "toctree", "contents", "tableofcontents", "raw", "index", "only"}
CODE = {"code", "code-block", "sourcecode"}


class Book:
    """The target of each label, the title of each page and the short form of each reference."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.titles, self.labels, self.citations = {}, {}, {}
        for page in sorted(self.folder.glob("*.md")):
            self._read_page(page)
        bibliography = self.folder / "references.bib"
        if bibliography.exists():
            self.citations = {
                key: short_citation(entry) for key, entry in parse_file(str(bibliography)).entries.items()
            }

    def _read_page(self, page):
        pending = []
        for line in page.read_text(encoding="utf-8").splitlines():
            if target := TARGET.match(line):
                pending.append(target["label"])
            elif heading := re.match(r"^#+\s+(.*)$", line):
                self.titles.setdefault(page.stem, heading[1])
                self.labels.update(dict.fromkeys(pending, (page.stem, heading[1])))
                pending = []
            elif name := re.match(r"^\s*(?::name:|:label:|name:)\s*\"?([\w:.-]+)", line):
                self.labels[name[1]] = (page.stem, None)
            elif placed := QUESTION.match(line):
                self.labels[f"{placed[1]}-q{placed[2]}"] = (page.stem, None)
            elif line.strip():
                pending = []


def short_citation(entry):
    names = [" ".join(person.last_names) for person in entry.persons.get("author", [])]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)} ({entry.fields.get('year', 'n.d.')})"


def to_plain(text, book):
    return "\n".join(plain_lines(text.splitlines(), book)).strip()


def plain_lines(lines, book):
    out, position = [], 0
    while position < len(lines):
        line = lines[position]
        if opening := FENCE.match(line.strip()):
            body, position = fenced_body(lines, position, opening["fence"])
            out += directive(opening["name"], opening["argument"].strip(), body, book)
        elif code := re.match(r"^\s*(`{3,})", line):
            end = closing_fence(lines, position, code[1])
            out += lines[position : end + 1]
            position = end + 1
        else:
            if not (
                TARGET.match(line) or ATTRIBUTES.match(line) or line.startswith("%") or line.strip() == "+++"
            ):
                out.append(roles(line, book))
            position += 1
    return out


def closing_fence(lines, start, fence):
    """Return the number of the line that closes the fence opened at `start`, or of the last line."""
    for position in range(start + 1, len(lines)):
        stripped = lines[position].strip()
        if stripped.startswith(fence) and set(stripped) == {fence[0]}:
            return position
    return len(lines) - 1


def fenced_body(lines, start, fence):
    end = closing_fence(lines, start, fence)
    return lines[start + 1 : end], end + 1


def split_options(body):
    """Split a directive's body into options (`:name: value` lines or a YAML block) and the other lines."""
    if body and body[0].strip() == "---":
        end = next((k for k in range(1, len(body)) if body[k].strip() == "---"), len(body) - 1)
        return options_of(body[1:end]), body[end + 1 :]
    count = next((k for k, line in enumerate(body) if not OPTION.match(line.strip())), len(body))
    return options_of([line.strip()[1:].replace(":", ": ", 1) for line in body[:count]]), body[count:]


def options_of(lines):
    given = yaml.safe_load("\n".join(lines)) or {}
    return {name: "" if value is None else str(value) for name, value in given.items()}


def directive(name, argument, body, book):
    if name == "predict":
        return predicted(from_lines(argument, body), book)
    options, body = split_options(body)
    if name in DROPPED:
        return []
    if name == "math":
        return ["$$", *body, "$$"]
    if name in CODE:
        return [f"```{argument}", *body, "```"]
    if name == "literalinclude":
        return [f"```{options.get('language', 'python')}", *included(argument, options, book), "```"]
    if name == "list-table":
        return list_table(argument, body, book)
    if name == "question":
        return [question(argument)]
    if name in {"figure", "image"}:
        return [f"![{options.get('alt', '')}]({argument})", "", *plain_lines(body, book)]
    if name in {"tab-item", "table", "dropdown", "card", "grid-item-card", "glossary"}:
        heading = [f"**{roles(argument, book)}**", ""] if argument else []
        return [*heading, *plain_lines(body, book), ""]
    if name in {"tab-set", "grid", "grid-item", "div", "container"}:
        return plain_lines(body, book)
    # every admonition, theorem, exercise or note becomes a quotation with its kind and title
    kind = "" if name == "admonition" else name.split(":")[-1].capitalize()
    title = ": ".join(part for part in [kind, roles(argument, book)] if part)
    return ["", *(f"> {line}".rstrip() for line in [f"**{title}**", "", *plain_lines(body, book)]), ""]


def question(argument):
    """Return a link to the exercise: a chapter's notebook does not show its questions."""
    chapter, name = argument.split()
    stem = next(one for one in sheet_stems() if one[:2] == chapter)
    return f"> [Question {name[1:]} of the exercise](../exercises/{stem}.ipynb): answer it now."


def predicted(one, book):
    """Return a prediction's question as a quotation, with its answer folded."""
    title = f"**{'From memory' if one.recall else 'Predict'}**"
    listed = [] if one.kind == "number" else [f"- {item.shown}" for item in one.mixed]
    asks = ["", f"Put in order: {one.order}"] if one.kind == "order" else []
    if one.kind == "order":
        answer = [f"{place}. {item.shown}: {item.reason}" for place, item in enumerate(one.items, 1)]
    else:
        answer = [f"**{one.right.shown}** {one.right.reason}", ""]
        answer += [f"- {item.shown}: {item.reason}" for item in one.wrong]
    lines = [title, "", *plain_lines(one.asked.splitlines(), book), *asks, "", *listed]
    quoted = [f"> {line}".rstrip() for line in lines]
    folded = plain_lines([*answer, "", *one.after.splitlines()], book)
    return ["", *quoted, "", "<details><summary>The answer</summary>", "", *folded, "", "</details>", ""]


def included(path, options, book):
    """Return the lines that Sphinx would show for a literalinclude."""
    given = {
        key: value or None
        for key, value in options.items()
        if key not in {"language", "caption", "name", "lineno-match", "linenos", "emphasize-lines"}
    }
    if "dedent" in given:
        given["dedent"] = int(given["dedent"]) if given["dedent"] else None
    reader = LiteralIncludeReader(
        str(book.folder / path), given, SimpleNamespace(source_encoding="utf-8-sig")
    )
    return reader.read()[0].rstrip("\n").splitlines()


def list_table(title, body, book):
    rows = []
    for line in body:
        if start := re.match(r"^\s*\*\s+-\s?(.*)$", line):
            rows.append([start[1]])
        elif cell := re.match(r"^\s+-\s?(.*)$", line):
            rows[-1].append(cell[1])
        elif line.strip() and rows:
            rows[-1][-1] += " " + line.strip()
    table = ["| " + " | ".join(roles(cell, book) for cell in row) + " |" for row in rows]
    rule = "|" + "---|" * len(rows[0])
    return [*([f"**{roles(title, book)}**", ""] if title else []), table[0], rule, *table[1:], ""]


def roles(text, book):
    return ROLE.sub(lambda match: role(match["name"], match["body"], book), text)


def role(name, body, book):
    titled = TITLED.match(body)
    text, target = (titled["text"], titled["target"]) if titled else (None, body)
    if name == "math":
        return f"${body}$"
    if name == "doc":
        stem = Path(target).name
        return f"[{text or book.titles.get(stem, stem)}]({stem}.ipynb)"
    if name in {"ref", "numref", "eq", "prf:ref"}:
        stem, title = book.labels.get(target, (None, None))
        shown = text or title or {"eq": "the equation", "numref": "the figure"}.get(name, target)
        shown = shown.replace("%s", "").strip()
        return f"[{shown}]({stem}.ipynb)" if stem else shown
    if name.startswith("cite"):
        return "; ".join(book.citations.get(key.strip(), key.strip()) for key in target.split(","))
    if name in {"term", "abbr", "kbd"} or name.startswith("glue"):
        return text or target
    return f"`{text or target}`"
