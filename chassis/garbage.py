"""Python's collector of cyclic garbage, set for processes that keep much and handle many rows.

By default it looks after every 700 new objects, and often through all that the process ever made:
the catalogue, its detector, what SQLAlchemy knows of tables. Of what a listener of many events
spent a third went there, for next to nothing: rows are freed by counting references.
"""

import gc

# New objects until the youngest are looked through; of these looks until the next older ones are.
YOUNG, MIDDLE, OLD = 50_000, 20, 10


def look_seldom() -> None:
    """Leave out for ever what the process has made so far, and look through the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
