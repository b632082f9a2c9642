"""The picture of a growth: both axes in powers of ten, so what is proportional rises evenly."""

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 28


def draw(title: str, course: Sequence[tuple[float, float]]) -> str:
    """An SVG of values over sizes; raises ValueError of values that are not above 0."""
    sizes = [math.log10(size) for size, _ in course]
    values = [math.log10(value) for _, value in course]
    low, high = math.floor(min(values)), math.ceil(max(values)) or 1
    high = max(high, low + 1)
    points = [
        (_place(size, min(sizes), max(sizes), LEFT, WIDTH - RIGHT), _height(value, low, high))
        for size, value in zip(sizes, values, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    marks = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{value:,.3g}</text>'
        f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{size:,.0f}</text>'
        for (x, y), (size, value) in zip(points, course, strict=True)
    ]
    grid = [
        f'<path d="M{LEFT} {_height(power, low, high):.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>'
        f'<text x="{LEFT - 6}" y="{_height(power, low, high) + 4:.1f}" text-anchor="end">'
        f"{10.0**power:,.6g}</text>"
        for power in range(low, high + 1)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="10" fill="#333">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f'<text x="8" y="16" font-size="11">{escape(title)}</text>\n'
        + "\n".join(grid)
        + f'\n<polyline points="{line}" fill="none" stroke="#7a5c00" stroke-width="2"/>\n'
        + "\n".join(marks)
        + "\n</svg>\n"
    )


def _height(value: float, low: float, high: float) -> float:
    return _place(value, low, high, HEIGHT - BOTTOM, TOP)


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    return start + (end - start) * ((value - low) / (high - low) if high > low else 0.5)
