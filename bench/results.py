"""What was measured last of each part: kept, and shown in RESULTS.md with a picture of each growth.

A part that is measured again replaces its own rows alone, so each says when, where and under
what load it was measured.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.pictures import draw
from bench.report import Row, table

FOLDER = Path(__file__).parent
KEPT, SHOWN, PICTURES = "results.json", "RESULTS.md", "growth"
HEAD = """# Results

Written by `make bench` (or `python -m bench --only PART`), never by hand; [README](README.md) says
what each number means. Each part was measured when and where its line says: compare ratios, not
milliseconds, across lines, and nothing that was measured under a load above the number of cores.
"""


def keep(measured: Mapping[str, Sequence[Row]], facts: str, folder: Path = FOLDER) -> None:
    """Replace what was kept of these parts, and write all of it anew."""
    file = folder / KEPT
    kept: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for part, rows in measured.items():
        kept[part] = {"facts": facts, "rows": [asdict(row) for row in rows]}
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    pictures = folder / PICTURES
    pictures.mkdir(exist_ok=True)
    for old in pictures.glob("*.svg"):
        old.unlink()
    parts = [_show(part, kept[part], pictures) for part in sorted(kept)]
    (folder / SHOWN).write_text("\n".join([HEAD, *parts]), "utf-8")


def _show(part: str, kept: Mapping[str, Any], pictures: Path) -> str:
    rows = [Row(**row) for row in kept["rows"]]
    lines = [f"## {part}\n", f"{kept['facts']}\n", f"{table(rows)}\n"]
    for row in rows:
        if row.course:
            name = f"{_slug(row.measure)}.svg"
            picture = draw(row.measure, row.course)
            (pictures / name).write_text(picture, "utf-8")
            lines.append(f"![{row.measure}, from size to size]({PICTURES}/{name})\n")
    return "\n".join(lines)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
