"""How a training on the processor takes its memory."""

import contextlib
import ctypes
import os

# Of mallopt (malloc.h).
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_freed_memory() -> None:
    """Lets glibc keep what is freed for what is asked for next, and PyTorch ask for huge pages. A step's larger tensors would
    else be given back to the system and taken anew, page by page, which can take as long as all the rest. To be called before
    any tensor is made."""
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    with contextlib.suppress(AttributeError):  # another library's malloc
        ctypes.CDLL(None).mallopt(M_MMAP_MAX, 0)
        ctypes.CDLL(None).mallopt(M_TRIM_THRESHOLD, -1)  # never
