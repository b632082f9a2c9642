"""The seed head: what likes have drawn of one skill, about 1 kB each."""

import math
from functools import cache

from markupsafe import Markup

MOST_SEEDS = 55  # a full head; beyond, the number beside it tells
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SPACING = 4.75  # of the spiral; 55 seeds end at radius 35 of 50
SIGN_SEEDS, SIGN_SPACING = 13, 8.2  # of the sign: legible at 16 pixels
INNER, BULGE = 41.0, 25.0  # radii of a petal's two arcs
LEVELS = 5


def _places(count: int, spacing: float) -> list[str]:
    """Where the n-th seed lies, as a stroke of no length with round ends: a dot in ten bytes."""
    places = []
    for n in range(count):
        radius, angle = spacing * math.sqrt(n + 0.5), n * GOLDEN_ANGLE
        places.append(f"M{50 + radius * math.cos(angle):.1f} {50 + radius * math.sin(angle):.1f}h0")
    return places


def _petals() -> list[str]:
    """Five crescents around the seeds, clockwise from the top: an inner and a rounder outer arc."""
    petals = []
    for n in range(LEVELS):
        start, end = (math.radians(-90 + 72 * n + gap) for gap in (3.5, 68.5))
        x1, y1, x2, y2 = (50 + INNER * f(a) for a in (start, end) for f in (math.cos, math.sin))
        petals.append(
            f"M{x1:.1f} {y1:.1f}A{INNER:g} {INNER:g} 0 0 1 {x2:.1f} {y2:.1f}"
            f"A{BULGE:g} {BULGE:g} 0 0 0 {x1:.1f} {y1:.1f}z"
        )
    return petals


PLACES, PETALS = _places(MOST_SEEDS, SPACING), _petals()


def seed_head(*, likes: int, voices: int, level: int, freshness: str = "fresh") -> Markup:
    """One skill: a seed for each like, dark where it is a new voice, a petal for each level.

    `freshness` is fresh, fading or past, as the API says.
    """
    shown = min(likes, MOST_SEEDS)
    dark = min(voices, shown) if likes <= MOST_SEEDS else round(shown * min(1, voices / likes))
    return _head(shown, dark, level, freshness)


@cache  # there are few of them: at most 55 × 55 × 6 × 3 of 1 kB, and most of these never
def _head(shown: int, dark: int, level: int, freshness: str) -> Markup:
    paths = [
        f'<path class="petal{" on" if n < level else ""}" d="{arc}"/>'
        for n, arc in enumerate(PETALS)
    ]
    if shown > dark:
        paths.append(f'<path class="again" d="{"".join(PLACES[dark:shown])}"/>')
    if dark:
        paths.append(f'<path class="seed" d="{"".join(PLACES[:dark])}"/>')
    return _svg(f"head {freshness}", paths)


@cache
def mark() -> Markup:
    """The sign of Skiller: a full flower of few seeds."""
    petals = [f'<path class="petal on" d="{petal}"/>' for petal in PETALS]
    seeds = "".join(_places(SIGN_SEEDS, SIGN_SPACING))
    return _svg("head", [*petals, f'<path class="seed" d="{seeds}"/>'])


def _svg(kind: str, paths: list[str]) -> Markup:
    inner = "".join(paths)
    return Markup(f'<svg class="{kind}" viewBox="0 0 100 100" aria-hidden="true">{inner}</svg>')
