"""Tests that share a Skiller stand together at the beginning of a process's part."""

from tests.together import WHOLE, arrange

SHARING = {"a/": 3, "b/": 2, "c/": 2}


def test_each_part_begins_with_what_shares_a_skiller_and_all_are_there_once() -> None:
    paths = [*(f"x/{n}" for n in range(20)), "c/1", "a/1", "b/1", "x/20", "a/2", "c/2", "b/2"]

    order = arrange(paths, 3, SHARING)

    assert sorted(order) == list(range(len(paths)))
    parts = [[paths[number] for number in order[start : start + 9]] for start in (0, 9, 18)]
    assert [part[:2] for part in parts] == [["a/1", "a/2"], ["b/1", "b/2"], ["c/1", "c/2"]]
    assert [path for part in parts for path in part[2:]] == [f"x/{n}" for n in range(21)]


def test_what_is_more_than_a_part_goes_on_in_the_next() -> None:
    paths = [*(f"a/{n}" for n in range(9)), "x/1", "b/1"]

    for parts in (1, 2, 3, 20):
        order = arrange(paths, parts, SHARING)

        assert sorted(order) == list(range(len(paths)))
        assert [paths[number] for number in order][:9] == paths[:9]


def test_what_shares_a_skiller_is_there(request) -> None:
    root = request.config.rootpath
    assert all((root / path).exists() for path in WHOLE)
