"""Portraits have the colours that a camera, an editor or a phone meant."""

import io
from typing import Any

import pytest
from PIL import Image

from services.identity.portraits import to_portrait
from services.identity.tests.colour_profiles import (
    ADOBE_RGB,
    DISPLAY_P3,
    SRGB_CURVE,
    cmyk_profile,
    gray_profile,
    rgb_profile,
)
from services.identity.tests.hostile_pictures import after_head, chunk, picture, segment, written

P3 = rgb_profile(DISPLAY_P3, *SRGB_CURVE)
ADOBE = rgb_profile(ADOBE_RGB, 2.19921875)


def colour_of(data: bytes) -> tuple[int, ...]:
    image = Image.open(io.BytesIO(to_portrait(data)))
    assert "icc_profile" not in image.info
    colour = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(colour, tuple)
    return colour


def flat(mode: str, colour: Any, kind: str, **options: Any) -> bytes:
    return written(Image.new(mode, (300, 200), colour), kind, **options)


def is_close(colour: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("profile", "colour", "meant"),
    [
        (P3, (234, 51, 35), (255, 0, 0)),
        (P3, (128, 128, 128), (128, 128, 128)),
        (P3, (117, 251, 76), (0, 255, 0)),
        (ADOBE, (219, 0, 0), (255, 0, 0)),
        (ADOBE, (144, 255, 60), (0, 255, 0)),
    ],
)
def test_colours_of_wider_spaces_are_converted_to_those_of_screens(
    kind: str, profile: bytes, colour: tuple[int, ...], meant: tuple[int, ...]
) -> None:
    shown = colour_of(flat("RGB", colour, kind, icc_profile=profile, quality=95, lossless=True))

    assert is_close(shown, meant), shown


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_stays_so(kind: str) -> None:
    shown = colour_of(flat("RGBA", (234, 51, 35, 128), kind, icc_profile=P3))

    assert is_close(shown, (255, 0, 0, 128)), shown


def test_palettes_and_grays_have_their_profiles_too() -> None:
    palette = Image.new("RGB", (60, 40), (234, 51, 35)).convert("P", palette=Image.Palette.ADAPTIVE)

    assert is_close(colour_of(written(palette, "PNG", icc_profile=P3)), (255, 0, 0))
    for mode, gray in (("L", 128), ("LA", (128, 255))):
        shown = colour_of(flat(mode, gray, "PNG", icc_profile=gray_profile(1.0)))
        assert is_close(shown[:3], (188, 188, 188)), shown


def test_inks_are_what_their_profile_says() -> None:
    data = flat("CMYK", (0, 255, 255, 0), "JPEG", icc_profile=cmyk_profile(50), quality=95)

    assert is_close(colour_of(data), (119, 119, 119))


@pytest.mark.parametrize(
    "profile",
    [
        *(b"nonsense", P3[:60], P3[:200], P3[:-30], b"\0" * 128, P3[:128] + b"\xff" * 400),
        P3.replace(b"RGB ", b"Lab "),
        gray_profile(1.0),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_or_foreign_profile_leaves_the_colours_as_they_are(
    kind: str, profile: bytes
) -> None:
    shown = colour_of(flat("RGB", (234, 51, 35), kind, icc_profile=profile, quality=95))

    assert is_close(shown, (234, 51, 35)), shown


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_profile_of_other_pixels_than_the_picture_has_is_ignored(mode: str) -> None:
    plain = picture(mode, (300, 200))
    with_profile = written(plain, "JPEG", icc_profile=P3)

    assert is_close(colour_of(with_profile), colour_of(written(plain, "JPEG")))


@pytest.mark.parametrize(
    ("gamma", "shown"), [(1.0, 188), (1 / 2.2, 128), (0.0, 128), (21474.0, 128)]
)
def test_png_that_tells_its_gamma_is_shown_by_it(gamma: float, shown: int) -> None:
    data = flat("RGB", (128, 128, 128), "PNG")
    told = data[:33] + chunk(b"gAMA", round(gamma * 100_000).to_bytes(4)) + data[33:]

    assert is_close(colour_of(told), (shown,) * 3)
    srgb = told[:33] + chunk(b"sRGB", b"\0") + told[33:]
    assert is_close(colour_of(srgb), (128,) * 3)


@pytest.mark.parametrize("kind", ["MPO", "MPO with gain map"])
def test_phones_jpeg_with_a_second_picture_behind_is_its_first_picture(kind: str) -> None:
    first, second = Image.new("RGB", (400, 300), "red"), Image.new("RGB", (100, 75), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6
    data = written(first, "MPO", save_all=True, append_images=[second], exif=exif)
    if "gain" in kind:
        data = after_head(data, segment(0xE1, b'hdr\0 hdrgm:Version="1.0"'))
    assert b"MPF\0" in data

    image = Image.open(io.BytesIO(to_portrait(data)))

    assert image.size == (300, 400)
    assert is_close(colour_of(data), (254, 0, 0))
