"""A process that begins to serve reads the catalogue before anybody asks."""

from chassis.settings import Secret
from chassis.testing.waiting import eventually
from services.skills import lexicon
from services.skills.app import SERVICE


def test_the_catalogue_is_read_when_a_process_begins_to_serve(skills):
    database = SERVICE.create_app(skills.settings).extensions["database"]

    eventually(lambda: database.engine.url.database in lexicon._known, seconds=30)

    eventually(lambda: database.engine.pool.checkedout() == 0)
    database.close()


def test_a_process_whose_database_is_away_serves_nevertheless(skills):
    away = skills.settings.__class__(
        database_url=Secret("postgresql://nobody@127.0.0.1:1/none"),
        public_keys=skills.settings.public_keys,
    )

    app = SERVICE.create_app(away)

    assert app.test_client().get("/health/live").status_code == 200
