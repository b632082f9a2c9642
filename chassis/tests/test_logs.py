"""What a line looks like to the people who read it."""

from chassis.logs import render_plainly


def test_a_line_for_people_is_one_line() -> None:
    line = {"timestamp": "12:00", "level": "info", "event": "request", "status": 200, "route": "/x"}

    assert render_plainly(None, "info", line) == "12:00 [info] request status=200 route=/x"


def test_no_value_looks_like_a_second_line() -> None:
    line = {"timestamp": "12:00", "level": "info", "event": "a\nb", "reason": "x\n12:01 [error] y"}

    assert "\n" not in render_plainly(None, "info", line)


def test_a_failure_stands_below_its_line() -> None:
    line = {"timestamp": "12:00", "level": "error", "event": "failed", "exception": "Traceback\n E"}

    assert render_plainly(None, "error", line) == "12:00 [error] failed\nTraceback\n E"
