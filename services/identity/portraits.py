"""Pictures that people send, made into portraits: small WebPs of nothing but pixels.

What a file is, its decoder says, never its name; how large it is, its header, before any
pixel is decoded. Callers hold no database connection meanwhile: one may take a second.
"""

import struct
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import (
    Image,
    ImageCms,
    ImageFile,
    PngImagePlugin,
    WebPImagePlugin,  # noqa: F401 - else Pillow imports all it has, to look for this one
)
from PIL.JpegImagePlugin import JpegImageFile

from services.identity.errors import PortraitTooLarge, PortraitUnreadable

LONGEST_SIDE = 512
MOST_BYTES = 100_000
# What one decode may take is some 100 MB. Measured, per pixel: a JPEG next to nothing, since
# libjpeg shrinks it on the way; one in several scans 6 to 8 bytes, since it keeps what the
# earlier scans told; a PNG 4; a WebP 16, since libwebp keeps three copies.
MOST_PIXELS = {"JPEG": 110_000_000, "PNG": 20_000_000, "WEBP": 6_000_000}
MOST_PIXELS_IN_SCANS = 12_500_000
# Each scan may pass over the whole picture in a few bytes. Editors write some ten, and a
# camera hides a preview or two of as many in the same file.
MOST_SCANS = 100
# Pillow reads a chunk's or a segment's head at a time, in Python: a few thousand in any
# picture, and a million in a file that was made to keep us busy.
MOST_READS = 50_000
QUALITIES = (80, 65, 50, 35, 20, 10, 5, 0)

_START_OF_JPEG = b"\xff\xd8\xff"
_START_OF_SCAN = b"\xff\xda"
# Which pixels a colour profile is about.
_PROFILED = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_GRAYS = ("1", "L", "LA", "I;16", "I")
# The gamma of sRGB, nearly; and those beyond which no picture is meant to be shown.
_USUAL_GAMMA, _GAMMAS = 1 / 2.2, (0.1, 5.0)
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises over damaged files, as 150,000 of them showed; and the last three, which
# it expects of itself where it opens one.
_BROKEN = (
    OSError,  # with UnidentifiedImageError
    SyntaxError,
    ValueError,
    AssertionError,
    IndexError,
    struct.error,
    KeyError,
    TypeError,
    EOFError,
)
# Each decode takes up to 100 MB while it runs: two at a time keep a flood of uploads within
# the process's memory. Nothing's correctness rests on this lock.
_turns = threading.BoundedSemaphore(2)

# Pillow has these for the whole process, and nobody else in it opens pictures. What it finds
# odd in a stranger's file is no news; texts are not read, so 64 MiB of them are not unpacked.
warnings.filterwarnings("ignore", module=r"PIL\.")
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024


class _Patience(BytesIO):
    """A file that is read so many times and no more."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise PortraitUnreadable
        return super().read(size)


def to_portrait(data: bytes) -> bytes:
    """A JPEG, PNG or WebP as a WebP of at most 512 pixels a side and 100 kB, upright.

    Of an animation the first frame. Small pictures stay as small; of a long strip the
    short side keeps a pixel. Raises PortraitUnreadable or PortraitTooLarge.
    """
    with _turns:
        try:
            return _encode(_decode(data))
        except Image.DecompressionBombError as error:
            raise PortraitTooLarge from error
        except _BROKEN as error:
            raise PortraitUnreadable from error


def _decode(data: bytes) -> Image.Image:
    with _open(data) as picture:
        _refuse_large(picture, data)
        scale = 2 * LONGEST_SIDE / max(picture.size)
        picture.draft(None, (_scaled(picture.width, scale), _scaled(picture.height, scale)))
        picture.load()
        profile = _find_profile(picture)
        small = _in_srgb(_shrink(picture, profile), picture, profile)
        turn = _find_turn(picture)
    return small if turn is None else small.transpose(turn)


def _open(data: bytes) -> ImageFile.ImageFile:
    """A picture whose head is read. A JPEG is one, whatever else a phone wrote behind it:
    Pillow would take one with a second picture for a kind of its own."""
    if data.startswith(_START_OF_JPEG):
        return JpegImageFile(_Patience(data))
    return Image.open(_Patience(data), formats=[kind for kind in MOST_PIXELS if kind != "JPEG"])


def _refuse_large(picture: ImageFile.ImageFile, data: bytes) -> None:
    most = MOST_PIXELS[picture.format or ""]
    if isinstance(picture, JpegImageFile):
        if data.count(_START_OF_SCAN) > MOST_SCANS:
            raise PortraitUnreadable
        if _has_several_scans(picture, data):
            most = MOST_PIXELS_IN_SCANS
    if picture.width * picture.height > most:
        raise PortraitTooLarge(f"A picture of this kind has at most {most:,} pixels.")


def _has_several_scans(picture: JpegImageFile, data: bytes) -> bool:
    """As libjpeg decides it: progressive, or not all of the colours in the first scan."""
    assert picture.fp is not None
    first = data.rfind(_START_OF_SCAN, 0, picture.fp.tell())
    return "progressive" in picture.info or data[first + 4] < picture.layers


def _scaled(side: int, scale: float) -> int:
    return max(1, round(side * scale))


def _shrink(picture: Image.Image, profile: "_Profile | None") -> Image.Image:
    """A picture's pixels alone; in strips, so that no second whole one is made of it."""
    mode = "RGBa" if picture.has_transparency_data else "RGB"
    factor = max(1, max(picture.size) // (2 * LONGEST_SIDE))
    small = Image.new(mode, (-(-picture.width // factor), -(-picture.height // factor)))
    rows = 64 * factor
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(picture.height, top + rows)))
        small.paste(_as_mode(strip, mode, profile).reduce(factor), (0, top // factor))
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    return small.convert("RGBA") if mode == "RGBa" else small


def _as_mode(strip: Image.Image, mode: str, profile: "_Profile | None") -> Image.Image:
    if strip.mode == "CMYK" and profile and profile.mode == "CMYK":
        return profile.apply(strip)
    # Pillow cuts gray of 16 bits at 255, where it should divide.
    plain = strip.point(_to_8_bits).convert("L") if strip.mode == "I;16" else strip
    # Averages of colours are true where each weighs as much as it covers: `a` and not `A`.
    return plain.convert("RGBA").convert("RGBa") if mode == "RGBa" else plain.convert("RGB")


def _to_8_bits(value: Any) -> Any:
    return value * (1 / 256)  # in this form Pillow does it without a table


@dataclass(frozen=True)
class _Profile:
    """What the numbers of a picture's pixels of `mode` mean, for screens."""

    mode: str
    transform: ImageCms.ImageCmsTransform

    def apply(self, picture: Image.Image) -> Image.Image:
        shown = ImageCms.applyTransform(picture, self.transform)
        assert shown is not None
        return shown


def _find_profile(picture: Image.Image) -> _Profile | None:
    """A camera's or an editor's colour profile, where there is one and it is sound."""
    data = picture.info.get("icc_profile")
    if not data:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(data))
        mode = _PROFILED[source.profile.xcolor_space.strip()]
        screen = ImageCms.createProfile("sRGB")
        return _Profile(mode, ImageCms.buildTransform(source, screen, mode, "RGB"))
    except (ImageCms.PyCMSError, *_BROKEN):
        return None


def _in_srgb(small: Image.Image, picture: Image.Image, profile: _Profile | None) -> Image.Image:
    """The colours that were meant, in the numbers of a screen's own profile."""
    plain = small.convert("RGB")
    kind = "L" if picture.mode in _GRAYS else "CMYK" if picture.mode == "CMYK" else "RGB"
    if profile:
        if kind == "CMYK" or kind != profile.mode:
            return small
        shown = profile.apply(plain.getchannel("R") if kind == "L" else plain)
    elif "gamma" in picture.info and "srgb" not in picture.info:
        shown = _with_gamma(plain, picture.info["gamma"])
    else:
        return small
    if small.mode == "RGBA":
        shown.putalpha(small.getchannel("A"))
    return shown


def _with_gamma(picture: Image.Image, gamma: float) -> Image.Image:
    """A PNG's own word for how its numbers were made of light (`gAMA`)."""
    least, most = _GAMMAS
    if not least <= gamma <= most:
        return picture
    return picture.point([round(255 * (n / 255) ** (_USUAL_GAMMA / gamma)) for n in range(256)] * 3)


def _find_turn(picture: Image.Image) -> Image.Transpose | None:
    """How to set a picture upright that a camera took in another position."""
    try:
        return _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 0))
    except _BROKEN:  # a damaged note is no damaged picture
        return None


def _encode(picture: Image.Image) -> bytes:
    """The best WebP that is small enough; noise is worse than anything a camera sees."""
    for quality in QUALITIES:
        encoded = BytesIO()
        picture.save(encoded, "WEBP", quality=quality, alpha_quality=quality, method=4)
        if encoded.tell() <= MOST_BYTES:
            break
    return encoded.getvalue()
