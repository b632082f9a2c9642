"""In which order tests run where several processes share them, so that little is started twice.

Some tests look at a whole Skiller, which takes long to start, or at all the code, which takes long
to read; a process that takes some of them over from another does so once more. Each process is
given an equal part of all tests, in order, and one that has none left takes from the end of
another's part (xdist's worksteal). So these stand together at the beginning of a part, what is
quick and needs nothing of that at the end.
"""

from collections.abc import Mapping, Sequence

# By how their paths begin, and about how long they take, compared with each other.
WHOLE = {
    "tests/browser/": 6,
    "tests/system/test_fuzzing.py": 4,
    "tests/system/test_processes.py": 1,
    "tests/system/test_standalone.py": 2,
    "tests/system/test_backup.py": 2,
    "tests/architecture/": 2,
    "tests/system/test_belonging.py": 1,
}


def arrange(paths: Sequence[str], parts: int, together: Mapping[str, int] = WHOLE) -> list[int]:
    """The numbers of the tests that have these paths, in the order for so many processes."""
    heads: list[list[int]] = [[] for _ in range(parts)]
    loads = [0] * parts
    for start in sorted(together, key=lambda start: -together[start]):
        found = [number for number, path in enumerate(paths) if path.startswith(start)]
        lightest = loads.index(min(loads))
        heads[lightest] += found
        loads[lightest] += together[start] if found else 0
    placed = {number for head in heads for number in head}
    others = [number for number in range(len(paths)) if number not in placed]
    order: list[int] = []
    for part, head in enumerate(heads):
        size = (len(paths) - len(order)) // (parts - part)
        more = max(0, size - len(head))
        order += head + others[:more]
        del others[:more]
    return order
