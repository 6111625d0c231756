"""Read the stored results: geometric means, worst layers, and tables of them."""

import json
import math
import statistics
from pathlib import Path
from typing import NamedTuple

from IPython.display import Markdown

RESULTS = Path(__file__).parent / "results"


def load(name="layers"):
    """Load the stored results named `layers`, `ways`, `octave` or `grading`."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def configuration(results, threads, heap):
    """Return the measurements of one configuration."""
    return next(c for c in results["configurations"] if (c["threads"], c["heap"]) == (threads, heap))


def with_threads(results, threads):
    """Return the results of only the processes with this number of threads."""
    kept = [c for c in results["configurations"] if c["threads"] == threads]
    return results | {"configurations": kept}


def seconds(row, name, which, statistic="min"):
    """Return a contestant's time in one row, or None if not measured. "both" adds the passes."""
    if which == "both":
        parts = [seconds(row, name, part, statistic) for part in ("forward", "backward")]
        return None if None in parts else sum(parts)
    return row[which].get(name, {}).get(statistic)


def ratios(config, name, which, to="PyTorch", statistic="min"):
    """Return {(layer, N): speed of `name` relative to `to`} over the rows that have both."""
    found = {}
    for row in config["layers"]:
        mine, theirs = seconds(row, name, which, statistic), seconds(row, to, which, statistic)
        if mine is not None and theirs is not None:
            found[row["layer"], row["N"]] = theirs / mine
    return found


class OverProcesses(NamedTuple):
    """One row's ratios, one for each process that measured it."""

    ratios: tuple

    @property
    def median(self):
        return statistics.median(self.ratios)

    @property
    def spread(self):
        """The largest ratio divided by the smallest."""
        return max(self.ratios) / min(self.ratios)


def over_processes(results, name, which, to="PyTorch"):
    """Return {(layer, N): OverProcesses}. Each configuration was measured in its own process.

    A process in which one contestant was disturbed changes a mean, but not a median.
    """
    found = [ratios(config, name, which, to) for config in results["configurations"]]
    return {row: OverProcesses(tuple(one[row] for one in found if row in one)) for row in found[0]}


def names(config):
    """Return the contestants in the order of the table."""
    seen = {}
    for row in config["layers"]:
        for which in ("forward", "backward"):
            seen.update(dict.fromkeys(row[which]))
    return list(seen)


def shown(heads, rows, *, words=False):
    """Return a table that a page or a notebook shows: names in its first column, then numbers, or words."""
    lines = [heads, [":--", *[":--" if words else "--:"] * (len(heads) - 1)], *rows]
    return Markdown("\n".join(f"| {' | '.join(map(str, line))} |" for line in lines))


def text(results):
    """Return everything that `course.py bench` prints at the end."""
    machine, versions = results["machine"], results["versions"]
    lines = [
        f"{results['date']}: {machine['processor']}, {machine['cores']} cores, caches {machine['caches']}",
        ", ".join(f"{name} {version}" for name, version in versions.items()),
    ]
    for config in results["configurations"]:
        lines.append("")
        lines.append(
            f"{config['threads']} threads, heap {config['heap']}: sgemm {config['sgemm'] / 1e9:.0f} GF/s"
        )
        lines += [
            f"  {name}: not installed ({', '.join(needs)})" for name, needs in config["missing"].items()
        ]
        lines.append(
            "  speed relative to PyTorch (geometric mean; of the minima, of the medians), slowest layer:"
        )
        for name in names(config):
            for which in ("forward", "backward", "both"):
                found = ratios(config, name, which)
                if found and name != "PyTorch":
                    layer, N = min(found, key=found.get)
                    median = geometric_mean(ratios(config, name, which, statistic="median").values())
                    lines.append(
                        f"    {name:22s} {which:8s} {geometric_mean(found.values()):6.3f} {median:6.3f}  "
                        f"({len(found):2d} rows)  {found[layer, N]:5.2f} {layer}, batch {N}"
                    )
    return "\n".join(lines)
