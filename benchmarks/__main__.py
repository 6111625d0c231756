"""Measure the kernels side by side and store the results: `python3 course.py bench`.

--part TEXT     only layers whose name contains TEXT
--seconds S     time per contestant, layer, pass and configuration (0.25)
--threads 2 1   numbers of threads
--only NAME ... only these contestants; without it, missing contestants are installed first
--quick         small layers and short times, to see that it runs; nothing is stored
--out FOLDER    folder for layers.json, ways.json and octave.json (benchmarks/results)
"""

import argparse
import datetime
import sys
from pathlib import Path

from benchmarks import install, machine, suite, table, ways


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--part", default="", help="only layers whose name contains this")
    parser.add_argument(
        "--seconds", type=float, default=0.25, help="per contestant, layer, pass and configuration"
    )
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--only", nargs="+", help="only these contestants")
    parser.add_argument("--quick", action="store_true", help="small layers, short times, nothing stored")
    parser.add_argument("--out", type=Path, default=table.RESULTS)
    chosen = parser.parse_args(arguments)
    if not chosen.quick and not chosen.only:
        lacking = install.bring()
        if lacking:
            print(f"not installed, so not measured: {', '.join(lacking)}")
        if "torch" in lacking and chosen.out == table.RESULTS:
            print("All speeds are told relative to PyTorch: without it the stored results stay as they are.")
            print("--out FOLDER measures the others and stores them elsewhere.")
            return 1
    whole = not (chosen.part or chosen.only) and chosen.threads == parser.get_default("threads")
    stored = not chosen.quick and (whole or chosen.out != table.RESULTS)
    if not stored:  # say so before measuring, which may take long
        print("Only printed: the stored results stay as they are (--out FOLDER stores a part elsewhere).")
    largest = 3e8 if chosen.quick else None
    seconds = 0.05 if chosen.quick else chosen.seconds
    head = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine.describe(),
        "versions": machine.versions(),
    }
    results = {
        **head,
        "configurations": [
            suite.run(threads, heap, chosen.part, seconds, chosen.only, largest)
            for threads in chosen.threads
            for heap in suite.HEAPS
        ],
    }
    print(table.text(results))
    if not stored:
        return 0
    chosen.out.mkdir(parents=True, exist_ok=True)
    ways.save(chosen.out / "layers.json", results)
    if not chosen.part:
        ways.save(chosen.out / "ways.json", {**head, **ways.four_ways()})
        ways.save(chosen.out / "octave.json", {**head, **ways.layer_in_three()})
    print(f"stored in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
