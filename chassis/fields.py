"""Texts that clients send: on one line or on several, tidied, and of what a reader sees."""

from typing import Any

from marshmallow import fields

from chassis.texts import count_seen, is_line, tidy_line, without_controls


class SeenString(fields.String):
    """A text of at least `least` and at most `most` characters that a reader sees."""

    # How many characters there may be, of those that are seen and those that are not.
    all_for_one = 1

    default_error_messages = {"length": "Length must be between {least} and {most}."}

    def __init__(self, least: int, most: int, **more: Any) -> None:
        told = {"minLength": least, "maxLength": most, **more.pop("metadata", {})}
        super().__init__(**more, metadata=told)
        self.least, self.most = least, most

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(*args, **kwargs)
        # Before anything else is done with it: the work may grow with the square.
        if len(text) > 4 * self.most:
            raise self._wrong_length()
        return self._tidy(text)

    def _validate(self, value: Any) -> None:
        most = self.all_for_one * self.most
        if len(value) > most or not self.least <= count_seen(value) <= self.most:
            raise self._wrong_length()
        super()._validate(value)

    def _tidy(self, text: str) -> str:
        raise NotImplementedError

    def _wrong_length(self) -> Exception:
        return self.make_error("length", least=self.least, most=self.most)


class LineString(SeenString):
    """One line that shows all that it has, beside others that it leaves alone."""

    default_error_messages = {"line": "Not a text that can be shown on a line."}

    has_emoji = True
    all_for_one = 2  # joiners, where a script or an emoji needs them

    def _tidy(self, text: str) -> str:
        return tidy_line(text)

    def _validate(self, value: Any) -> None:
        super()._validate(value)
        if not is_line(value, has_emoji=self.has_emoji):
            raise self.make_error("line")


class TextString(SeenString):
    """Lines of text; what steers a terminal is left out, and the blanks around it."""

    def _tidy(self, text: str) -> str:
        plain = without_controls(text).strip()
        return plain if count_seen(plain) else ""
