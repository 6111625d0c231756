"""Sphinx extension: run the cells of several pages at once, before Sphinx reads the pages.

Sphinx reads one page after the other and spends most of that time waiting for cells. So MyST-NB's own client
runs all pages first, into the same cache. Sphinx then reads the pages in the usual order and finds each one
in the cache. A page whose cells fail is left out of the cache. It is run again when it is read, and its error
is reported then.
"""

import functools
import os
import queue
import threading
from contextlib import suppress
from pathlib import Path

import nbclient
from jupyter_cache import get_cache
from jupyter_cache.executors import utils as executors
from myst_nb.core.execute import create_client
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging

from conv_lib.fast import pool

logger = logging.getLogger(__name__)

AT_ONCE = 4  # each run is a separate Python process, with its own memory


class Quiet:
    """A page's logger for a run that may fail: it reports which page is run, but not the outcome."""

    def __init__(self, path):
        self.path = path

    def info(self, message, **kwargs):
        if message.startswith("Executing notebook"):
            logger.info("%s: %s", self.path, message)

    def warning(self, message, **kwargs):
        pass


def run_page(path, markdown, notebooks):
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, markdown, notebooks, text)
    if reader is not None:
        with create_client(reader.read(text), path, notebooks, Quiet(path), reader.read_fmt):
            pass


def run_cells(app, env, docnames):
    """Fill the cache. Return when no page is left to run."""
    if env.mystnb_config.execution_mode != "cache":
        return
    get_cache(env.mystnb_config.execution_cache_path).list_cache_records()  # made before threads write to it
    waiting = queue.SimpleQueue()
    for name in sorted(docnames, reverse=True):  # the last chapters run longest
        waiting.put(env.doc2path(name))

    def work():
        with suppress(queue.Empty):
            while True:
                path = waiting.get_nowait()
                with suppress(Exception):  # reported when the page is read
                    run_page(path, env.myst_config, env.mystnb_config)

    count = min(pool.cores(), AT_ONCE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the kernels share the cores already
    # daemon threads: an interrupted build does not wait for the cells, and a kernel ends with its parent
    workers = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def setup(app):
    # a cell's printed output may arrive in several parts; MyST-NB would add a line break after each
    executors.executenb = functools.partial(nbclient.execute, coalesce_streams=True)
    app.connect("env-before-read-docs", run_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
