"""Making portraits of pictures."""

import io
import random
import subprocess
import sys
import warnings

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chassis.service import ROOT
from services.identity.errors import PortraitTooLarge, PortraitUnreadable
from services.identity.portraits import to_portrait
from services.identity.tests.hostile_pictures import (
    BOMBS,
    PAGE,
    after_head,
    animated,
    chunk,
    chunks_of,
    jpeg,
    picture,
    png,
    saved,
    segment,
    sound,
    written,
)

RED, BLUE = (255, 0, 0), (0, 0, 255)
PLACE = "48.8584 N, 2.2945 E"


def opened(data: bytes) -> Image.Image:
    """A portrait, which is always a WebP."""
    image = Image.open(io.BytesIO(to_portrait(data)))
    assert image.format == "WEBP"
    image.load()
    return image


def is_near(colour: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 40 for one, other in zip(colour, wanted, strict=True))


def noise(mode: str, channels: int) -> bytes:
    """What no camera sees, and no encoder makes small."""
    pixels = random.Random(5).randbytes(512 * 512 * channels)
    return written(Image.frombytes(mode, (512, 512), pixels), "PNG")


@pytest.mark.parametrize("name", sound())
def test_every_kind_of_picture_becomes_a_small_webp(name: str) -> None:
    image = opened(sound()[name])

    assert max(image.size) <= 512
    assert len(to_portrait(sound()[name])) <= 100_000


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((2000, 1000), (512, 256)),
        ((1000, 2000), (256, 512)),
        ((512, 512), (512, 512)),
        ((513, 400), (512, 399)),
        ((16, 12), (16, 12)),
        ((1, 1), (1, 1)),
        ((3000, 2), (512, 1)),
        ((1, 3000), (1, 512)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_shrink_and_small_ones_stay(
    kind: str, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert opened(saved("RGB", kind, size)).size == shown


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, 0), (2, 1), (3, 2), (4, 3), (5, 0), (6, 1), (7, 2), (8, 3)],
)
def test_picture_stands_as_it_was_seen(kind: str, orientation: int, corner: int) -> None:
    """`corner` is where the first pixel goes, clockwise from the top left."""
    image = Image.new("RGB", (800, 400), BLUE)
    image.paste(RED, (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = orientation

    shown = opened(written(image, kind, exif=exif)).convert("RGB")

    wide, tall = shown.size
    corners = [(20, 20), (wide - 20, 20), (wide - 20, tall - 20), (20, tall - 20)]
    assert (wide > tall) == (orientation < 5)
    assert [is_near(shown.getpixel(at), RED) for at in corners] == [n == corner for n in range(4)]


@pytest.mark.parametrize(
    "notes", [b"", b"MM\0*", b"MM\0*nonsense", b"II*\0\x08\0\0\0\xff\xff", b"<nonsense>"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_damaged_exif_leaves_the_picture_as_it_is(kind: str, notes: bytes) -> None:
    data = saved("L", kind)
    damaged = (
        after_head(data, segment(0xE1, b"Exif\0\0" + notes))
        if kind == "JPEG"
        else data[:33] + chunk(b"eXIf", notes) + data[33:]
    )

    assert opened(damaged).size == (96, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_remains_of_what_the_file_told_beside_pixels(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = PLACE
    exif.get_ifd(0x8825)[29] = PLACE
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE}</x:xmpmeta>".encode()
    notes = PngInfo()
    notes.add_text("Comment", PLACE, zip=False)
    notes.add_itxt("XML:com.adobe.xmp", xmp.decode())
    more = {"pnginfo": notes} if kind == "PNG" else {"xmp": xmp}
    data = saved("RGB", kind, exif=exif, icc_profile=PLACE.encode() * 9, **more) + PLACE.encode()
    assert data.count(PLACE.encode()) >= 4

    portrait = to_portrait(data)

    assert PLACE.encode() not in portrait
    assert not {b"EXIF", b"XMP ", b"ICCP", b"Exif"} & {portrait[n : n + 4] for n in range(1000)}
    assert chunks_of(portrait) == [b"VP8 "]


def test_colours_under_what_is_transparent_do_not_remain() -> None:
    image = Image.new("RGBA", (200, 200), (*RED, 0))
    image.paste((*BLUE, 255), (100, 0, 200, 200))

    shown = opened(written(image, "PNG"))

    assert shown.getpixel((10, 10)) == (0, 0, 0, 0)
    assert is_near(shown.getpixel((190, 100)), (*BLUE, 255))


def test_edges_of_what_is_opaque_are_not_darkened_by_what_is_not() -> None:
    image = Image.new("RGBA", (2048, 2048), (0, 0, 0, 0))
    for left in range(0, 2048, 2):  # each pixel of the portrait is half of this, half of nothing
        image.paste((255, 255, 255, 255), (left, 0, left + 1, 2048))

    red, green, blue, alpha = opened(written(image, "PNG")).getpixel((256, 256))

    assert min(red, green, blue) > 240 and 120 <= alpha <= 136


@pytest.mark.parametrize(
    ("mode", "kind", "wanted"),
    [
        ("CMYK", "JPEG", RED),
        ("P", "PNG", RED),
        ("L", "PNG", (76, 76, 76)),
        ("L", "JPEG", (76, 76, 76)),
        ("1", "PNG", (0, 0, 0)),
    ],
)
def test_colours_are_those_of_the_picture(mode: str, kind: str, wanted: tuple[int, ...]) -> None:
    image = Image.new("RGB", (64, 64), RED)
    dither = Image.Dither.NONE

    shown = opened(written(image.convert(mode, dither=dither), kind))

    assert is_near(shown.getpixel((32, 32)), wanted)


def test_gray_of_16_bits_keeps_its_shades() -> None:
    image = Image.new("I;16", (64, 64), 0x8000)

    assert is_near(opened(written(image, "PNG")).getpixel((32, 32)), (128, 128, 128))


def test_palette_with_a_transparent_colour_is_transparent_there() -> None:
    image = Image.new("RGB", (64, 64), RED).convert("P")
    red = image.getpixel((0, 0))

    assert opened(written(image, "PNG", transparency=red)).getpixel((32, 32)) == (0, 0, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    shown = opened(animated(kind))

    assert getattr(shown, "n_frames", 1) == 1
    assert is_near(shown.convert("RGB").getpixel((0, 32)), picture("RGB").getpixel((0, 32)))


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("RGBA", 4)])
def test_even_noise_fits_in_100_kb(mode: str, channels: int) -> None:
    assert len(to_portrait(noise(mode, channels))) <= 100_000


def test_one_picture_gives_the_same_bytes_each_time() -> None:
    assert to_portrait(sound()["png alpha"]) == to_portrait(sound()["png alpha"])


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    with pytest.raises(PortraitUnreadable):
        to_portrait(saved("RGB", kind))


def test_decoders_of_other_kinds_are_not_even_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setitem(Image.OPEN, "GIF", (lambda *given: asked.append(given), None))

    with pytest.raises(PortraitUnreadable):
        to_portrait(saved("RGB", "GIF"))

    assert asked == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        PAGE,
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\x89PNG\r\n\x1a\n",
        PAGE + sound()["jpeg"],
        sound()["jpeg"][:-200],
        sound()["png"][:-60],
        sound()["webp"][:-60],
        png(8, 8, bits=8, colour=3),
        png(8, 8, bits=8, colour=0, after=chunk(b"iCCP", b"name\0")),
        png(8, 8, bits=8, colour=0, before=chunk(b"gAMA", b"")),
    ],
    ids=range(13),
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PortraitUnreadable):
        to_portrait(data)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (jpeg(11000, 10000), jpeg(11000, 10001)),
        (jpeg(3125, 4000, frame=0xC2), jpeg(3125, 4001, frame=0xC2)),
        (png(5000, 4000, bits=1, colour=0), png(5000, 4001, bits=1, colour=0)),
        (saved("L", "WEBP", (3000, 2000), method=0), saved("L", "WEBP", (3001, 2000), method=0)),
    ],
    ids=["jpeg", "progressive jpeg", "png", "webp"],
)
def test_pixels_are_limited_by_what_they_cost_in_each_kind(small: bytes, large: bytes) -> None:
    assert max(opened(small).size) == 512

    with pytest.raises(PortraitTooLarge, match=r"at most [0-9,]+ pixels"):
        to_portrait(large)


@pytest.mark.parametrize(
    "name", [name for name in BOMBS if name[0] in "123" or "scans of a colour" in name]
)
def test_size_is_refused_before_a_pixel_is_decoded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)

    with pytest.raises((PortraitTooLarge, PortraitUnreadable)) as caught:
        to_portrait(BOMBS[name]())

    assert "decoded" not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    "name",
    [
        "jpeg in many scans",
        "jpeg of a million segments",
        "jpeg of padding",
        "png of many chunks",
        "png of many pieces",
        "png of chunks after",
        "png of text",
        "png of a large profile",
    ],
)
def test_what_would_keep_us_busy_is_refused(name: str) -> None:
    with pytest.raises(PortraitUnreadable):
        to_portrait(BOMBS[name]())


def test_pillow_s_warnings_are_heard_by_nobody() -> None:
    """In a process of its own, since here pytest decides what becomes of warnings."""
    code = (
        "import services.identity.tests.hostile_pictures as p, services.identity.portraits as o\n"
        "o.to_portrait(p.after_head(p.sound()['jpeg'],"
        " p.segment(0xE1, b'Exif\\0\\0MM\\0*\\0\\0\\0\\x08\\xff\\xff')))\n"
        "o.to_portrait(p.BOMBS['png of 100000 frames']())"
    )

    command = [sys.executable, "-W", "default", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


def test_warnings_of_others_are_still_heard() -> None:
    with pytest.warns(UserWarning, match="ours"):
        warnings.warn("ours", stacklevel=1)
