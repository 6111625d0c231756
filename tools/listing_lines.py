"""Each line of a listing as an element that hangs where it wraps: the rest of it looks like no new line.

A long word of code, such as a call within a call, may break behind a bracket, a comma or an equals sign and
before a dot: a line of a phone would otherwise end within a name. A long name breaks behind a low line.
"""

import re

LISTING = re.compile(
    r'(<div class="(?![^"]*\boutput\b)[^"]*\bhighlight-[^"]*"[^>]*>'
    r'<div class="highlight"><pre>)(.*?)(</pre>)',
    re.DOTALL,
)
TAG = re.compile(r"<(/?)(\w+)[^>]*>")
SIGN = re.compile(r"<[^>]+>|(&#?\w+;|[^<])")
WORD = 20  # letters of a word of code that need not break
PLACES = re.compile(r"(?<=[(\[{,=])(?=[^\s)\]}=])|(?<=[\w)\]])(?=\.[A-Za-z_])")
NAME = 26  # letters of a name that need not break
LOW_LINES = re.compile(r"(?<=[a-z0-9]_)(?=[a-z0-9])")


def lines_of(marked):
    """Split highlighted code at its line ends. An element that goes over one is closed and opened again.

    >>> lines_of('<b>a\\nb</b>c')
    ['<b>a</b>', '<b>b</b>c']
    """
    made, opened = [], []
    for line in marked.split("\n"):
        whole = "".join(opened) + line
        for tag in TAG.finditer(line):
            if tag[1]:
                opened.pop()
            else:
                opened.append(tag[0])
        made.append(whole + "".join(f"</{TAG.match(tag)[2]}>" for tag in reversed(opened)))
    return made


def places(words):
    """Where a line of code may break within its long words.

    >>> places("append(loss(network(images[chosen])))")
    [7, 12, 20, 27]
    """
    found = []
    for word in re.finditer(r"\S+", words):
        if len(word[0]) > WORD:
            inner = [one.start() for one in PLACES.finditer(word[0])]
            for begin, end in zip([0, *inner], [*inner, len(word[0])], strict=True):
                if end - begin > NAME:
                    inner += [begin + one.start() for one in LOW_LINES.finditer(word[0][begin:end])]
            found += [word.start() + one for one in sorted(inner)]
    return found


def let_break(line):
    """Return a line of highlighted code with a `<wbr>` at each of its places."""
    signs = [one for one in SIGN.finditer(line) if one[1]]
    made, last = [], 0
    for place in places("".join(one[1] if len(one[1]) == 1 else "x" for one in signs)):
        end = signs[place - 1].end()
        made += [line[last:end], "<wbr>"]
        last = end
    return "".join(made) + line[last:]


def hang_listings(page):
    """Return the page with each line of its listings in an element that knows its indent."""

    def hung(found):
        before, marked, after = found.groups()
        lines = lines_of(marked.removesuffix("\n"))
        shown = []
        for line in lines:
            words = TAG.sub("", line)
            deep = len(words) - len(words.lstrip(" "))
            shown.append(f'<span class="course-line" style="--in: {deep}">{let_break(line)}\n</span>')
        return before + "".join(shown) + after

    return LISTING.sub(hung, page)
