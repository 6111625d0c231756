"""A page in a language that does not exist: what it shows, and which of its words are still English."""

import re

import pytest

from conv_course import words, words_script
from tools.words import KEPT, collect, strange

SHOWN = """el => {
  const found = [], walk = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest("script, style, code, pre, th[scope=row]")) found.push(walk.currentNode.data);
  }
  for (const one of el.querySelectorAll("[aria-label]")) found.push(one.getAttribute("aria-label"));
  return found;
}"""


@pytest.fixture(scope="session")
def pseudo():
    """The script that a book in the strange language would load."""
    made = words.Catalogue({text: strange(text) for text in collect()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_script, "catalogue", lambda language: made)
        return words_script.script("strange")


def english(texts):
    plain = KEPT.sub(" ", " | ".join(texts))
    return sorted({w for w in re.findall(r"[^\W\d_]{3,}\u0303?", plain) if w.isascii()})
