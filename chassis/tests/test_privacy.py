"""What is private of an event is left out of messages that nobody tries again, and of errors."""

import json

import pytest

from chassis.messaging import failures, privacy
from chassis.messaging.envelope import Undecodable, seal
from chassis.testing.examples import example
from contracts import ContractError
from contracts.identity import AddressConfirmed, MemberJoined

KIND = AddressConfirmed.type
BODY = seal(example(AddressConfirmed))[1].encode()
SECRET = "ada@example.org"


def test_a_message_is_kept_without_what_is_private_and_nothing_else_is_lost() -> None:
    before, after = json.loads(BODY), json.loads(privacy.mask(BODY))

    assert after.pop("masked") is True
    assert after == {**before, "data": {**before["data"], "email": None}}


@pytest.mark.parametrize(
    "body",
    [
        BODY[:-1],
        BODY.replace(b'"email":', b'"mail":'),
        BODY.replace(b'"data":{', b'"data":[{').replace(b"}}", b"}]}"),
        BODY.replace(b'"type":', b'"kind":'),
        b"\xff" + BODY,
        b"[" * 100_000 + BODY,
        BODY.replace(b'"address.confirmed",', b'["address.confirmed"],'),
    ],
    ids=["cut", "other field", "list", "no type", "no UTF-8", "deep", "type in a list"],
)
def test_what_is_private_is_left_out_of_what_can_hardly_be_read(body: bytes) -> None:
    assert SECRET.encode() in body
    assert SECRET.encode() not in privacy.mask(body)


def test_another_message_stays_as_it_is_even_where_it_speaks_of_a_private_one() -> None:
    other = seal(example(MemberJoined, headline=f"Fan of {KIND}"))[1].encode()

    for body in (other, b"", b"\xff{"):
        assert privacy.mask(body) == body


def test_an_error_about_what_is_private_says_its_kind_and_place_alone() -> None:
    def fail() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(f"not {SECRET}") from cause

    with pytest.raises(ValueError, match="not") as raised:
        fail()

    assert privacy.name_error(raised.value, KIND) == "ValueError"
    told = failures.explain(raised.value, KIND)
    assert SECRET not in told and "KeyError" in told and told.endswith("ValueError")
    assert "in fail" in told
    assert SECRET in failures.explain(raised.value, "post.liked")
    for discreet in (ContractError("email: expected str"), Undecodable("not an event envelope")):
        assert str(discreet) in failures.explain(discreet, KIND)
        assert privacy.name_error(discreet, KIND) == repr(discreet)
