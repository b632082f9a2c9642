"""Hashing passwords."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from services.identity import passwords

WEAKER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


def test_hash_is_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    parameters = extract_parameters(passwords.hash_password("correct horse"))

    assert parameters.type is Type.ID
    costs = (parameters.memory_cost, parameters.time_cost, parameters.parallelism)
    assert costs == (19 * 1024, 2, 1)


def test_password_fits_its_own_hash_alone() -> None:
    password_hash = passwords.hash_password("correct horse")

    assert passwords.verify_password(password_hash, "correct horse")
    assert not passwords.verify_password(password_hash, "correct horsf")
    assert passwords.hash_password("correct horse") != password_hash


def test_nobodys_hash_costs_what_a_real_one_costs_and_fits_nothing() -> None:
    real = passwords.hash_password("correct horse")

    assert extract_parameters(passwords.NOBODYS_HASH) == extract_parameters(real)
    assert not passwords.verify_password(None, "")


def test_only_hashes_of_other_parameters_are_renewed() -> None:
    fresh = passwords.hash_password("correct horse")

    assert passwords.renew_hash(fresh, "correct horse") is None
    renewed = passwords.renew_hash(WEAKER.hash("correct horse"), "correct horse")
    assert renewed is not None and passwords.verify_password(renewed, "correct horse")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9 plum orchard lantern", "cafe\u0301 plum orchard lantern"),
        ("caf\u00e9 plum orchard lantern", "caf\u00e9\u00a0plum\u3000orchard lantern"),
        ("\uac00\ub098 plum orchard", "\u1100\u1161\u1102\u1161 plum orchard"),
    ],
)
def test_one_password_typed_on_two_systems_is_one(one: str, other: str) -> None:
    for chosen, typed in ((one, other), (other, one)):
        password_hash = passwords.hash_password(chosen)

        assert passwords.verify_password(password_hash, typed)
        assert passwords.renew_hash(password_hash, typed) is None


@pytest.mark.parametrize(
    "typed", ["Caf\u00e9 plum", "cafe plum", "\uff43af\u00e9 plum", "caf\u00e9plum"]
)
def test_another_password_stays_another(typed: str) -> None:
    assert not passwords.verify_password(passwords.hash_password("caf\u00e9 plum"), typed)


def test_hash_of_before_fits_what_was_typed_then_and_is_renewed() -> None:
    typed = "cafe\u0301 plum orchard lantern"
    of_before = passwords.HASHER.hash(typed)

    assert passwords.verify_password(of_before, typed)
    renewed = passwords.renew_hash(of_before, typed)
    assert renewed and passwords.verify_password(renewed, "caf\u00e9 plum orchard lantern")
