"""A figure as a live widget, for Jupyter and JupyterLite. Imported only when one is shown."""

import anywidget
import traitlets

from conv_course.widgets._esm import ESM, single_module


class LiveFigure(anywidget.AnyWidget):
    """A figure in a live notebook. `state` follows the reader's controls and can be set from Python."""

    _css = (ESM / "figures.css").read_text(encoding="utf-8")

    def __init__(self, name, **traits):
        # A subclass per instance would lose the class-level cache; anywidget also takes `_esm` as a trait.
        self._esm = single_module(name)
        super().__init__(**traits)

    name = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
