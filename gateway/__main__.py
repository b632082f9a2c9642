"""The command line: `python -m gateway serve --bind 127.0.0.1:8080`."""

import sys
from pathlib import Path

import click

from chassis import settings as chassis_settings
from chassis.settings import SettingsError
from gateway.config import Settings
from gateway.counters import SharedCounters

ROOT = Path(__file__).resolve().parent.parent


@click.group()
def main() -> None:
    """The one public door of Skiller."""


@main.command()
@click.option("--bind", default="127.0.0.1:8080", show_default=True, help="Address to listen on.")
def serve(bind: str) -> None:
    """Forward to the services, with gunicorn."""
    from gunicorn.app.wsgiapp import run  # only this verb needs it

    try:
        # Said once here, instead of by each worker with a traceback.
        settings = chassis_settings.read(Settings)
        if settings.limits_url:
            SharedCounters(settings.limits_url)
    except SettingsError as error:
        sys.exit("Configuration:\n  " + "\n  ".join(error.mistakes))
    config = ROOT / "deploy" / "gunicorn.conf.py"
    options = ["--config", str(config), "--worker-class", "gateway.server.Worker"]
    options += ["--bind", bind, "--name", "gateway"]
    sys.argv = ["gunicorn", *options, "gateway.app:create_app()"]
    run()


if __name__ == "__main__":
    main()
