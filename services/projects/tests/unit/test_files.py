"""Tables from files, as programs of two countries write them."""

import codecs
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.texts import count_seen, is_line, is_storable, tidy_line, without_controls
from services.projects.benchmarking import numbers, tables
from services.projects.benchmarking.exports import to_csv, to_markdown
from services.projects.benchmarking.imports import read_table
from services.projects.benchmarking.sheets import read_sheet
from services.projects.benchmarking.tables import Alternative, Cell, Criterion, Table

DAY = date(2026, 11, 2)
FRENCH = "Nom;Prix (€);Ouvert;Licence\r\nOSM;1\u202f234,56;oui;ODbL\r\nPlan IGN;0,5;non;Été\r\n"


def read(content, known=None, *, encoding=None, separator=None, decimal=None):
    if isinstance(content, str):
        content = content.encode()
    sheet = read_sheet(content, encoding=encoding, separator=separator)
    return sheet, read_table(sheet, known or Table(), decimal=decimal, at=DAY)


def values(table):
    names = {one.id: one.name for one in table.alternatives}
    heads = {one.id: tables.heading(one) for one in table.criteria}
    return {
        (names[alternative], heads[criterion]): cell.value
        for (alternative, criterion), cell in table.cells.items()
    }


ENCODINGS = [
    (FRENCH.encode(), "utf-8"),
    (codecs.BOM_UTF8 + FRENCH.encode(), "utf-8"),
    (FRENCH.encode("utf-16"), "utf-16"),
    (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), "utf-16"),
    (FRENCH.replace("\u202f", "\u00a0").encode("windows-1252"), "windows-1252"),
]


@pytest.mark.parametrize(("content", "encoding"), ENCODINGS)
def test_each_encoding_is_seen(content, encoding):
    sheet, found = read(content)

    assert (sheet.encoding, sheet.separator, found.decimal) == (encoding, "semicolon", ",")
    assert found.problems == []
    assert values(found.table) == {
        ("OSM", "Prix (€)"): 1234.56,
        ("OSM", "Ouvert"): True,
        ("OSM", "Licence"): "ODbL",
        ("Plan IGN", "Prix (€)"): 0.5,
        ("Plan IGN", "Ouvert"): False,
        ("Plan IGN", "Licence"): "Été",
    }
    assert [(one.kind, one.unit) for one in found.table.criteria] == [
        ("number", "€"),
        ("boolean", ""),
        ("text", ""),
    ]


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("Name,Price\nA,10.5\nB,3\n", "comma"),
        ("Name;Price\nA;10,5\nB;3\n", "semicolon"),
        ("Name\tPrice\nA\t10,5\nB\t3\n", "tab"),
        ('Name,Says\n"A, or B","x; y"\nC,"a\nb"\n', "comma"),
        ("Name;Price;;\nA;10,5;;\nB;3;;\n", "semicolon"),
        ("\n\nName;Price\n\nA;10,5\n;;\n".replace(";;\n", ";\n"), "semicolon"),
    ],
)
def test_each_separator_is_seen(content, separator):
    sheet, found = read(content)

    assert (sheet.separator, found.problems) == (separator, [])
    assert len(found.table.criteria) == 1


@pytest.mark.parametrize(
    ("content", "code", "lines"),
    [
        ("", "csv_empty", []),
        (" \n\n", "csv_empty", []),
        ("Name\nA\nB\n", "csv_separator_unclear", []),
        ("Name;a,b\nA;1,2\n", "csv_separator_unclear", []),
        ("Name;Price\nA;10,5\nB\nC;1;2\n", "csv_ragged", [3, 4]),
        ('Name;Price\nA;"10\n', "csv_ragged", [2]),
        ('Name;Says\n"A\n\n";x\nB\n', "csv_ragged", [5]),
        (
            "Name;" + ";".join(f"c{n}" for n in range(51)) + "\nA" + ";1" * 51,
            "too_many_columns",
            [],
        ),
        ("Name;Price\n" + "".join(f"A{n};1\n" for n in range(501)), "too_many_rows", []),
        ("Name;Price\n" + ";" * 9_000_000, "too_many_columns", [2]),
        ("Name;Price\n" + "A;1\n" * 1_000_000, "too_many_rows", []),
        ("Name;Price\nA;1,234\nB;5\n", "number_ambiguous", [2]),
        ("Name;Price\nA;1,5\nB;2.5\n", "number_ambiguous", [2, 3]),
        ("Name;Price\nA;1.234\nB;2,345\n", "number_ambiguous", [2, 3]),
    ],
)
def test_what_cannot_be_decided_is_asked(content, code, lines):
    with pytest.raises(Invalid) as refused:
        read(content)

    told = refused.value.errors or {}
    assert (refused.value.code, [*map(int, told.get("lines", []))]) == (code, lines)


@pytest.mark.parametrize(
    ("words", "decimal", "number"),
    [
        ("10,5", ",", 10.5),
        ("10,5", ".", None),
        ("1,234", ".", 1234),
        ("1,234", ",", 1.234),
        ("1 234,56", ",", 1234.56),
        ("1\u00a0234\u202f567,5", ",", 1234567.5),
        ("12 34", ",", None),
        ("1.234.567,5", ",", 1234567.5),
        ("1.23.456", ",", None),
        ("\u22125", ".", -5),
        ("+5.0", ".", 5.0),
        ("1e5", ".", None),
        ("0612345678", ".", None),
        ("0,5", ",", 0.5),
        ("٣", ".", None),
        ("12345678901234567890", ".", None),
        ("1,", ",", None),
        ("", ".", None),
    ],
)
def test_a_number_is_what_its_writer_meant(words, decimal, number):
    assert numbers.parse_number(words, decimal) == number


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        (["10,5", "3"], ","),
        (["10.5", "1,234"], "."),
        (["1.234", "10,5"], ","),
        (["0,125"], ","),
        (["1234,567"], ","),
        (["1,234,567"], "."),
        (["1 234,567"], ","),
        (["1,234"], None),
        (["\u22121,234"], None),
        (["10,5", "10.5"], None),
        (["3", "4"], "."),
    ],
)
def test_all_numbers_together_tell_the_decimal_sign(written, sign):
    assert numbers.decimals_of(written).sign == sign


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("Name;Price\nA;10,5\nA;3,5\n", [(2, "Name", "name_doubled"), (3, "Name", "name_doubled")]),
        ("Name;Price;Price\nA;1,5;2,5\n", [(1, "Price", "heading_doubled")] * 2),
        ("Name;;Price\nA;1,5;2,5\n", [(1, "", "heading_invalid")]),
        ("id;Name;Price\n-2-3;A;1,5\n", [(2, "id", "id_unknown")]),
        ("id;Name;Price\na;A;1,5\na;B;1,5\n", [(3, "id", "id_unknown")]),
        ("id;\n1;\n", []),
        ("Name;Price\n\u200b;1,5\n", [(2, "Name", "name_invalid")]),
    ],
)
def test_what_cannot_be_read_is_named_by_line_and_column(content, problems):
    _, found = read(content, separator="semicolon")

    assert [(one.line, one.column, one.code) for one in found.problems] == problems


KNOWN = Table(
    [
        Criterion("c1", "Price", "number", "€"),
        Criterion("c2", "Open", "boolean"),
        Criterion("c3", "Mark", "note"),
        Criterion("c4", "Says", "text"),
    ],
    [Alternative("a1", "OSM"), Alternative("a2", "IGN"), Alternative("a3", "IGN")],
    {("a1", "c1"): Cell(10.5, "their site", DAY), ("a1", "c4"): Cell("=SUM(1)", "", DAY)},
)


def test_columns_that_are_known_keep_their_kind_and_what_does_not_fit_is_named():
    content = "Name;Price (€);Open;Mark;Says\nOSM;cheap;maybe;6;12\nNew;1,5;yes;3;x\n"

    _, found = read(content, KNOWN)

    assert [one.id for one in found.table.criteria] == ["c1", "c2", "c3", "c4"]
    assert [(one.line, one.column, one.code, one.value) for one in found.problems] == [
        (2, "Price (€)", "not_a_number", "cheap"),
        (2, "Open", "not_a_boolean", "maybe"),
        (2, "Mark", "not_a_note", "6"),
    ]
    assert values(found.table)[("OSM", "Says")] == "12"
    assert found.table.alternatives[0].id == "a1"


def test_two_columns_that_mean_one_criterion_are_named():
    _, found = read("Name;Price;Price (€)\nOSM;1,5;2,5\n", KNOWN)

    assert [(one.column, one.code) for one in found.problems] == [
        ("Price", "heading_doubled"),
        ("Price (€)", "heading_doubled"),
    ]


def test_rows_are_known_by_id_else_by_a_name_that_one_alone_has():
    _, by_id = read("id;Name;Price\na3;Another;1,5\n;OSM;2,5\n", KNOWN)
    _, doubled = read("Name;Price\nIGN;1,5\n", KNOWN)

    assert [one.id for one in by_id.table.alternatives] == ["a3", "a1"]
    assert [one.code for one in doubled.problems] == ["name_doubled"]


def test_formulas_are_guarded_and_numbers_are_not():
    table = Table(
        [Criterion("c1", "Delta", "number"), Criterion("c2", "Says", "text")],
        [Alternative("a1", "-Minus")],
        {("a1", "c1"): Cell(-5.5, "", DAY), ("a1", "c2"): Cell("=1+1", "", DAY)},
    )

    assert to_csv(table, locale="fr") == ("\ufeffid;Nom;Delta;Says\r\na1;'-Minus;-5,5;'=1+1\r\n")
    assert to_csv(table, locale="en") == "\ufeffid,Name,Delta,Says\r\na1,'-Minus,-5.5,'=1+1\r\n"
    assert to_markdown(table, locale="en") == (
        "| Name | Delta | Says |\n| --- | --- | --- |\n| -Minus | -5.5 | =1+1 |\n"
    )


lines = (
    st.text(min_size=1, max_size=30)
    .map(tidy_line)
    .filter(lambda text: text and is_line(text) and count_seen(text))
)
texts = (
    st.text(min_size=1, max_size=40)
    .map(lambda text: without_controls(text).strip())
    .filter(lambda text: text and is_storable(text))
)
starts = st.sampled_from(["=", "+", "-", "@", "'", "''", ";", ",", '"', "1,5", "oui"])
guarded = st.builds(lambda start, text: f"{start}{text}", starts, texts).map(str.strip)
floats = st.floats(-1e14, 1e14, allow_nan=False, width=64)
VALUES = {
    "number": st.one_of(st.integers(-(10**14), 10**14), floats),
    "text": st.one_of(texts, guarded),
    "boolean": st.booleans(),
    "note": st.integers(1, 5),
}


@st.composite
def made_tables(draw):
    kinds = draw(st.lists(st.sampled_from(tables.KINDS), min_size=1, max_size=4))
    names = draw(st.lists(lines, min_size=len(kinds), max_size=len(kinds), unique=True))
    criteria = [
        Criterion(f"c{n}", name, kind, draw(st.sampled_from(["", "€"])))
        for n, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    alternatives = [
        Alternative(f"a{n}", name) for n, name in enumerate(draw(st.lists(lines, max_size=4)))
    ]
    cells = {}
    for alternative in alternatives:
        for criterion in criteria:
            if draw(st.booleans()):
                value = draw(VALUES[criterion.kind])
                cells[alternative.id, criterion.id] = Cell(value, "", DAY)
    return Table(criteria, alternatives, cells)


@settings(max_examples=300, deadline=None)
@given(made_tables(), st.sampled_from(["fr", "en"]), st.sampled_from(["utf-8", "utf-16"]))
def test_what_is_exported_and_imported_is_the_same(table, locale, encoding):
    if tables.complaints(table) or not table.alternatives:
        return
    file = to_csv(table, locale=locale)
    content = file.encode() if encoding == "utf-8" else file.removeprefix("\ufeff").encode("utf-16")

    _, found = read(
        content,
        table,
        separator="semicolon" if locale == "fr" else "comma",
        decimal="," if locale == "fr" else ".",
    )

    assert found.problems == []
    assert found.table == table
    assert tables.table_of(tables.kept(table)) == table
    before = tables.aged(table, table, source="new", as_of=date(2027, 1, 1))
    assert before == table


def test_telephones_and_postcodes_are_texts():
    _, found = read("Name;Phone;Code\nA;0612345678;01000\nB;0698765432;69001\n")

    assert [one.kind for one in found.table.criteria] == ["text", "text"]
    assert values(found.table)["A", "Phone"] == "0612345678"
