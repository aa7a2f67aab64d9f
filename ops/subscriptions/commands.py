"""The command that sends what subscriptions are to be told."""

import threading

import click
import flask

from ops.subscriptions import delivering, tak


@click.command
@click.option("--loop", is_flag=True, help="Go on until it is stopped, and not only once.")
def deliver(loop: bool) -> None:
    """Send what waits: deliveries of subscriptions, and what TAK servers are fed."""
    app = flask.current_app
    settings, engine = app.config["SETTINGS"], app.extensions["engine"]
    feed = tak.Feeder(settings)
    pause = threading.Event()
    while True:
        # A picture goes stale sooner than a delivery does.
        sent, tried = feed(engine), delivering.deliver(engine, settings)
        if tried or sent or not loop:
            click.echo(f"Deliveries tried: {tried}. Events sent to the TAK server: {sent}.")
        if not loop:
            return
        pause.wait(max(settings.deliver_seconds, 1))
