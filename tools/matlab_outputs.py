"""Store Octave's output for the book: book/data/octave/*.m and matlab/five_samples.m -> *.txt.

    python -m tools.matlab_outputs [--check]

The book's build does not need Octave: it shows the committed text. `--check` runs the scripts and compares.
"""

import sys

from tools.matlab_octave import MATLAB, ROOT, run_code

FOLDER = ROOT / "book" / "data" / "octave"


def scripts():
    """Return {path of the text: path of the script}."""
    found = {path.with_suffix(".txt"): path for path in sorted(FOLDER.glob("*.m"))}
    found[FOLDER / "five_samples.txt"] = MATLAB / "five_samples.m"
    return found


def outputs():
    """Return {path of the text: Octave's current output}, with each script run in its own workspace."""
    printed = {}
    for target, script in scripts().items():
        quoted = str(script).replace("'", "''")
        text = run_code(f"run('{quoted}')")
        printed[target] = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    return printed


def stale(printed):
    """Return the names of the texts that differ from the output, are missing, or belong to no script."""
    differ = [
        path.name
        for path, text in printed.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return sorted(differ + [path.name for path in FOLDER.glob("*.txt") if path not in printed])


def main(arguments):
    printed = outputs()
    names = stale(printed)
    if "--check" not in arguments:
        for path, text in printed.items():
            path.write_text(text, encoding="utf-8")
        for path in FOLDER.glob("*.txt"):
            if path not in printed:
                path.unlink()
    for name in names:
        print(f"{'differs' if '--check' in arguments else 'written'}: book/data/octave/{name}")
    return 1 if names and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
