"""Numbers as people write them in files: which sign is the decimal one is told by all of them.

`1.234` is a thousand in one country and one and a bit in another; `10,5` is never 105.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

COMMA, POINT = ",", "."
SIGNS = (COMMA, POINT)
# Between thousands, beside the other sign: blanks, which do not break where people care.
_BLANKS = " \u00a0\u202f\u2009"
_NUMBER = re.compile(rf"[+-]?[0-9][0-9,.{_BLANKS}]*\Z")
_GROUPED = {
    sign: re.compile(rf"[+-]?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+\Z") for sign in SIGNS
}
# What begins with a zero is a code, a telephone's number: all its digits are meant.
_PLAIN = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
_BLANK_GROUPED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}})+(?:[,.][0-9]+)?\Z")
# As many as a float gives back.
MOST_DIGITS = 17
_MINUS = "\u2212"


@dataclass(frozen=True)
class Decimals:
    """What numbers say of their decimal sign: for it, and which of them could be read both ways."""

    told: frozenset[str]
    unclear: tuple[str, ...]

    @property
    def sign(self) -> str | None:
        """The one that they agree on; None where they do not, or where nothing tells."""
        if len(self.told) == 1:
            return next(iter(self.told))
        return POINT if not self.told and not self.unclear else None


def may_be_number(words: str) -> bool:
    """Whether these are a number with one of the decimal signs."""
    return _NUMBER.match(_with_minus(words)) is not None and any(
        parse_number(words, sign) is not None for sign in SIGNS
    )


def decimals_of(numbers: Iterable[str]) -> Decimals:
    """What a file's numbers say together."""
    told, unclear = set(), []
    for words in numbers:
        sign = _told_by(words)
        if sign == "?":
            unclear.append(words)
        elif sign:
            told.add(sign)
    return Decimals(frozenset(told), tuple(unclear))


def parse_number(words: str, decimal: str) -> float | int | None:
    """The number, where it is one with this decimal sign; no digit of it is lost."""
    words = _with_minus(words)
    if any(blank in words for blank in _BLANKS):
        if not _BLANK_GROUPED.match(words):
            return None
        words = re.sub(f"[{_BLANKS}]", "", words)
    other = POINT if decimal == COMMA else COMMA
    whole, sign, rest = words.partition(decimal)
    if other in whole:
        if not _GROUPED[other].match(whole):
            return None
        whole = whole.replace(other, "")
    plain = f"{whole}.{rest}" if sign else whole
    if not _PLAIN.match(plain) or len(re.sub(r"\D", "", plain).strip("0")) > MOST_DIGITS:
        return None
    return float(plain) if sign else int(plain)


def written(number: float, decimal: str) -> str:
    """A number with all its digits, and no others."""
    return format(Decimal(repr(number)), "f").replace(POINT, decimal)


def _with_minus(words: str) -> str:
    return words.replace(_MINUS, "-", 1) if words.startswith(_MINUS) else words


def _told_by(words: str) -> str:
    """The decimal sign that a number shows, "?" where it may be either, "" where it has none."""
    words = _with_minus(words)
    signs = [letter for letter in words if letter in SIGNS]
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1]
    [sign] = set(signs)
    if len(signs) > 1:
        return POINT if sign == COMMA else COMMA
    whole, _, rest = words.lstrip("+-").partition(sign)
    is_blank_grouped = any(blank in words for blank in _BLANKS)
    if len(rest) != 3 or len(whole) > 3 or whole.startswith("0") or is_blank_grouped:
        return sign
    return "?"
