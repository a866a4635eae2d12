"""Phases for a magnitude spectrogram by real-time phase gradient heap integration (Prusa and Sondergaard, DAFx 2016).

For a Gaussian window the phase's derivatives in time and frequency follow from those of the logarithmic magnitude;
a Hann window is nearly one. Each frame's phases are integrated from the loudest bins outwards, from the frame before
or from a neighbour. All phases are in turns.
"""

import math

import numpy as np
import torch
from numba import njit
from torch import Tensor

from .spectrum import SILENT

GAUSSIAN_OF_HANN = 0.25645  # time-frequency ratio of the nearest Gaussian window, over the squared window length
LOG_OF_LEVEL = 1.2 * math.log(10)
SILENT_LEVEL = np.float32((math.log10(SILENT) + 3) / 1.2)


TIME, BELOW, ABOVE = 1, 2, 3  # where a bin's phase came from: the frame before, the bin below, the bin above
# How much of a phase's gradient reaches the frame before: an error that all later frames share is one that no loss on
# short-time spectra hears, and its gradient is noise.
FADING = 0.8


def integrate(levels: np.ndarray, window: int, hop: int, fft: int) -> np.ndarray:
    """float32 levels [frames, bins] -> float32 phases [frames - 1, bins]: a frame's phases need the frame after it.

    The first frame's phases, and those of silent bins, are noise that depends on frame and bin alone.
    """
    return _traced(levels, window, hop, fft)[0]


class Phases(torch.autograd.Function):
    """`integrate` of levels [batch, frames, bins], with gradients along the paths that the integration took."""

    @staticmethod
    def forward(ctx, levels: Tensor, window: int, hop: int, fft: int) -> Tensor:
        traces = [_traced(row, window, hop, fft) for row in levels.detach().cpu().numpy()]
        ctx.paths, ctx.steps = [trace[1:] for trace in traces], _steps(window, hop, fft)
        return torch.stack([torch.from_numpy(trace[0]) for trace in traces]).to(levels)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple:
        rows = np.ascontiguousarray(gradient.cpu().numpy(), np.float32)
        back = [_backwards(row, *path, *ctx.steps, np.float32(FADING)) for row, path in zip(rows, ctx.paths, strict=True)]
        return torch.from_numpy(np.stack(back)).to(gradient), None, None, None


def _steps(window: int, hop: int, fft: int) -> tuple[np.float32, np.float32]:
    """Turns in a hop for a difference of levels over two bins, and turns in a bin for one over two frames."""
    ratio = GAUSSIAN_OF_HANN * window**2
    return (np.float32(hop * fft / ratio * LOG_OF_LEVEL / 2 / (2 * math.pi)),
            np.float32(-ratio / (hop * fft) * LOG_OF_LEVEL / 2 / (2 * math.pi)))  # fmt: skip


def _traced(levels: np.ndarray, window: int, hop: int, fft: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Phases, where each came from, and the bins of each frame in the order in which they got theirs (-1: no more)."""
    in_time, in_frequency = _steps(window, hop, fft)
    return _integrate(np.ascontiguousarray(levels, np.float32), _ranks(levels), in_time, in_frequency, np.float32(hop / fft))


def _ranks(levels: np.ndarray) -> np.ndarray:
    """Whole numbers in the order of `levels`, with room below them for a bin and where it comes from."""
    bits = np.ascontiguousarray(levels, np.float32).view(np.int32).astype(np.int64)
    return np.where(bits < 0, bits ^ 0x7FFFFFFF, bits) * 4096


@njit(cache=True)
def _noise(frame: int, bin_: int) -> np.float32:
    """A number in [-0.5, 0.5) from a hash of frame and bin."""
    x = np.uint32((frame * 2654435761 + bin_ * 40503 + 12345) & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x = np.uint32((x * np.uint64(0x7FEB352D)) & np.uint64(0xFFFFFFFF))
    x ^= x >> np.uint32(15)
    x = np.uint32((x * np.uint64(0x846CA68B)) & np.uint64(0xFFFFFFFF))
    x ^= x >> np.uint32(16)
    return np.float32(np.float32(x >> np.uint32(8)) * np.float32(2.0**-24) - np.float32(0.5))


@njit(cache=True)
def _push(heap, count, key):
    place = count
    while place > 0:
        parent = (place - 1) >> 1
        if heap[parent] >= key:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = key
    return count + 1


@njit(cache=True)
def _pop(heap, count):
    """Removes the greatest key, heap[0]."""
    count -= 1
    key = heap[count]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= count:
            break
        if child + 1 < count and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= key:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = key
    return count


@njit(cache=True)
def _integrate(levels, ranks, in_time, in_frequency, turns_per_bin):
    frames, bins = levels.shape
    phases = np.zeros((frames - 1, bins), np.float32)
    sources = np.zeros((frames - 1, bins), np.int8)
    order = np.full((frames - 1, bins), -1, np.int32)
    advance = np.zeros((2, bins), np.float32)  # turns in one hop: of the frame before and of this one
    slope = np.zeros(bins, np.float32)  # turns from one bin to the next
    pending = np.zeros(bins, np.bool_)
    heap = np.zeros(2 * bins + 2, np.int64)
    for frame in range(frames - 1):
        now, before = frame % 2, 1 - frame % 2
        for b in range(bins):
            advance[now, b] = np.float32(b) * turns_per_bin
            if 0 < b < bins - 1:
                advance[now, b] += in_time * (levels[frame, b + 1] - levels[frame, b - 1])
            phases[frame, b] = _noise(frame, b)
        if frame == 0:
            continue
        count = done = 0
        for b in range(bins):
            slope[b] = in_frequency * (levels[frame + 1, b] - levels[frame - 1, b])
            pending[b] = levels[frame, b] > SILENT_LEVEL
            if pending[b]:
                count = _push(heap, count, ranks[frame - 1, b] + 4095 - 2 * b)
        while count > 0:
            item = 4095 - (heap[0] & 4095)
            count = _pop(heap, count)
            b = item >> 1
            if item & 1:
                phase = phases[frame, b]
                if b + 1 < bins and pending[b + 1]:
                    pending[b + 1] = False
                    phases[frame, b + 1] = _wrapped(phase + np.float32(0.5) * (slope[b] + slope[b + 1]))
                    sources[frame, b + 1], order[frame, done] = BELOW, b + 1
                    done += 1
                    count = _push(heap, count, ranks[frame, b + 1] + 4095 - 2 * (b + 1) - 1)
                if b > 0 and pending[b - 1]:
                    pending[b - 1] = False
                    phases[frame, b - 1] = _wrapped(phase - np.float32(0.5) * (slope[b] + slope[b - 1]))
                    sources[frame, b - 1], order[frame, done] = ABOVE, b - 1
                    done += 1
                    count = _push(heap, count, ranks[frame, b - 1] + 4095 - 2 * (b - 1) - 1)
            elif pending[b]:
                pending[b] = False
                step = np.float32(0.5) * (advance[before, b] + advance[now, b])
                phases[frame, b] = _wrapped(phases[frame - 1, b] + step)
                sources[frame, b], order[frame, done] = TIME, b
                done += 1
                count = _push(heap, count, ranks[frame, b] + 4095 - 2 * b - 1)
    return phases, sources, order


@njit(cache=True)
def _backwards(gradient, sources, order, in_time, in_frequency, fading):
    """The gradient of the levels [frames, bins] by that of the phases [frames - 1, bins]."""
    frames, bins = gradient.shape
    phases, levels = gradient.copy(), np.zeros((frames + 1, bins), np.float32)
    for frame in range(frames - 1, 0, -1):
        for place in range(bins - 1, -1, -1):
            b = np.int64(order[frame, place])
            if b < 0:
                continue
            value = phases[frame, b]
            if sources[frame, b] == TIME:
                phases[frame - 1, b] += fading * value
                if 0 < b < bins - 1:
                    for t in (frame - 1, frame):
                        levels[t, b + 1] += np.float32(0.5) * in_time * value
                        levels[t, b - 1] -= np.float32(0.5) * in_time * value
            else:
                source, sign = (b - 1, 1) if sources[frame, b] == BELOW else (b + 1, -1)
                phases[frame, source] += value
                for c in (b, source):
                    levels[frame + 1, c] += np.float32(0.5) * sign * in_frequency * value
                    levels[frame - 1, c] -= np.float32(0.5) * sign * in_frequency * value
    return levels


@njit(cache=True)
def _wrapped(turns):
    return np.float32(turns - np.rint(turns))
