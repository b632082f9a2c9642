"""`python -m bench.attribution`: the tables of docs/attribution.md."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from bench.attribution.communities import DATA
from bench.attribution.levels import tell_levels
from bench.attribution.tables import tell_attacks, tell_small, tell_travel

PARTS: Mapping[str, Callable[[Path], None]] = {
    "travel": tell_travel,
    **{name: partial(tell_small, name) for name in ("quantum", "sourcecred", "cofacts")},
    "levels": tell_levels,
    "attacks": tell_attacks,
}


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=False)
@click.option("--only", default=",".join(PARTS), show_default=True, help="Which parts.")
def main(data: Path, only: str) -> None:
    """Measure every method on every set, what levels foretell, and what attacks achieve."""
    for part in only.split(","):
        PARTS[part](data)


if __name__ == "__main__":
    main()
