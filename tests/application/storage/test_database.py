"""Connections that a frozen server cannot hold, and that a listener who hears nothing does not lose."""

from tests.engine import Engine


def test_a_listener_that_hears_nothing_for_a_while_keeps_its_connection(engine: Engine) -> None:
    with engine.recorder.datastore.get_connection() as connection:
        connection.execute("LISTEN nothing_ever")
        assert not list(connection.notifies(timeout=0.01))
        assert not list(connection.notifies(timeout=0))
        assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
