"""Keys under a passphrase: scrypt (RFC 7914) and AES-256-GCM (RFC 5116)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from backup.errors import BackupError

HEAD = b"skiller sealed 1\n"
SALT, NONCE, KEY = 16, 12, 32  # bytes
COST = 2**15  # 32 MB, a tenth of a second


def seal(content: bytes, passphrase: str) -> bytes:
    """The content, readable with the passphrase alone."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = AESGCM(_key_of(passphrase, salt)).encrypt(nonce, content, HEAD)
    return HEAD + salt + nonce + sealed


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed; raises BackupError of another passphrase, or of what was changed."""
    if not sealed.startswith(HEAD):
        raise BackupError("The keys are not sealed by this program")
    rest = sealed[len(HEAD) :]
    salt, nonce, content = rest[:SALT], rest[SALT : SALT + NONCE], rest[SALT + NONCE :]
    try:
        return AESGCM(_key_of(passphrase, salt)).decrypt(nonce, content, HEAD)
    except (InvalidTag, ValueError):
        raise BackupError("The passphrase is another one, or the keys were changed") from None


def _key_of(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY, n=COST, r=8, p=1).derive(passphrase.encode())
