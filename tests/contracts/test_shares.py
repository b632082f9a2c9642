"""Every replica is named by its service and by its owner, so that their totals can be compared."""

from standalone.services import SERVICES

SHARES = {
    (service.name, share.owner, share.kind): share
    for service in SERVICES
    for share in service.all_shares
}


def test_each_kind_that_is_shared_has_its_owner_and_a_replica() -> None:
    kinds = {(owner, kind) for _, owner, kind in SHARES}

    for owner, kind in kinds:
        holders = {service for service, of, what in SHARES if (of, what) == (owner, kind)}
        assert owner in holders and len(holders) > 1, (owner, kind)


def test_replicas_of_others_rows_with_a_revision_are_all_shared() -> None:
    """By their names: what is kept of others is called so."""
    for service in SERVICES:
        kept = {
            name
            for name, table in service.metadata.tables.items()
            if name.endswith("_refs") and "revision" in table.c
        }
        named = {share.model.__tablename__ for share in service.all_shares}
        assert kept <= named, service.name
