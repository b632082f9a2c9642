"""The rows of a dump's file, read a piece at a time: `<row Id="1" … />` inside of one element.

Nobody has checked such a file. A document type, and with it every entity, is refused; what is not
finished after a few megabytes is refused too, so memory stays small whatever is in it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.parsers import expat

from demo.sources import CommunityNotFound

PIECE = 1 << 16
LONGEST_ROW = 8 << 20  # bytes; the longest of a published one has some hundred thousand


class Hostile(CommunityNotFound):
    """The file does what no dump does."""


def read_rows(file: Path) -> Iterator[Mapping[str, str]]:
    """The attributes of each row; raises CommunityNotFound or Hostile."""
    found: list[Mapping[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, its: found.append(its) if tag == "row" else None
    parser.StartDoctypeDeclHandler = _refuse(file)
    parser.EntityDeclHandler = _refuse(file)
    read = 0
    try:
        with file.open("rb") as source:
            while piece := source.read(PIECE):
                read += len(piece)
                parser.Parse(piece, False)
                yield from found
                found.clear()
                if read - parser.CurrentByteIndex > LONGEST_ROW:
                    raise Hostile(f"{file} has a row that does not end.")
            parser.Parse(b"", True)
            yield from found
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise CommunityNotFound(f"{file} is no XML at line {error.lineno}: {words}.") from None


def _refuse(file: Path) -> "type[Hostile]":
    def refuse(*_: object) -> None:
        raise Hostile(f"{file} declares a document type or an entity: no dump does.")

    return refuse  # type: ignore[return-value]
