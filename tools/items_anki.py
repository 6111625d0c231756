"""Predictions as an Anki deck: a zip file with the SQLite database that Anki exchanges, in its schema 11.

The format is small and stable, so that no library has to be installed. A note is known by its item's name:
importing a later deck changes the note and keeps its cards, with all that a learner has done.
"""

import hashlib
import json
import sqlite3
import tempfile
import time
import zipfile
from pathlib import Path

DECK, MODEL = 1_764_000_000_001, 1_764_000_000_002
NAME = "The convolution layer"
FIELDS = ("Item", "Question", "Answer")
CSS = ".card { font: 1.2rem/1.5 sans-serif; max-width: 40rem; margin: auto; text-align: start; }"
BETWEEN = "\x1f"

SCHEMA = """
create table col (id integer primary key, crt integer not null, mod integer not null, scm integer not null,
  ver integer not null, dty integer not null, usn integer not null, ls integer not null, conf text not null,
  models text not null, decks text not null, dconf text not null, tags text not null);
create table notes (id integer primary key, guid text not null, mid integer not null, mod integer not null,
  usn integer not null, tags text not null, flds text not null, sfld integer not null, csum integer not null,
  flags integer not null, data text not null);
create table cards (id integer primary key, nid integer not null, did integer not null, ord integer not null,
  mod integer not null, usn integer not null, type integer not null, queue integer not null,
  due integer not null, ivl integer not null, factor integer not null, reps integer not null,
  lapses integer not null, left integer not null, odue integer not null, odid integer not null,
  flags integer not null, data text not null);
create table revlog (id integer primary key, cid integer not null, usn integer not null,
  ease integer not null, ivl integer not null, lastIvl integer not null, factor integer not null,
  time integer not null,
  type integer not null);
create table graves (usn integer not null, oid integer not null, type integer not null);
create index ix_notes_usn on notes (usn);
create index ix_cards_usn on cards (usn);
create index ix_revlog_usn on revlog (usn);
create index ix_cards_nid on cards (nid);
create index ix_cards_sched on cards (did, queue, due);
create index ix_revlog_cid on revlog (cid);
create index ix_notes_csum on notes (csum);
"""


def write(path, chapters, html):
    now = int(time.time())
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "collection.anki2")
        fill(sqlite3.connect(database), chapters, html, now)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.write(database, "collection.anki2")
            package.writestr("media", "{}")


def fill(connection, chapters, html, now):
    connection.executescript(SCHEMA)
    values = collection(now)
    connection.execute(f"insert into col values ({','.join('?' * len(values))})", values)
    place = 0
    for title, made in chapters.items():
        for one in made:
            place += 1
            identity, tag = number(one.name), f"chapter::{title[:2]}"
            fields = (one.name, asked(one, html), answered(one, html))
            note = (identity, f"convolution {one.name}", MODEL, now, -1, f" {tag} ", BETWEEN.join(fields))
            note += (one.name, int(hashlib.sha1(one.name.encode()).hexdigest()[:8], 16), 0, "")
            card = (identity, identity, DECK, 0, now, -1, 0, 0, place, *[0] * 8, "")
            connection.execute(f"insert into notes values ({','.join('?' * len(note))})", note)
            connection.execute(f"insert into cards values ({','.join('?' * len(card))})", card)
    connection.commit()
    connection.close()


def number(name):
    """The same name has the same number, which Anki reads as a time in milliseconds."""
    return 1_600_000_000_000 + int(hashlib.sha256(name.encode()).hexdigest()[:9], 16)


def asked(one, html):
    parts = [html(one.asked)]
    if one.kind == "order":
        parts.append(f"<p>Put in order: {html(one.order, True)}</p>")
    if one.kind != "number":
        parts.append(
            "".join(["<ul>", *(f"<li>{html(item.shown, True)}</li>" for item in one.mixed), "</ul>"])
        )
    return "".join(parts)


def answered(one, html):
    if one.kind == "order":
        lines = "".join(f"<li>{html(item.shown, True)}: {html(item.reason, True)}</li>" for item in one.items)
        return f"<ol>{lines}</ol>{html(one.after)}"
    wrong = "".join(f"<li>{html(item.shown, True)}: {html(item.reason, True)}</li>" for item in one.wrong)
    right = f"<p><b>{html(one.right.shown, True)}</b> {html(one.right.reason, True)}</p>"
    return f"{right}{html(one.after)}<p>Not:</p><ul>{wrong}</ul>"


def collection(now):
    """The one row of `col`: the note type with its card, the deck, and settings that Anki replaces."""
    same = {"id": 1, "mod": now, "usn": -1, "desc": "", "dyn": 0, "conf": 1, "collapsed": False}
    same |= {"newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0]}
    same |= {"extendNew": 0, "extendRev": 0}
    decks = {"1": same | {"name": "Default"}, str(DECK): same | {"id": DECK, "name": NAME}}
    fields = [
        {"name": name, "ord": place, "font": "Arial", "size": 20, "sticky": False, "rtl": False, "media": []}
        for place, name in enumerate(FIELDS)
    ]
    card = {"name": "Card 1", "ord": 0, "did": None, "qfmt": "{{Question}}", "bqfmt": "", "bafmt": ""}
    card["afmt"] = "{{FrontSide}}<hr id=answer>{{Answer}}"
    model = {"id": MODEL, "name": f"{NAME}: prediction", "type": 0, "mod": now, "usn": -1, "sortf": 0}
    model |= {"did": DECK, "tmpls": [card], "flds": fields, "css": CSS, "latexPre": "", "latexPost": ""}
    model |= {"req": [[0, "all", [1]]], "tags": [], "vers": []}
    conf = {
        "nextPos": 1,
        "estTimes": True,
        "activeDecks": [1],
        "sortType": "noteFld",
        "timeLim": 0,
        "curDeck": 1,
    }
    conf |= {"sortBackwards": False, "addToCur": True, "newBury": True, "newSpread": 0, "dueCounts": True}
    conf |= {"curModel": str(MODEL), "collapseTime": 1200}
    models = {str(MODEL): model}
    texts = [json.dumps(part) for part in (conf, models, decks, {}, {})]
    return (1, now, now * 1000, now * 1000, 11, 0, 0, 0, *texts)
