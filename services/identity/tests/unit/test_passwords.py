"""Hashing passwords."""

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
