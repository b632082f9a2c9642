"""Everything is told again in an order in which each has heard all itself before it tells."""

from chassis.messaging.retelling import LAST, in_order, listeners
from contracts.services import SERVICES


def test_each_is_told_before_it_tells_and_the_last_hears_when_all_else_is_told() -> None:
    order = list(in_order(listeners()))

    assert len(order) == len(set(order)) > 12
    firsts = [publisher for publisher, listener in order if listener != LAST]
    assert firsts == sorted(firsts, key=SERVICES.index)
    lasts = [listener for _, listener in order]
    assert lasts.index(LAST) >= len(firsts)
