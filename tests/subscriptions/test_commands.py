"""The command sends what waits, once or until it is stopped."""

import pytest
from click.testing import CliRunner

from ops import db
from ops.subscriptions import commands
from tests import factories


@pytest.fixture
def deliver(house, app):
    """Run the command inside the app."""
    yield lambda *words: CliRunner().invoke(commands.deliver, words)
    db.session.remove()


def test_one_pass_says_how_much_was_tried(house, receiver, deliver):
    house.subscribe(factories.person("lead"), receiver.address)
    factories.operation()

    first, second = deliver(), deliver()

    assert first.output == "Deliveries tried: 1. Events sent to the TAK server: 0.\n"
    assert second.output == "Deliveries tried: 0. Events sent to the TAK server: 0.\n"
    assert len(receiver.deliveries) == 1
