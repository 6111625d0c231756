"""Scratch memory that is kept between calls: fresh pages cost more than the arithmetic done in them.

Each thread has one arena. `with frame() as take:` opens a frame; `take(shape, dtype)` cuts the next piece
off the arena, and everything taken is handed back together when the frame closes. Frames nest, so a
function may call another that takes scratch of its own. Nothing that a caller gets back lies in an arena.

The arena is bounded: a piece that does not fit is fresh memory and is not kept. When the next outermost frame
opens, the arena grows to the size that was requested, but never beyond `tuning.SCRATCH_BYTES`.
"""

import math
import threading

import numpy as np

from conv_lib.fast import tuning

_ALIGN = 64


class _Arena(threading.local):
    def __init__(self):
        self.memory = np.empty(0, np.uint8)
        self.used = 0
        self.wanted = 0
        self.depth = 0

    def take(self, shape, dtype):
        dtype = np.dtype(dtype)
        size = math.prod(shape) * dtype.itemsize
        start = self.used
        self.used = start + size + -size % _ALIGN
        self.wanted = max(self.wanted, self.used)
        if self.used > self.memory.size:
            return np.empty(shape, dtype)
        return self.memory[start : start + size].view(dtype).reshape(shape)


_arena = _Arena()
_sizes = {}  # bytes kept by each thread


def kept():
    """Total bytes in the arenas of all live threads."""
    alive = {thread.ident for thread in threading.enumerate()}
    return sum(size for ident, size in _sizes.items() if ident in alive)


class frame:  # a class, because a generator would take longer, which a small layer would notice
    """Open a frame of this thread's arena; `with frame() as take` gives its `take(shape, dtype)`."""

    __slots__ = ("start",)

    def __enter__(self):
        self.start = _arena.used
        if _arena.depth == 0 and _arena.wanted > _arena.memory.size:
            size = min(_arena.wanted, tuning.SCRATCH_BYTES)
            if size > _arena.memory.size:
                _arena.memory = np.empty(0, np.uint8)  # free the old arena before allocating the new one
                block = np.empty(size + _ALIGN, np.uint8)
                offset = -block.ctypes.data % _ALIGN
                _arena.memory = block[offset : offset + size]
                _sizes[threading.get_ident()] = size
            _arena.wanted = 0
        _arena.depth += 1
        return _arena.take

    def __exit__(self, *error):
        _arena.depth -= 1
        _arena.used = self.start


def release():
    """Give this thread's arena back to the system (it is made again when needed)."""
    _arena.__init__()
    _sizes.pop(threading.get_ident(), None)
