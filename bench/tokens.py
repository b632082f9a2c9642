"""What checking an access token costs: known already (warm) against signature and all (cold)."""

import time
from collections.abc import Sequence
from uuid import uuid4

from bench.report import Goal, Row, compared, measured
from bench.servers import Machine
from chassis.auth import TokenVerifier
from chassis.settings import TokenSettings
from chassis.testing.tokens import Person, public_keys, token_for

TOKENS = 200
PASSES = 50


def run(_: Machine, rounds: int) -> list[Row]:
    """Each round has a fresh verifier and fresh tokens: a first pass, then warm ones."""
    cold: list[float] = []
    warm: list[float] = []
    for _round in range(rounds):
        verifier = TokenVerifier(TokenSettings(public_keys=public_keys()))
        tokens = [token_for(Person("Ada Lovelace", uuid4())) for _ in range(TOKENS)]
        cold.append(_microseconds(verifier, tokens))
        warm.append(_microseconds(verifier, tokens * PASSES))
    return [
        measured("token check, warm cache (CPU)", warm, "µs", Goal(20, "µs")),
        compared("token check, warm cache (CPU)", warm, "µs", ("cold (PyJWT, ES256)", cold)),
    ]


def _microseconds(verifier: TokenVerifier, tokens: Sequence[str]) -> float:
    started = time.thread_time()
    for token in tokens:
        verifier.verify(token)
    return (time.thread_time() - started) / len(tokens) * 1e6
