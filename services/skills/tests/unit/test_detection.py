"""Finding skills in what people write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.skills.detection.detector import Detector, Term
from services.skills.detection.subjects import Reader, Subject
from services.skills.detection.weighing import Fields
from services.skills.detection.words import Passage, normalise

LABELS = {
    "C": "name",
    "C++": "plain",
    "C#": "plain",
    ".NET": "plain",
    "Node.js": "plain",
    "Machine learning": "plain",
    "learning": "plain",
    "économie sociale": "plain",
    "œuvre": "plain",
    "Apache Kafka": "plain",
    "Apache Kafka Streams": "plain",
    "chef de projet": "plain",
    "PHP": "plain",
    "Python": "plain",
    "Java": "plain",
    "ISO 9001": "plain",
    "analyse de données": "plain",
    "réponse aux appels d'offres": "plain",
    "développement durable": "plain",
    "DevOps": "plain",
    "front-end": "plain",
    "A/B testing": "plain",
    "CI/CD": "plain",
    "Pandas": "plain",
    "Windows": "plain",
    "boulanger": "common",
    "traductrice": "plain",
    "Excel": "word",
    "Go": "word",
    "Ruby": "name",
    "Kotlin": "plain",
    "HAD": "acronym",
    "OF": "acronym",
    "M&A": "plain",
    "Hackathons": "common",
    "pottery": "plain",
    "weaving": "plain",
}
NAMES = list(LABELS)
TERMS = [
    Term(" ".join(normalise(label)), number, kind)  # type: ignore[arg-type]
    for number, (label, kind) in enumerate(LABELS.items())
]
CLUES = {
    "pottery": ["kiln", "glaze", "wheel?", "throw?", "bowl?", "pottery", "thread"],
    "weaving": ["loom", "weft", "thread"],
}
DETECTOR = Detector(TERMS, [(NAMES.index(name), words) for name, words in CLUES.items()])
CODE = {"C", "C++", "C#", ".NET", "Node.js", "PHP", "Python", "Java", "Go", "Ruby", "Kotlin"}
CATEGORIES = {number: "code" if name in CODE else name for number, name in enumerate(NAMES)}
READER = Reader(DETECTOR, Fields(CATEGORIES, {NAMES.index("Excel"): {NAMES.index("Pandas")}}))


def found(text):
    return {NAMES[match.skill_id] for match in DETECTOR.find(Passage(text))}


def subjects(**written):
    return {NAMES[one.skill_id]: one.reason for one in READER.subjects(**written)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I write C, not cc or c1.", {"C"}),
        ("C++ and C++.", {"C++"}),
        ("C# (or c#)!", {"C#"}),
        (".NET", {".NET"}),
        ("Use .net, please", {".NET"}),
        ("Node.js. Really", {"Node.js"}),
        ("MACHINE learning", {"Machine learning"}),
        ("machine-learning", {"Machine learning"}),
        ("a learning machine", {"learning"}),
        ("l'Économie sociale d'ici", {"économie sociale"}),
        ("ECONOMIE   SOCIALE", {"économie sociale"}),
        ("E\u0301conomie sociale", {"économie sociale"}),
        ("chef-d'œuvre", {"œuvre"}),
        ("Apache Kafka Streams", {"Apache Kafka Streams"}),
        ("Apache Kafka, streams", {"Apache Kafka"}),
        ("\uff23\uff0b\uff0b", {"C++"}),  # as a Japanese keyboard writes it
        ("l'Excel qu\u2019Excel d\u2019Excel", {"Excel"}),
        ("C'est d'accord, j'ai c'qu'il faut", set()),
        ("", set()),
        ("!? 🎉 —", set()),
    ],
)
def test_skills_are_found_as_whole_words(text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("les chefs de projets", "chef de projet"),
        ("une cheffe de projet", "chef de projet"),
        ("cheffes de projet", "chef de projet"),
        ("PHP8", "PHP"),
        ("python3.11", "Python"),
        ("java8", "Java"),
        ("C++23", "C++"),
        ("ISO9001", "ISO 9001"),
        ("iso-9001", "ISO 9001"),
        ("analyses de données", "analyse de données"),
        ("une réponse aux appels d'offre", "réponse aux appels d'offres"),
        ("développements durables", "développement durable"),
        ("Dev Ops", "DevOps"),
        ("frontend", "front-end"),
        ("front end", "front-end"),
        ("AB testing", "A/B testing"),
        ("cicd", "CI/CD"),
        ("les boulangères", "boulanger"),
        ("un traducteur", "traductrice"),
        ("an hackathon", "Hackathons"),
    ],
)
def test_number_gender_versions_and_hyphens_make_no_difference(text, name):
    assert found(f"Bonjour, {text}.") == {name}


@pytest.mark.parametrize("text", ["a panda", "the window", "javascript", "machines", "devs ops"])
def test_another_word_is_not_the_term(text):
    assert found(text) == set()


@pytest.mark.parametrize(
    "border", [". ", ", ", "; ", ": ", " (", ") ", "\n", "! ", " – ", " « ", " | ", "… "]
)
def test_no_phrase_reaches_across_a_border(border):
    assert found(f"I bought a machine{border}Learning it took a week") == {"learning"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We excel at service.", set()),
        ("Go there and see.", set()),
        ("Ready, set, go!", set()),
        ("We keep our numbers in Excel.", {"Excel"}),
        ("How To Excel At Service And Sales", set()),
        ("EXCEL AT SERVICE WITH EVERY CALL", set()),
        ("We go from Kotlin to go.", {"Kotlin"}),
        ("Go is what we took after Kotlin.", {"Go", "Kotlin"}),
        ("Ask docker-python@example.org or github.com/python/kotlin.", set()),
        ("Merci à Madame Boulanger et au boulanger.", {"boulanger"}),
        ("pandas and excel", {"Pandas", "Excel"}),
        ("My friend Ruby said so.", set()),
        ("I learnt Ruby after Python.", {"Ruby", "Python"}),
        ("Vitamin C is good, plan C as well.", set()),
        ("We had Python there.", {"Python"}),
        ("Une entrée en HAD dès lundi.", {"HAD"}),
        ("WE HAD NOTHING FOR THEM", set()),
        ("We keep numbers, notes, Excel, and little else.", {"Excel"}),
        ("ruby3 came out.", {"Ruby"}),
        ("I'm a baker's friend.", set()),
        ("Node.js/Kotlin or /src/java/python/", {"Node.js", "Kotlin"}),
    ],
)
def test_everyday_words_and_names_need_a_capital_or_their_field(text, names):
    assert subjects(prose=text).keys() == names


@pytest.mark.parametrize("keyword", ["Go", "go", "Ruby", "C", "EXCEL", "Excel 2019"])
def test_a_keyword_is_its_authors_choice(keyword):
    [(name, reason)] = subjects(prose="How do I begin?", keywords=[keyword]).items()

    assert name.lower() == keyword.lower().split()[0]
    assert reason == "keyword"


@pytest.mark.parametrize("keyword", ["turn of the year", "go to market", "had a look"])
def test_a_word_of_a_keyword_is_read_as_in_a_text(keyword):
    assert subjects(prose="How do I begin?", keywords=[keyword]) == {}


def test_a_quote_counts_little_and_the_place_decides():
    prose = "> You should use PHP\nNo: Python. " + "Then we talked about it all. " * 20 + "Java"

    told = subjects(prose=prose)

    assert told == {"Python": "body", "Java": "passing", "PHP": "quote"}


def test_what_is_quoted_alone_is_nobodys_subject():
    assert subjects(prose="> Take PHP and Python.\nThat is what he wrote. Lunch at noon?") == {}


def test_what_a_title_says_nothing_of_is_named_in_passing():
    prose = "The first screen is slow, and so is the last one. Our pottery teacher says so too."

    assert subjects(title="Kotlin for beginners", prose=prose) == {"Kotlin": "title"}
    assert subjects(prose=prose) == {"pottery": "body"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The glaze comes off after the second kiln.", {"pottery"}),
        ("Glazing, then back into the kilns?", {"pottery"}),
        ("The glaze, the glaze, the glaze!", set()),
        ("Throw the wheel away.", set()),
        ("Throw the wheel into the bowl.", set()),
        ("Throw the bowl on the wheel, then the kiln.", {"pottery"}),
        ("A weft that is too tight for the loom.", {"weaving"}),
        ("A kiln, and a thread.", {"pottery"}),
    ],
)
def test_several_words_that_speak_of_a_skill_are_as_good_as_its_name(text, names):
    assert subjects(prose=text).keys() == names


def test_in_a_long_text_a_word_more_says_less():
    clues = "The glaze comes off after the second kiln. "

    assert subjects(prose=clues + "Then we talked about all the rest. " * 8) != {}
    assert subjects(prose=clues + "Then we talked about all the rest. " * 40) == {}


def test_of_many_skills_those_with_more_behind_them_are_the_subjects():
    text = "Pottery, with a kiln and a glaze. Once there was Python, a chef de projet and ISO 9001."

    assert subjects(prose=text).keys() == {"pottery"}


def test_an_answer_has_its_questions_main_subjects_at_half():
    question = READER.subjects(
        title="Kotlin or Java, PHP, Python, Node.js?", keywords=["C#"], prose="x"
    )

    answer = READER.subjects(prose="Merci, bonne journée !", question=question)

    assert len(answer) == 3
    assert {one.relevance for one in answer} == {40, 50}
    assert {one.reason for one in answer} == {"question"}
    own = READER.subjects(prose="Take PHP.", question=question)
    assert Subject(NAMES.index("PHP"), 60, "body") in own


def test_a_question_of_many_names_has_eight_subjects_at_the_most():
    everything = [name for name, kind in LABELS.items() if kind == "plain"]

    assert len(READER.subjects(keywords=everything)) == 8


@settings(deadline=None)
@given(st.sampled_from(range(len(NAMES))), st.sampled_from(["", "(", "« ", "so, ", "\n"]))
def test_term_is_found_with_whatever_stands_around_it(number, before):
    text = f"{before}{NAMES[number].upper()}, and more"

    assert number in {match.skill_id for match in DETECTOR.find(Passage(text))}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_are_compared_alike_whatever_their_case(text):
    assert normalise(text) == normalise(" ".join(normalise(text)))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text):
    assert {
        one.skill_id for one in READER.subjects(title=text, prose=text, keywords=[text])
    } <= set(range(len(NAMES)))


@pytest.mark.parametrize("pattern", ["```", "a.", ".", "+", "https://", "machine ", "\n \n", "c#"])
def test_longest_text_is_looked_through_at_once(pattern):
    started = time.thread_time()

    READER.subjects(prose=pattern * (20_000 // len(pattern)))

    assert time.thread_time() - started < 1
