"""`make translations`: the French file gets every text of code and templates, and loses the others.

What is new stands there empty, and a test fails until it is translated.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
FRENCH = FOLDER / "fr" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
HEADER = """# French texts of the web client; `make translations` keeps up with the code.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


def extract() -> Catalog:
    """Every text that code and templates say."""
    found = Catalog(locale="fr")
    options = {"templates/**.html": {"trimmed": "true"}}
    for _, _, message, _, _ in extract_from_dir(FOLDER.parent, METHODS, options_map=options):
        found.add(message)
    return found


def read() -> Catalog:
    """What is translated."""
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def main() -> None:
    """Write the file anew, in the order of its texts."""
    known = read()
    known.update(extract(), no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, known, width=98, sort_output=True, omit_header=True, ignore_obsolete=True)
    FRENCH.write_bytes(HEADER.encode() + b"\n" + written.getvalue())


if __name__ == "__main__":
    main()
