"""The key pair of access tokens (ES256): making it, and finding the private key's name.

`make-keys`, `make` and standalone write a pair; `tokens` signs with the private key.
"""

import base64
import hashlib
import json
import math
import os
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM = "ES256"
PRIVATE_FILE = "signing.pem"
PUBLIC_FILE = "public.json"
NEXT_FILE = "signing.next.pem"
# Tokens of the old key are about for ten minutes after identity signs with the new one;
# a minute more for clocks that differ.
OLD_TOKENS_SECONDS = 11 * 60


@dataclass(frozen=True)
class SigningKey:
    """A private key and the `kid` by which everybody knows its public one."""

    kid: str
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)


def write_pair(folder: Path) -> None:
    """Write a new pair: the private key for its owner's eyes alone, and the JWK set.

    Raises FileExistsError, and writes nothing, where either file exists.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (PRIVATE_FILE, PUBLIC_FILE):
        if (folder / name).exists():
            raise FileExistsError(17, "exists", str(folder / name))
    pem, public_keys = make_pair()
    _write_new(folder / PRIVATE_FILE, pem, mode=0o600)
    _write_new(folder / PUBLIC_FILE, public_keys, mode=0o644)


def rotate(folder: Path) -> str:
    """Take the next step of a rotation, told by which files and keys are there.

    Add the new public key; sign with the new private one; forget the old public key.
    Returns what to do now, before the next step; raises ValueError when it is too early.
    """
    public, private, coming = (folder / n for n in (PUBLIC_FILE, PRIVATE_FILE, NEXT_FILE))
    known = json.loads(public.read_text())["keys"]
    if coming.exists():
        _replace(private, coming.read_text())
        coming.unlink()
        return "2 of 3: identity's key is the new one. Restart identity; go on after 11 minutes."
    if len(known) > 1:
        wait = private.stat().st_mtime + OLD_TOKENS_SECONDS - time.time()
        if wait > 0:
            raise ValueError(f"Tokens of the old key are still about; wait {math.ceil(wait)} s.")
        kept = find_signing_key(private.read_text(), public.read_text()).kid
        _write_public(public, [key for key in known if key["kid"] == kept])
        return "3 of 3: the old public key is gone. Restart every service; the rotation is done."
    pem, public_keys = make_pair()
    # The public one first: cut off in between, the next call forgets it again.
    _write_public(public, [*known, *json.loads(public_keys)["keys"]])
    _write_new(coming, pem, mode=0o600)
    return "1 of 3: the new public key is added. Restart every service, then go on."


def replace(folder: Path) -> str:
    """Put a new pair in the place of one that was stolen: no token of the old one is believed.

    A rotation that was under way is given up. Returns what to do now.
    """
    pem, public_keys = make_pair()
    (folder / NEXT_FILE).unlink(missing_ok=True)
    # The public one first: cut off in between, identity refuses to start, and nobody gets in.
    _replace(folder / PUBLIC_FILE, public_keys)
    _replace(folder / PRIVATE_FILE, pem)
    return "The old key is gone. Restart the gateway and every service now, identity first."


def make_pair() -> tuple[str, str]:
    """A new private key (PKCS #8, PEM) and the JWK set of its public key."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = jwt.algorithms.ECAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    named = {**public, "kid": thumbprint(public), "alg": ALGORITHM, "use": "sig"}
    return pem.decode(), json.dumps({"keys": [named]}, indent=2) + "\n"


def thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638: SHA-256 of the required members in lexical order, base64url."""
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(required, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@cache
def find_signing_key(pem: str, public_keys: str) -> SigningKey:
    """The private key under the `kid` of its public key in the set; raises ValueError.

    The set decides the name, so a token is never signed that nobody would believe.
    """
    try:
        private_key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not `from`: the library's message may show a part of the key.
        raise ValueError("is no unencrypted private key in PEM") from None
    if not isinstance(private_key, ec.EllipticCurvePrivateKey) or private_key.key_size != 256:
        raise ValueError("is no P-256 key")
    ours = private_key.public_key().public_numbers()
    for jwk in json.loads(public_keys)["keys"]:
        if jwt.PyJWK(jwk, ALGORITHM).key.public_numbers() == ours:
            return SigningKey(jwk["kid"], private_key)
    raise ValueError("its public key is not in SKILLER_PUBLIC_KEYS")


def _write_public(path: Path, keys: list[Any]) -> None:
    _replace(path, json.dumps({"keys": keys}, indent=2) + "\n")


def _replace(path: Path, text: str) -> None:
    """Write a file anew so that whoever reads it meanwhile sees the old or the new one.

    Owner and mode stay: somebody may have given the file to the user of a container.
    """
    before = path.stat()
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    _write_new(beside, text, mode=0o600)
    os.chown(beside, before.st_uid, before.st_gid)
    beside.chmod(before.st_mode & 0o777)
    beside.replace(path)


def _write_new(path: Path, text: str, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
