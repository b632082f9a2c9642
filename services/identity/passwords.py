"""Hashing passwords with Argon2id (RFC 9106) at OWASP's least parameters.

Callers hold no database connection meanwhile: a hash takes some 20 ms and waits its turn.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
# What an unknown address is verified against: the cost of the real parameters, and a
# digest that no password has.
NOBODYS_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${'A' * 22}${'A' * 43}"
# Each hash takes 19 MiB while it runs: two at a time keep a flood of sign-ins within the
# process's memory. Nothing's correctness rests on this lock.
_turns = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The password's hash with a fresh salt, in the PHC string format."""
    with _turns:
        return HASHER.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; the same work for None, which no password fits."""
    with _turns:
        try:
            HASHER.verify(password_hash or NOBODYS_HASH, password)
        except VerifyMismatchError:
            return False
    return password_hash is not None


def renew_hash(password_hash: str, password: str) -> str | None:
    """A hash with today's parameters, or None where the given one has them."""
    if not HASHER.check_needs_rehash(password_hash):
        return None
    return hash_password(password)


def require_strong(password: str, *, name: str, email: str) -> None:
    """Stub until merged."""
