"""Find code that runs in only one of MATLAB and Octave 7 and that miss_hit's mh_lint does not report.

    python -m tools.matlab_lint FILE_OR_FOLDER ...

mh_lint parses MATLAB and stops at most of Octave's own syntax. It does not know which functions only one of
the two has, nor the order in which Octave reads a script.
"""

import re
import sys
from pathlib import Path

ONLY_OCTAVE_SYNTAX = {
    r"#": "# starts a comment in Octave only: write %",
    r'"': "double quotes make a string object in MATLAB: write '...'",
    r"[-+*/^|&]=(?!=)": "x += 1 is Octave's: write x = x + 1",
    r"\+\+|--": "x++ is Octave's: write x = x + 1",
    r"!": "! is Octave's not: write ~",
    r"\*\*": "** is Octave's power: write ^",
    r"\b(endfunction|endif|endfor|endwhile|endswitch|end_try_catch|until|unwind_protect)\b": (
        "this block keyword is Octave's: write end"
    ),
    r"[)\]]\(": "indexing a result, f(x)(1), is Octave's: name the result first",
}
ONLY_OCTAVE_FUNCTIONS = (
    "printf|puts|fputs|fdisp|columns|rows|ifelse|merge|print_usage|postpad|prepad|nthargout|isargout|"
    "substr|ostrsplit|usage|argv|vech|sumsq|resize"
)
ONLY_MATLAB_FUNCTIONS = (
    "string|table|timetable|pagemtimes|pagetranspose|tensorprod|contains|datetime|duration|"
    "categorical|readmatrix|writematrix|isStringScalar|strings|dictionary|height|width|tiledlayout|"
    "exportgraphics|padarray|imfilter|dlarray|dlconv|im2col|col2im"
)
ONLY_MATLAB_SYNTAX = {
    r"^\s*arguments\s*(\(.*\))?$": "an arguments block does not run in Octave 7: check nargin",
    r"\b(sum|prod|max|min|any|all|mean|median)\s*\(.*,\s*'all'\s*\)": "'all' is MATLAB's: reduce x(:)",
    r"\b(sum|prod|any|all|mean)\s*\([^()]*(\([^()]*\)[^()]*)*,\s*\[": (
        "Octave 7 reduces only the first of several dimensions: reduce one after the other"
    ),
    r"(?<![<>=~])=(?!=)[^=(\[{;,]*[\w\])}]\s*(?<![<>=~])=(?!=)": "y = z = 1 is Octave's: two statements",
}
PATTERNS = {re.compile(pattern): message for pattern, message in ONLY_OCTAVE_SYNTAX.items()}
PATTERNS |= {re.compile(pattern): message for pattern, message in ONLY_MATLAB_SYNTAX.items()}
for names, owner in ((ONLY_OCTAVE_FUNCTIONS, "MATLAB"), (ONLY_MATLAB_FUNCTIONS, "Octave 7")):
    PATTERNS[re.compile(r"(?<![\w.])(" + names + r")\s*\(")] = f"this function is not in {owner}"

# A string stays as '', so that 'all' can be seen: strings of word characters are kept.
_LETTER_OR_CLOSING = re.compile(r"[\w)\]}'.]$")


def code_of(line):
    """Return the line without its comment and without the text of strings that are not plain words."""
    out, k = "", 0
    while k < len(line):
        char = line[k]
        if char == "%":
            break
        if char == "'" and not _LETTER_OR_CLOSING.search(out):
            end = k + 1
            while end < len(line) and not (line[end] == "'" and line[end + 1 : end + 2] != "'"):
                end += 2 if line[end] == "'" else 1
            text = line[k + 1 : end]
            out += f"'{text}'" if text.isalpha() else "''"
            k = end + 1
            continue
        out += char
        k += 1
    return out.rstrip()


def faults(text, name="code"):
    """Return all faults in the source of one .m file, as 'name:line: what is wrong'."""
    found = []
    lines = text.splitlines()
    in_block = False
    code_lines = []
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            found.append(f"{name}:{number}: not ASCII, read differently by the two")
        if line.strip() == "%{":
            in_block = True
        code = "" if in_block else code_of(line)
        if line.strip() == "%}":
            in_block = False
        code_lines.append(code)
        for pattern, message in PATTERNS.items():
            if pattern.search(code):
                found.append(f"{name}:{number}: {message}")
    first = next((code for code in code_lines if code.strip()), "")
    is_script = not re.match(r"\s*(function|classdef)\b", first)
    for number, code in enumerate(code_lines, 1):
        if is_script and re.match(r"\s*function\b", code):
            found.append(
                f"{name}:{number}: a function in a script runs in Octave only when defined before use"
            )
    return found


def files_in(paths):
    """Yield all .m files among the paths and in the folders."""
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.m")) if path.is_dir() else [path]


def main(paths):
    count, found = 0, []
    for path in files_in(paths):
        count += 1
        found += faults(path.read_text(encoding="utf-8"), str(path))
    print("\n".join([*found, f"{count} files, {len(found)} faults"]))
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["matlab"]))
