"""The command line: `python -m web serve --bind 127.0.0.1:8000`."""

import sys
from pathlib import Path

import click

from chassis import settings as chassis_settings
from chassis.settings import SettingsError
from web.config import Settings

ROOT = Path(__file__).resolve().parent.parent


@click.group()
def main() -> None:
    """The pages of Skiller."""


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address to listen on.")
def serve(bind: str) -> None:
    """Answer browsers, behind the gateway, with gunicorn."""
    from gunicorn.app.wsgiapp import run  # only this verb needs it

    try:
        chassis_settings.read(Settings)
    except SettingsError as error:
        sys.exit("Configuration:\n  " + "\n  ".join(error.mistakes))
    config = ROOT / "deploy" / "gunicorn.conf.py"
    options = ["--config", str(config), "--bind", bind, "--name", "web"]
    sys.argv = ["gunicorn", *options, "web.app:create_app()"]
    run()


if __name__ == "__main__":
    main()
