"""Domains that show no organisation: anybody may have an address there."""

from collections.abc import Collection
from pathlib import Path

_FILE = Path(__file__).with_name("shared_domains.txt")
SHARED = frozenset(_FILE.read_text(encoding="ascii").split())


def find_shared(domains: Collection[str]) -> list[str]:
    """Those of these domains, in ASCII, that are nobody's own."""
    return sorted(SHARED.intersection(domains))
