"""When likes came: dots by month, and those of one post side by side.

The API tells of a month how many likes there were, how many of new voices, and what they are
worth today together; each dot is drawn with its month's mean.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from markupsafe import Markup

HEIGHT, MARGIN, STEP = 112, 8, 20  # of the picture, above and below, of a month
SHOWN_MONTHS = 24  # at the least
MOST_DOTS = 9  # of a month; a fuller one is drawn by so many
SMALLEST, LARGEST = 2.5, 8.0  # radii of a like that is worth nothing, and one in full


@dataclass
class Still:
    """A month in which nothing came."""

    month: str
    like_count: int = 0
    new_voice_count: int = 0
    weight: float = 0.0


class Month(Protocol):
    """What is drawn of a month; `month` is written 2026-11."""

    month: str
    like_count: int
    new_voice_count: int
    weight: float


def filled(months: Sequence[Month], today: date) -> list[Month]:
    """Every month until today's, the last two years at the least: the API leaves still ones out."""
    known = {month.month[:7]: month for month in months}
    number = today.year * 12 + today.month - 1
    first = min((_number(name) for name in known), default=number)
    names = [
        f"{n // 12}-{n % 12 + 1:02}"
        for n in range(min(first, number - SHOWN_MONTHS + 1), number + 1)
    ]
    return [known.get(name) or Still(name) for name in names]


def _number(name: str) -> int:
    return int(name[:4]) * 12 + int(name[5:7]) - 1


def radius_of(weight: float) -> float:
    """Area tells the worth: a like that counts in full has the largest radius."""
    return SMALLEST + (LARGEST - SMALLEST) * math.sqrt(max(0.0, min(1.0, weight)))


def timeline(months: Sequence[Month]) -> Markup:
    """Likes by month, stacked on the axis; pale those of voices heard before."""
    width, base = STEP * len(months), HEIGHT - MARGIN
    parts = [
        f'<line class="tick" x1="{STEP * n}" x2="{STEP * n}" y1="{MARGIN}" y2="{base}"/>'
        for n in range(0, len(months) + 1, 6)
    ]
    parts.append(f'<line x1="0" x2="{width}" y1="{base}" y2="{base}"/>')
    for n, month in enumerate(months):
        parts += _column(month, STEP * n + STEP // 2, base - 2.0)
    inner = "".join(parts)
    return Markup(
        f'<svg class="dots" viewBox="0 0 {width} {HEIGHT}" aria-hidden="true">{inner}</svg>'
    )


def _column(month: Month, x: int, bottom: float) -> list[str]:
    count = min(month.like_count, MOST_DOTS)
    if not count:
        return []
    # A full month stays within the picture.
    radius = min(radius_of(month.weight / month.like_count), (bottom - MARGIN) / count / 2 - 0.5)
    new = round(count * month.new_voice_count / month.like_count)
    dots = []
    for n in range(count):
        y = bottom - radius - n * (2 * radius + 1)
        flag = "" if n < new else ' class="again"'
        dots.append(f'<circle{flag} cx="{x}" cy="{y:.1f}" r="{radius:.1f}"/>')
    return dots


def strip(count: int, weight: float) -> Markup:
    """The likes of one post side by side, worth `weight` together."""
    shown = min(count, 2 * MOST_DOTS)
    radius = radius_of(weight / count if count else 0.0)
    step = 2 * radius + 2
    width = max(round(1 + shown * step), STEP)
    dots = "".join(
        f'<circle cx="{1 + radius + n * step:.1f}" cy="10" r="{radius:.1f}"/>' for n in range(shown)
    )
    return Markup(
        f'<svg viewBox="0 0 {width} 20" width="{width}" height="20" aria-hidden="true">{dots}</svg>'
    )
