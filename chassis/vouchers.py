"""The web client vouches to the gateway for its browser's address, by a secret that both know.

Else all its members and strangers would be counted as one.
"""

import hashlib
import hmac

from chassis import clock

# `<address> <unix seconds> <hex HMAC-SHA256 of "<address> <unix seconds>">`
ADDRESS_HEADER = "X-Client-Address"
VOUCHER_SECONDS = 60


def vouch(address: str, secret: str) -> str:
    """The value of ADDRESS_HEADER, as the web client makes it."""
    claim = f"{address} {int(clock.now().timestamp())}"
    return f"{claim} {_sign(claim, secret)}"


def vouched_address(voucher: str, secret: str) -> str | None:
    """The address that a voucher names, None where it is forged or old."""
    claim, _, signature = voucher.rpartition(" ")
    if not hmac.compare_digest(_sign(claim, secret).encode(), signature.encode("utf-8", "replace")):
        return None
    address, _, seconds = claim.partition(" ")
    is_fresh = abs(clock.now().timestamp() - int(seconds)) <= VOUCHER_SECONDS
    return address if is_fresh else None


def _sign(claim: str, secret: str) -> str:
    return hmac.new(secret.encode(), claim.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
