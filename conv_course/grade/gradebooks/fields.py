"""A delimited file as rows of raw fields, so that one field can be changed without altering other bytes."""

import codecs
import re

from conv_course.grade.records import Refused

BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]


class Table:
    """`rows` holds the raw fields, including quotes; `ends` holds the line ending of each row."""

    def __init__(self, data, delimiter):
        self.bom, self.encoding, text = _decoded(data)
        self.delimiter = delimiter
        self.rows, self.ends = _split(text, delimiter)

    def value(self, row, column):
        """Return a field's text without its quotes, or "" if the row is too short."""
        raw = self.rows[row][column] if column < len(self.rows[row]) else ""
        if not raw.startswith('"'):
            return raw
        end = _closing(raw, 0)
        return raw[1:end].replace('""', '"') + raw[end + 1 :]

    def values(self, row):
        return [self.value(row, column) for column in range(len(self.rows[row]))]

    def put(self, row, column, value):
        """Set a field. It is quoted if the old field was, or if the value requires it."""
        raw = self.rows[row][column]
        if raw.startswith('"') or any(sign in value for sign in (self.delimiter, '"', "\r", "\n")):
            value = '"' + value.replace('"', '""') + '"'
        self.rows[row][column] = value

    def data(self):
        lines = (self.delimiter.join(row) + end for row, end in zip(self.rows, self.ends, strict=True))
        return self.bom + "".join(lines).encode(self.encoding)


def _decoded(data):
    bom, encoding = next((known for known in BOMS if data.startswith(known[0])), (b"", "utf-8"))
    try:
        return bom, encoding, data[len(bom) :].decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8" or bom:
            raise Refused("it cannot be decoded: it is marked as UTF but damaged") from None
    # not UTF-8: in latin-1 each byte is one character and is written back unchanged
    return bom, "latin-1", data.decode("latin-1")


def _split(text, delimiter):
    rows, ends, row, start, place = [], [], [], 0, 0
    stops = re.compile(f"{re.escape(delimiter)}|\r\n|\n|\r")
    while place < len(text):
        if text[place] == '"' and place == start:
            place = _closing(text, place) + 1
        stop = stops.search(text, place)
        if not stop:
            break
        row.append(text[start : stop.start()])
        start = place = stop.end()
        if stop[0] != delimiter:
            rows.append(row)
            ends.append(stop[0])
            row = []
    if row or start < len(text):
        rows.append([*row, text[start:]])
        ends.append("")
    return rows, ends


def _closing(text, place):
    """Return the position of the quote that closes the one at `place`."""
    while True:
        place = text.find('"', place + 1)
        if place < 0:
            raise Refused("a quote in it is never closed")
        if text[place + 1 : place + 2] != '"':
            return place
        place += 1
