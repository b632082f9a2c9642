"""The members told again, for listeners that are rebuilt."""

from chassis.messaging.envelope import unseal
from chassis.messaging.republish import republish
from chassis.tables import OUTBOX
from chassis.testing.service import ServiceUnderTest
from contracts import decode
from contracts.identity import MemberEvent, MemberJoined
from services.identity.queries.history import list_member_history
from services.identity.tests.factories import add_member, invite, join, set_state, token_of


def test_history_tells_every_member_as_they_are_now(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    join(identity, token_of(invite(identity, ada)), name="Grace")
    set_state(identity, ada, "suspended")

    told_types = ["member.joined", "member.suspended"]
    republish(identity.database, identity.service.history, "social", told_types)

    with identity.session() as session:
        rows = session.execute(OUTBOX.select().order_by(OUTBOX.c.id)).all()
    told = [row for row in rows if row.destination == "social"]
    envelopes = [unseal(row.body.encode()) for row in told]
    events = [decode(MemberEvent, envelope.data) for envelope in envelopes]
    assert [
        (envelope.type, event.name, event.state)
        for envelope, event in zip(envelopes, events, strict=True)
    ] == [
        ("member.suspended", "Ada", "suspended"),
        ("member.joined", "Grace", "active"),
    ]
    assert decode(MemberJoined, envelopes[1].data) == identity.published(MemberJoined)[0]
    assert all(envelope.is_replay for envelope in envelopes)


def test_pages_of_history_follow_each_other_by_id(identity: ServiceUnderTest) -> None:
    ids = sorted(add_member(identity, name).id for name in ("Ada", "Bob", "Cleo"))

    with identity.session() as session:
        first = list_member_history(session, None, 2)
        second = list_member_history(session, first[-1], 2)
        third = list_member_history(session, second[-1], 2)

    assert [event.member_id for event in [*first, *second]] == ids
    assert third == []
