"""The language of a text, for those who have it read aloud."""

import pytest

from chassis.languages import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Comment ralentir une levure trop active en été ?", "fr"),
        ("Bonjour à tous, quelqu'un a-t-il déjà utilisé Ansible ?", "fr"),
        ("How do I slow down a yeast that is too active in summer?", "en"),
        ("Use Docker Compose in production", "en"),
        ("Wie kann ich das machen?", "other"),
        ("¿Cómo puedo hacerlo?", "other"),
        ("Come si fa il pane?", "other"),
        ("PostgreSQL", "other"),
        ("日本語", "other"),
        ("", "other"),
    ],
)
def test_language_is_told_by_frequent_words(text: str, language: str) -> None:
    assert guess_language(text) == language
