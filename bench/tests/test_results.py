"""What was measured is kept by part, and each growth has its picture."""

from pathlib import Path
from xml.etree import ElementTree

from bench import results
from bench.pictures import draw
from bench.report import Row

GROWN = Row("a list", "3 ms", course=((1e4, 2.0), (1e5, 2.5), (1e6, 300.0)))


def test_part_that_is_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    results.keep({"lists": [GROWN], "bus": [Row("events", "7 /s")]}, "Monday", tmp_path)
    results.keep({"lists": [Row("a list", "4 ms")]}, "Tuesday", tmp_path)

    shown = (tmp_path / "RESULTS.md").read_text()

    assert "4 ms" in shown
    assert "Tuesday" in shown
    assert "7 /s" in shown
    assert "Monday" in shown
    assert "3 ms" not in shown
    assert not list((tmp_path / "growth").iterdir())


def test_growth_is_drawn_and_shown(tmp_path: Path) -> None:
    results.keep({"lists": [GROWN]}, "Monday", tmp_path)

    assert "(growth/a-list.svg)" in (tmp_path / "RESULTS.md").read_text()
    ElementTree.parse(tmp_path / "growth" / "a-list.svg")


def test_what_is_larger_is_drawn_higher() -> None:
    root = ElementTree.fromstring(draw("a < b", GROWN.course))
    heights = [float(one.attrib["cy"]) for one in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert heights == sorted(heights, reverse=True)
    assert heights[1] - heights[2] > 10 * (heights[0] - heights[1]) > 0
    draw("flat", ((10, 1.0), (100, 1.0)))
