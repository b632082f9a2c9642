"""Colour profiles as cameras and editors write them: ICC.1, a matrix and a curve."""

import struct

# Colours of the primaries under D50, as the profiles of these spaces have them.
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
D50 = (0.9642, 1.0, 0.8249)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def rgb_profile(primaries: tuple[tuple[float, ...], ...], *curve: float) -> bytes:
    """A display's: its primaries, and one gamma or sRGB's five parameters."""
    kind = {1: 0, 5: 3}[len(curve)]
    shape = b"para" + struct.pack(">IHH", 0, kind, 0) + _fixed(*curve)
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, primaries), strict=True))
    return _profile(b"RGB ", {**tags, b"rTRC": shape, b"gTRC": shape, b"bTRC": shape})


def gray_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", {b"kTRC": b"para" + struct.pack(">IHH", 0, 0, 0) + _fixed(gamma)})


def cmyk_profile(lightness: int) -> bytes:
    """A printer's on which whatever ink gives one gray, from 0 to 100."""
    straight = bytes(range(256))
    unit = _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    gray = bytes([round(lightness * 2.55), 128, 128]) * 2**4
    table = b"mft1" + struct.pack(">IBBBx", 0, 4, 3, 2) + unit + straight * 4 + gray + straight * 3
    return _profile(b"CMYK", {b"A2B0": table}, kind=b"prtr", via=b"Lab ")


def _profile(
    space: bytes, tags: dict[bytes, bytes], *, kind: bytes = b"mntr", via: bytes = b"XYZ "
) -> bytes:
    text = b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, 2, 28) + b"\0x"
    tags = {b"desc": text, b"wtpt": _xyz(D50), **tags}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x04300000, kind, space, via)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)
