"""Damaged and hostile pictures by the thousand, the same ones for the same seed.

The costly ones (BOMBS) come once each, spread among the others.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from PIL import Image

Picture = tuple[str, bytes]  # what is wrong with it, and the file
MOST = 5 * 1024 * 1024
ORIENTED = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def hostile_pictures(count: int, seed: int = 1) -> Iterator[Picture]:
    """So many pictures, each with a name that tells which it is."""
    chance = random.Random(seed)
    bombs = list(BOMBS.items())
    every = max(1, count // len(bombs))
    for number in range(count):
        if number % every == 0 and number // every < len(bombs):
            kind, explode = bombs[number // every]
            yield f"{number} {kind}", explode()
            continue
        kind = chance.choice(list(DAMAGES))
        name = chance.choice(list(sound()))
        yield f"{number} {kind} {name}", DAMAGES[kind](chance, sound()[name])[:MOST]


@cache
def sound() -> dict[str, bytes]:
    """Good pictures of each kind, that damage is done to."""
    exif = ORIENTED
    return {
        "jpeg": saved("RGB", "JPEG", exif=exif),
        "jpeg gray": saved("L", "JPEG"),
        "jpeg cmyk": saved("CMYK", "JPEG"),
        "jpeg progressive": saved("RGB", "JPEG", progressive=True, exif=exif),
        "png": saved("RGB", "PNG", exif=exif),
        "png palette": saved("P", "PNG", transparency=3),
        "png gray alpha": saved("LA", "PNG"),
        "png alpha": saved("RGBA", "PNG"),
        "png 1 bit": saved("1", "PNG"),
        "png 16 bits gray": png(48, 48, bits=16, colour=0),
        "png 16 bits alpha": png(48, 48, bits=16, colour=6),
        "png interlaced": png(48, 48, bits=8, colour=2, interlaced=True),
        "png animated": animated("PNG"),
        "webp": saved("RGB", "WEBP", exif=exif),
        "webp alpha": saved("RGBA", "WEBP"),
        "webp lossless": saved("RGBA", "WEBP", lossless=True, exif=exif),
        "webp animated": animated("WEBP"),
    }


def picture(mode: str, size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Gradients, different in each colour."""
    one = Image.linear_gradient("L").resize(size)
    other = Image.radial_gradient("L").resize(size)
    if mode in ("RGB", "RGBA", "CMYK", "LA"):
        return Image.merge(mode, [one, other, one, other][: len(mode)])
    return Image.merge("RGB", [one, other, one]).convert(mode)


def saved(mode: str, kind: str, size: tuple[int, int] = (96, 64), **options: Any) -> bytes:
    """Gradients as a file."""
    return written(picture(mode, size), kind, **options)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated(kind: str) -> bytes:
    frames = [picture("RGB").rotate(angle) for angle in (90, 180, 270)]
    return written(picture("RGB"), kind, save_all=True, append_images=frames, duration=40)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int,
    height: int,
    *,
    bits: int,
    colour: int,
    interlaced: bool = False,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A PNG of zeros, with chunks before and after its pixels."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
    passes += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    packer = zlib.compressobj(9)
    pixels = b""
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        columns = -(-(width - left) // across)
        line = bytes(1 + (columns * channels * bits + 7) // 8)
        for _ in range(top, height, down):
            pixels += packer.compress(line)
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    body = chunk(b"IDAT", pixels + packer.flush())
    return SIGNATURE + chunk(b"IHDR", head) + before + body + after + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int, height: int, *, frame: int = 0xC0, colours: int = 1, scans: int = 0) -> bytes:
    """A JPEG of one gray, in as few bytes as there can be; `scans` more, of nothing at all."""
    parts = [bytes([number, 0x11, 0]) for number in range(1, colours + 1)]
    head = struct.pack(">BHHB", 8, height, width, colours) + b"".join(parts)
    blocks = -(-width // 8) * -(-height // 8)
    zeros = bytes(blocks * colours * 2 // 8 + 1)
    ends = bytes(-(-blocks // 16384) * 15 // 8 + 1)
    again = segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) + ends
    start = [bytes([number, 0]) for number in range(1, colours + 1)]
    first = bytes([0, 0 if frame == 0xC2 else 63, 0])
    return (
        b"\xff\xd8"
        + segment(0xDB, b"\0" + b"\1" * 64)
        + segment(frame, head)
        + segment(0xC4, b"\x00" + bytes([1, *[0] * 15]) + b"\0")
        + segment(0xC4, b"\x10" + bytes([1, *[0] * 15]) + (b"\xe0" if scans else b"\0"))
        + segment(0xDA, bytes([colours]) + b"".join(start) + first)
        + zeros
        + again * scans
        + b"\xff\xd9"
    )


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff(kind: bytes, body: bytes) -> bytes:
    """A chunk of a WebP."""
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def chunks_of(webp: bytes) -> list[bytes]:
    """The kinds of a WebP's chunks, to its last byte."""
    found, at = [], 12
    while at < len(webp):
        found.append(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    assert at == len(webp) == int.from_bytes(webp[4:8], "little") + 8
    return found


def extended(width: int, height: int, flags: int) -> bytes:
    """The head of a WebP that has more than a picture."""
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return riff(b"VP8X", bytes([flags, 0, 0, 0]) + sides)


def after_head(data: bytes, more: bytes) -> bytes:
    """A JPEG with segments put in."""
    return data[:2] + more + data[2:]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(chance: random.Random, data: bytes) -> bytes:
    return _flip_within(chance, data, len(data))


def _flip_head(chance: random.Random, data: bytes) -> bytes:
    return _flip_within(chance, data, min(200, len(data)))


def _flip_within(chance: random.Random, data: bytes, end: int) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(end)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _mix_up(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(list(sound().values()))
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _repeat_part(chance: random.Random, data: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(data)), 2))
    return data[:end] + data[start:end] * chance.randint(1, 30) + data[end:]


def _lose_part(chance: random.Random, data: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(data)), 2))
    return data[:start] + data[end:]


def _lie_about_size(chance: random.Random, data: bytes) -> bytes:
    """Other numbers where the header has them; a PNG's with their checksum."""
    sides = [chance.choice([0, 1, 511, 4000, 16383, 30000, 65535]) for _ in range(2)]
    if data.startswith(SIGNATURE):
        head = struct.pack(">II", *sides) + data[24:29]
        return SIGNATURE + chunk(b"IHDR", head) + data[33:]
    if data.startswith(b"\xff\xd8"):
        at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        return data[: at + 5] + struct.pack(">HH", *sides) + data[at + 9 :]
    at = {b"VP8 ": 26, b"VP8L": 21, b"VP8X": 24}[data[12:16]]
    return data[:at] + chance.randbytes(6) + data[at + 6 :]


def _sign_nonsense(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.choice([4, 8, 16, 30, 64])] + chance.randbytes(chance.randrange(2000))


def _spoil_notes(chance: random.Random, data: bytes) -> bytes:
    """A picture whose EXIF is nonsense."""
    notes = _flip_within(chance, ORIENTED * chance.randint(1, 3), 30)[: chance.randint(6, 90)]
    if data.startswith(SIGNATURE):
        return data[:33] + chunk(b"eXIf", notes[6:]) + data[33:]
    if data.startswith(b"\xff\xd8"):
        return after_head(data, segment(0xE1, notes))
    return data.replace(ORIENTED[6:], notes[6:].ljust(26, b"\0")[:26])


def _shuffle_chunks(chance: random.Random, data: bytes) -> bytes:
    """A PNG's chunks in another order, each with its checksum; of others, blocks."""
    parts = [data[at : at + 64] for at in range(8, len(data), 64)]
    if data.startswith(SIGNATURE):
        parts, at = [], 8
        while at < len(data):
            length = struct.unpack(">I", data[at : at + 4])[0] + 12
            parts.append(data[at : at + length])
            at += length
    chance.shuffle(parts)
    return data[:8] + b"".join(parts)


def _change_chunk(chance: random.Random, data: bytes) -> bytes:
    """Bits of a PNG's chunk changed, and its checksum made right; of others, a byte."""
    at = 8
    if not data.startswith(SIGNATURE):
        return _flip_within(chance, data, min(1000, len(data)))
    heads = []
    while at < len(data):
        heads.append(at)
        at += struct.unpack(">I", data[at : at + 4])[0] + 12
    at = chance.choice(heads)
    length = struct.unpack(">I", data[at : at + 4])[0]
    body = _flip_within(chance, data[at + 8 : at + 8 + length] or b"\0", max(1, length))
    return data[:at] + chunk(data[at + 4 : at + 8], body) + data[at + 12 + length :]


def _add_odd_chunk(chance: random.Random, data: bytes) -> bytes:
    """A PNG with a known chunk of nonsense before its end; others with odd segments."""
    body = chance.randbytes(chance.choice([0, 1, 2, 3, 4, 6, 8, 9, 20, 300]))
    if not data.startswith(SIGNATURE):
        return after_head(data, segment(chance.randrange(0xC0, 0xFF), body))
    kinds = b"PLTE tRNS gAMA cHRM sRGB pHYs tEXt zTXt iTXt eXIf iCCP acTL fcTL fdAT IHDR".split()
    odd = chunk(chance.choice(kinds), body)
    at = chance.choice([33, len(data) - 12])
    return data[:at] + odd + data[at:]


def _change_frame(chance: random.Random, data: bytes) -> bytes:
    """A JPEG that says it is of another process: lossless, arithmetic, hierarchical."""
    kind = chance.choice([0xC1, 0xC2, 0xC3, 0xC5, 0xC7, 0xC9, 0xCA, 0xCB, 0xCF])
    return data.replace(b"\xff\xc0\0", bytes([0xFF, kind, 0]), 1)


def _pretend(chance: random.Random, data: bytes) -> bytes:
    """Something else, which its name would call a photograph."""
    return chance.choice(FOREIGN)()


def _add_page(chance: random.Random, data: bytes) -> bytes:
    """A picture that is a page, an archive or a program too."""
    return data + chance.choice([PAGE, b"PK\3\4" + data, b"<?php system($_GET[0]); ?>", data])


def _hide_page(chance: random.Random, data: bytes) -> bytes:
    return chance.choice([PAGE, b"GIF89a", b"%PDF-1.7\n", b"#!/bin/sh\n", b"\xef\xbb\xbf"]) + data


SIGNATURE = b"\x89PNG\r\n\x1a\n"
PAGE = b"<!DOCTYPE html><script>alert(document.domain)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
FOREIGN: list[Callable[[], bytes]] = [
    bytes,
    lambda: b"\0" * 1000,
    lambda: PAGE,
    lambda: DRAWING,
    lambda: random.Random(7).randbytes(5000),
    *(lambda kind=kind: saved("RGB", kind) for kind in ("GIF", "TIFF", "BMP", "PPM", "ICO", "PDF")),
]
DAMAGES: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "cut": _cut,
    "flipped": _flip,
    "flipped head": _flip_head,
    "mixed up": _mix_up,
    "repeating": _repeat_part,
    "losing": _lose_part,
    "lying": _lie_about_size,
    "nonsense": _sign_nonsense,
    "noted": _spoil_notes,
    "shuffled": _shuffle_chunks,
    "changed": _change_chunk,
    "odd": _add_odd_chunk,
    "of another process": _change_frame,
    "foreign": _pretend,
    "page after": _add_page,
    "page before": _hide_page,
}
_MILLION = zlib.compress(b"a" * 1_000_000, 9)
BOMBS: dict[str, Callable[[], bytes]] = {
    "30000 x 30000 png": lambda: png(30000, 30000, bits=1, colour=0),
    "30000 x 30000 jpeg": lambda: jpeg(30000, 30000),
    "30000 x 30000 progressive jpeg": lambda: jpeg(30000, 30000, frame=0xC2),
    "16383 x 16383 webp": lambda: webp(riff(b"VP8L", b"/\xff\xff\xff\x0f" + bytes(1000))),
    "16777216 x 16777216 webp": lambda: webp(
        extended(1 << 24, 1 << 24, 2), riff(b"ANIM", bytes(6))
    ),
    "13000 x 13000 webp": lambda: _many_frames(1, 13000),
    "png as large as may be": lambda: png(5000, 4000, bits=8, colour=6),
    "png as large as may be, interlaced": lambda: png(
        5000, 4000, bits=16, colour=6, interlaced=True
    ),
    "jpeg as large as may be": lambda: jpeg(11000, 10000, colours=3),
    "jpeg of 65500 x 1600": lambda: jpeg(65500, 1600),
    "jpeg of 65500 x 1": lambda: jpeg(65500, 1),
    "scans as large as may be": lambda: jpeg(4000, 3100, frame=0xC2, colours=3),
    "webp as large as may be": lambda: saved("RGB", "WEBP", (3000, 2000), method=0, quality=10),
    "jpeg in many scans": lambda: jpeg(4000, 3000, frame=0xC2, scans=100_000)[:MOST],
    "jpeg in scans of a colour": lambda: jpeg(8000, 8000, colours=3).replace(
        b"\xff\xda\0\x0c\3\1\0\2\0\3\0", b"\xff\xda\0\x08\1\1\0"
    ),
    "lossless jpeg": lambda: jpeg(7000, 7000, frame=0xC3),
    "jpeg of a million segments": lambda: after_head(sound()["jpeg"], b"\xff\xe2\0\2" * 1_200_000),
    "jpeg of padding": lambda: after_head(sound()["jpeg"], b"\xff" * 5_000_000),
    "jpeg of overlapping notes": lambda: after_head(
        sound()["jpeg"], segment(0xE1, _greedy_notes())
    ),
    "png of overlapping notes": lambda: png(
        8, 8, bits=8, colour=0, before=chunk(b"eXIf", _greedy_notes(60_000, 4_000_000)[6:])
    ),
    "png of many chunks": lambda: png(8, 8, bits=8, colour=0, before=chunk(b"prIv", b"") * 400_000),
    "png of many pieces": lambda: png(8, 8, bits=8, colour=0, before=chunk(b"IDAT", b"") * 400_000),
    "png of chunks after": lambda: png(8, 8, bits=8, colour=0, after=chunk(b"IDAT", b"") * 400_000),
    "png of text": lambda: png(
        8, 8, bits=8, colour=0, before=chunk(b"zTXt", b"k\0\0" + _MILLION) * 60
    ),
    "png of text after": lambda: png(
        8, 8, bits=8, colour=0, after=chunk(b"iTXt", b"k\0\1\0\0\0" + _MILLION) * 60
    ),
    "png of a large profile": lambda: png(
        8, 8, bits=8, colour=0, before=chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(200_000_000)))
    ),
    "png of many pixels too many": lambda: (
        SIGNATURE
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(200_000_000)))
        + chunk(b"IEND", b"")
    ),
    "png of 100000 frames": lambda: png(
        8, 8, bits=8, colour=0, before=chunk(b"acTL", struct.pack(">II", 100_000, 0))
    ),
    "webp of 20000 frames": lambda: _many_frames(20_000),
}


def _greedy_notes(count: int = 2700, size: int = 32_000) -> bytes:
    """EXIF whose entries all point at the same bytes."""
    entries = (struct.pack(">HHII", n, 1, size, 8) for n in range(1, count))
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", count) + b"".join(entries) + bytes(size)


def _many_frames(count: int, side: int = 8) -> bytes:
    still = saved("RGB", "WEBP", (8, 8))[12:]
    frame = riff(b"ANMF", bytes(6) + b"\7\0\0\7\0\0\x28\0\0\0" + still)
    return webp(extended(side, side, 2), riff(b"ANIM", bytes(6)), frame * count)
