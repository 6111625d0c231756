"""The controls of a figure, declared once in Python and built as native inputs by the page's script."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Range:
    """A slider over the integers from `low` to `high`."""

    name: str
    label: str
    low: int
    high: int
    start: int

    @property
    def values(self):
        return list(range(self.low, self.high + 1))

    def as_json(self):
        return {"type": "range", **asdict(self)}


@dataclass(frozen=True)
class Choice:
    """A drop-down list. `options` are pairs (value, text that the reader sees)."""

    name: str
    label: str
    options: tuple
    start: str

    @property
    def values(self):
        return [value for value, _ in self.options]

    def as_json(self):
        return {"type": "choice", **asdict(self)}


@dataclass(frozen=True)
class Button:
    """A push button. It has no value; the figure's script defines its effect on the other controls."""

    name: str
    label: str

    def as_json(self):
        return {"type": "button", **asdict(self)}


def first_state(controls, initial):
    """Return a figure's initial state: every control's start value, overridden by `initial`."""
    valued = {control.name: control for control in controls if not isinstance(control, Button)}
    state = {name: control.start for name, control in valued.items()}
    for name, value in initial.items():
        if name not in valued:
            raise ValueError(f"no control named {name!r}; this figure has {', '.join(valued)}")
        if isinstance(valued[name], Choice):
            value = str(value)  # groups=4 chooses "4"
        if value not in valued[name].values:
            raise ValueError(f"{name}={value!r} is not one of {valued[name].values}")
        state[name] = value
    return state


def grid(controls, names, compute):
    """Return nested lists of `compute(**values)` over all combinations of the named controls' values."""
    by_name = {control.name: control for control in controls}

    def fill(left, chosen):
        if not left:
            return compute(**chosen)
        name, *rest = left
        return [fill(rest, {**chosen, name: value}) for value in by_name[name].values]

    return fill(list(names), {})
