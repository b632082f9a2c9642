"""What is told of a body that is not valid."""

from chassis.problems import MOST_ERRORS, flatten


def test_errors_are_told_by_field_and_place() -> None:
    messages = {"json": {"title": ["Too long."], "parts": {0: {"at": ["No."]}}, "_schema": "Odd."}}

    assert flatten(messages) == {"title": ["Too long."], "parts.0.at": ["No."], "body": ["Odd."]}


def test_a_body_full_of_errors_is_told_of_twenty() -> None:
    messages = {"json": {f"field{number}": ["Unknown field."] for number in range(5000)}}

    told = flatten(messages)

    assert list(told) == [f"field{number}" for number in range(MOST_ERRORS)]
