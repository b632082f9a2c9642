"""What an idempotent view may not do; that it answers alike is claimed where views are."""

import pytest
from flask import Flask, g

from chassis.idempotency import idempotent
from chassis.transactions import transaction


def test_second_transaction_of_an_idempotent_view_is_refused_even_without_a_key() -> None:
    @idempotent()
    def view() -> None:
        with transaction():
            pass
        with transaction():
            pass

    with Flask("toy").test_request_context():
        g.session = object()
        with pytest.raises(RuntimeError, match="one transaction"):
            view()
        with transaction(), transaction():
            pass
