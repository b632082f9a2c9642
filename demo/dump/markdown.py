"""HTML of a dump as the Markdown that members write."""

import re
from html.parser import HTMLParser

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_BLOCKS = {"p", "div", "ul", "ol", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_FENCE = "```"


def markdown_of(html: str) -> str:
    """Paragraphs, lists, quotes, code, links and stress; of the rest the words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []  # that are finished
        self._line = ""
        self._indents: list[str] = []  # what each line begins with, of quotes and lists
        self._lists: list[int | None] = []  # the next number, None of a list without
        self._is_code = self._is_pre = False
        self._links: list[str] = []
        self._mark = ""  # of an item that has just begun

    @property
    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "pre":
            self._line, self._is_pre = _FENCE, True
            self._end_line()
        elif tag == "code" and not self._is_pre:
            self._line, self._is_code = self._line + "`", True
        elif tag == "blockquote":
            self._indents.append("> ")
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "br":
            self._end_line()
        else:
            self._begin_words(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self._is_pre:
            self._end_line()
            self._line, self._is_pre = _FENCE, False
        elif tag == "code" and self._is_code:
            self._line, self._is_code = self._line + "`", False
        elif tag == "a" and self._links:
            address = self._links.pop()
            self._line += f"]({address})" if address else ""
        elif tag == "li" and self._lists and self._indents:
            self._end_line()
            self._indents.pop()
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag in _MARKS:
            self._line += _MARKS[tag]
        if tag == "blockquote" and self._indents:
            self._end_quote()
        if tag in _BLOCKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if self._is_pre:
            *whole, rest = data.replace(_FENCE, "'''").split("\n")
            for line in whole:
                self._line += line
                self._end_line()
            self._line += rest
        elif self._is_code:
            self._line += data.replace("`", "'").replace("\n", " ")
        else:
            words = _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", data))
            self._line += words if self._line else words.lstrip()

    def _begin_words(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "a":
            address = attrs.get("href") or ""
            address = address if re.fullmatch(r"https?://[^\s()<>]+", address) else ""
            self._links.append(address)
            self._line += "[" if address else ""
        elif tag == "img":
            self._line += _SPECIAL.sub(r"\\\1", attrs.get("alt") or "")
        elif tag in _MARKS:
            self._line += _MARKS[tag]
        elif re.fullmatch("h[1-6]", tag):
            self._line = "### "

    def _begin_item(self) -> None:
        self._end_line()
        number = self._lists[-1] if self._lists else None
        mark = "- " if number is None else f"{number}. "
        if self._lists and number is not None:
            self._lists[-1] = number + 1
        self._mark = mark
        self._indents.append(" " * len(mark))

    def _end_line(self) -> None:
        if not self._line and not self._is_pre:
            return
        indent = "".join(self._indents)
        if self._mark:
            indent, self._mark = indent[: -len(self._mark)] + self._mark, ""
        self._lines.append(f"{indent}{self._line.rstrip()}")
        self._line = ""

    def _end_quote(self) -> None:
        self._end_line()
        while self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()
        self._indents.pop()

    def _end_block(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1].strip("> ") and not self._mark:
            self._lines.append("".join(self._indents).rstrip())
