"""The catalogue that the code brings along."""

import csv
import re
from collections import Counter

from services.skills.actions.catalogue import CLUES, read_catalogue
from services.skills.detection.detector import Detector, Term
from services.skills.detection.subjects import Reader
from services.skills.detection.weighing import Fields
from services.skills.detection.words import Passage, normalise

ENTRIES = list(read_catalogue())


def test_catalogue_has_at_least_1400_skills():
    assert len(ENTRIES) >= 1400


def test_each_skill_has_its_own_address():
    slugs = [entry.slug for entry in ENTRIES]

    assert [slug for slug, count in Counter(slugs).items() if count > 1] == []
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []


def test_each_skill_has_a_label_in_both_languages_and_a_category():
    incomplete = [
        entry.slug
        for entry in ENTRIES
        if not (normalise(entry.label_en) and normalise(entry.label_fr) and entry.category)
    ]

    assert incomplete == []


def test_texts_are_tidy_and_aliases_say_something():
    texts = [text for entry in ENTRIES for text in (entry.label_en, entry.label_fr, *entry.aliases)]

    assert [text for text in texts if text != " ".join(text.split())] == []
    assert [text for text in texts if not normalise(text)] == []


def test_no_term_means_two_skills():
    owners = {}
    for entry in ENTRIES:
        for term in entry.terms:
            owners.setdefault(term, set()).add(entry.slug)

    assert {term: slugs for term, slugs in owners.items() if len(slugs) > 1} == {}


def reader():
    ids = {entry.slug: number for number, entry in enumerate(ENTRIES)}
    terms = [
        Term(term, ids[entry.slug], kind) for entry in ENTRIES for term, kind in entry.terms.items()
    ]
    kin = {
        ids[entry.slug]: {ids[slug] for slug in (entry.broader, *entry.related) if slug}
        for entry in ENTRIES
    }
    categories = {ids[entry.slug]: entry.category for entry in ENTRIES}
    clues = [(ids[entry.slug], entry.clues) for entry in ENTRIES]
    return Reader(Detector(terms, clues), Fields(categories, kin))


READER = reader()


def found_in(text):
    return {match.skill_id for match in READER.detector.find(Passage(text))}


def test_broader_and_related_skills_are_of_the_catalogue():
    slugs = {entry.slug for entry in ENTRIES}

    named = {(e.slug, other) for e in ENTRIES for other in (e.broader, *e.related) if other}

    assert {pair for pair in named if pair[1] not in slugs or pair[0] == pair[1]} == set()


def test_what_is_ambiguous_is_one_of_its_terms():
    odd = [
        (entry.slug, word)
        for entry in ENTRIES
        for word in entry.ambiguous
        if " ".join(normalise(word.removesuffix("!"))) not in entry.terms
    ]

    assert odd == []


def test_clues_are_single_words_of_known_skills_each_once():
    words = {entry.slug: [word.removesuffix("?") for word in entry.clues] for entry in ENTRIES}
    with CLUES.open(encoding="utf-8", newline="") as file:
        slugs = [row["slug"] for row in csv.DictReader(file)]

    assert slugs == [entry.slug for entry in ENTRIES]
    assert [slug for slug, own in words.items() if len(set(own)) != len(own)] == []
    assert [word for own in words.values() for word in own if normalise(word) != [word]] == []


def test_each_label_and_alias_is_found_in_a_sentence_and_as_a_keyword():
    ids = {entry.slug: number for number, entry in enumerate(ENTRIES)}
    texts = [
        (ids[entry.slug], text)
        for entry in ENTRIES
        for text in (entry.label_en, entry.label_fr, *entry.aliases)
    ]

    # What stands across a comma or in brackets is found as a keyword alone.
    missed = [
        (ENTRIES[number].slug, text)
        for number, text in texts
        if READER.detector.means(text).skill_id != number
        or (not set(",:()") & set(text) and found_in(f"Zzz « {text} », zzz ?") != {number})
    ]

    assert missed == []


def test_everyday_sentences_mention_no_skill():
    sentences = [
        "Thank you very much for your answer, it helped me a lot.",
        "Bonjour à tous, merci beaucoup pour votre aide et bonne journée.",
        "I have a question: who could go with me and see what is best?",
        "Est-ce que quelqu'un a déjà fait cela dans une petite équipe ?",
    ]

    assert [one for one in sentences if READER.subjects(prose=one)] == []
