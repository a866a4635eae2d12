"""The reader of coded sound, on bytes put together after its description."""

import struct
import zlib

import numpy as np
import pytest

from audiolm_training.coded_sound import read_codes


def coded(codes: np.ndarray, bits: int, block: int) -> bytes:
    header = b"\x89ALM\r\n\x1a\n" + bytes([1, codes.shape[1], bits, 0]) + struct.pack("<IIII", 24_000, 44_100, 480, 7)
    data = header + struct.pack("<I", zlib.crc32(header))
    parts = [codes[start : start + block] for start in range(0, len(codes), block)]
    for number, part in enumerate(parts):
        ones = (part[..., None] >> np.arange(bits)[::-1] & 1).astype(np.uint8)
        body = struct.pack("<H", len(part)) + np.packbits(ones.ravel()).tobytes()
        data += body + struct.pack("<I", zlib.crc32(struct.pack("<I", number) + body))
    end = struct.pack("<HQ", 0, 12_345)
    return data + end + struct.pack("<I", zlib.crc32(struct.pack("<I", len(parts)) + end))


def test_codes_come_back():
    codes = np.random.default_rng(1).integers(0, 1024, (23, 3), dtype=np.uint16)
    assert np.array_equal(read_codes(coded(codes, 10, 10)), codes)


@pytest.mark.parametrize("place", [9, 40])
def test_damage_is_told(place):
    data = bytearray(coded(np.ones((23, 3), np.uint16), 10, 10))
    data[place] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        read_codes(bytes(data))
