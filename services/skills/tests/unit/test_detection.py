"""Finding skills in what people write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.skills.detection import Detector, normalise, prose_of

TERMS = {
    "c": 1,
    "c++": 2,
    "c#": 3,
    ".net": 4,
    "node.js": 5,
    "machine learning": 6,
    "learning": 7,
    "economie sociale": 8,
    "r&d": 9,
    "oeuvre": 10,
    "apache kafka": 11,
    "apache kafka streams": 12,
}
DETECTOR = Detector(TERMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I write C, not cc or c1.", {1}),
        ("C++ and C++.", {2}),
        ("C# (or c#)!", {3}),
        (".NET", {4}),
        ("Use .net, please", {4}),
        ("Node.js. Really", {5}),
        ("MACHINE learning", {6}),
        ("machine\nlearning", {6}),
        ("machine-learning", {6}),
        ("machine learnings", set()),
        ("a learning machine", {7}),
        ("l'Économie sociale d'ici", {8}),
        ("ECONOMIE   SOCIALE", {8}),
        ("E\u0301conomie sociale", {8}),
        ("chef-d'œuvre", {10}),
        ("Apache Kafka Streams", {12}),
        ("Apache Kafka stream", {11}),
        ("", set()),
        ("!? 🎉 —", set()),
    ],
)
def test_skills_are_found_as_whole_words(text, found):
    assert DETECTOR.find(text) == found


def test_no_phrase_goes_beyond_its_paragraph():
    assert DETECTOR.find("machine\n\nlearning") == {7}
    assert DETECTOR.find("machine\r\n \r\nlearning") == {7}


def test_code_and_addresses_name_things_by_chance():
    markdown = "Hello\n```\nmachine learning\n```\nsee https://c.example/learning and C#\n```\nc++"

    assert DETECTOR.find(prose_of(markdown)) == {3}


@settings(deadline=None)
@given(st.sampled_from(sorted(TERMS)), st.sampled_from(["", "(", "« ", "so, ", "\n"]))
def test_term_is_found_with_whatever_stands_around_it(term, before):
    text = f"{before}{term.upper()}, and more"

    assert TERMS[term] in DETECTOR.find(text) or term == "r&d"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_are_compared_alike_whatever_their_case(text):
    assert normalise(text) == normalise(" ".join(normalise(text)))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text):
    assert DETECTOR.find(prose_of(text)) <= set(TERMS.values())


@pytest.mark.parametrize("pattern", ["```", "a.", ".", "+", "https://", "machine ", "\n \n", "c#"])
def test_longest_text_is_looked_through_at_once(pattern):
    started = time.thread_time()

    DETECTOR.find(prose_of(pattern * (20_000 // len(pattern))))

    assert time.thread_time() - started < 1
