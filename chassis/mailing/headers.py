"""Header fields that hold what people wrote: told letter by letter, as it is.

The standard library parses what is assigned to a header, and decodes what looks like an
encoded word (RFC 2047) in it. So a name could bring line breaks along, and with them headers
and a body of its own. What is given as `Verbatim` is neither parsed nor decoded.
"""

from email.header import Header
from email.policy import Policy

LONGEST_LINE = 76


class Verbatim(str):
    """The value of one header field; `Policy` stores, reads and folds it as it is."""

    name: str

    def __new__(cls, name: str, text: str) -> "Verbatim":
        value = super().__new__(cls, text)
        value.name = name
        return value

    def fold(self, *, policy: Policy) -> str:
        """The field as it is sent, in lines of which no text of people's begins one."""
        plain = f"{self.name}: {self}"
        is_plain = plain.isascii() and plain.isprintable() and "=?" not in plain
        if is_plain and len(plain) <= LONGEST_LINE:
            return plain + policy.linesep
        encoded = Header(self, "utf-8", maxlinelen=LONGEST_LINE, header_name=self.name)
        return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"


class Unencoded(Verbatim):
    """The same, never encoded nor folded: an address, which beyond ASCII needs SMTPUTF8; a link."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"
