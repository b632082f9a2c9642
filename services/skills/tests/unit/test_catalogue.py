"""The catalogue that the code brings along."""

import re
from collections import Counter

from services.skills.actions.catalogue import read_catalogue
from services.skills.detection import Detector, normalise

ENTRIES = list(read_catalogue())


def test_catalogue_has_at_least_200_skills():
    assert len(ENTRIES) >= 200


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


def test_each_label_and_alias_is_found_in_a_sentence():
    ids = {entry.slug: number for number, entry in enumerate(ENTRIES)}
    detector = Detector({term: ids[entry.slug] for entry in ENTRIES for term in entry.terms})

    missed = [
        (entry.slug, text)
        for entry in ENTRIES
        for text in (entry.label_en, entry.label_fr, *entry.aliases)
        if detector.find(f"Zzz « {text} », zzz ?") != {ids[entry.slug]}
    ]

    assert missed == []


def test_everyday_sentences_mention_no_skill():
    ids = {entry.slug: number for number, entry in enumerate(ENTRIES)}
    detector = Detector({term: ids[entry.slug] for entry in ENTRIES for term in entry.terms})
    sentences = [
        "Thank you very much for your answer, it helped me a lot.",
        "Bonjour à tous, merci beaucoup pour votre aide et bonne journée.",
        "I have a question: who could go with me and see what is best?",
        "Est-ce que quelqu'un a déjà fait cela dans une petite équipe ?",
    ]

    assert [sentence for sentence in sentences if detector.find(sentence)] == []
