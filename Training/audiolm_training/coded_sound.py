"""Reads what `audiolm encode` writes (Documentation/coded-sound.md)."""

import struct
import zlib

import numpy as np

HEADER, CHECKSUM, END = 32, 4, 0


def read_codes(data: bytes) -> np.ndarray:
    """The codes of a file's bytes, uint16 [frames, levels]. Throws ValueError on damage."""
    if data[:4] != b"\x89ALM" or zlib.crc32(data[:28]) != struct.unpack_from("<I", data, 28)[0]:
        raise ValueError("not coded sound, or its header is damaged; code it again")
    levels, bits = data[9], data[10]
    blocks, place = [], HEADER
    while (frames := struct.unpack_from("<H", data, place)[0]) != END:
        length = (frames * levels * bits + 7) // 8
        body = data[place : place + 2 + length]
        found = struct.unpack_from("<I", data, place + 2 + length)[0]
        if zlib.crc32(struct.pack("<I", len(blocks)) + body) != found:
            raise ValueError(f"block {len(blocks)} of the coded sound is damaged; code it again")
        ones = np.unpackbits(np.frombuffer(body, np.uint8)[2:])[: frames * levels * bits]
        blocks.append(ones.reshape(frames, levels, bits) @ (1 << np.arange(bits)[::-1]))
        place += 2 + length + CHECKSUM
    return np.concatenate(blocks).astype(np.uint16)
