"""Each line of a listing as an element that hangs where it wraps: the rest of it looks like no new line."""

import re

LISTING = re.compile(
    r'(<div class="(?![^"]*\boutput\b)[^"]*\bhighlight-[^"]*"[^>]*>'
    r'<div class="highlight"><pre>)(.*?)(</pre>)',
    re.DOTALL,
)
TAG = re.compile(r"<(/?)(\w+)[^>]*>")


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


def hang_listings(page):
    """Return the page with each line of its listings in an element that knows its indent."""

    def hung(found):
        before, marked, after = found.groups()
        lines = lines_of(marked.removesuffix("\n"))
        shown = []
        for line in lines:
            words = TAG.sub("", line)
            deep = len(words) - len(words.lstrip(" "))
            shown.append(f'<span class="course-line" style="--in: {deep}">{line}\n</span>')
        return before + "".join(shown) + after

    return LISTING.sub(hung, page)
