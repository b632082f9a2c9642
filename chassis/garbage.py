"""Python's collector of cyclic garbage, set for processes that keep much and handle many rows.

By default it looks after every 700 new objects, and often through all that the process ever made:
the catalogue, its detector, what SQLAlchemy knows of tables. Of what a listener of many events
spent a third went there, for next to nothing: rows are freed by counting references.
"""

import gc

# New objects until the youngest are looked through; of these looks until the next older ones are.
# With five times as many it takes hardly less time, and an hour's garbage looks like a leak.
YOUNG, MIDDLE, OLD = 10_000, 20, 10


def leave_out() -> None:
    """Look never again through what the process has made so far."""
    gc.collect()
    gc.freeze()


def look_seldom() -> None:
    """The same, and look through the rest less often: for whoever goes through many rows."""
    leave_out()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
