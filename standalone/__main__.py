"""`python -m standalone`: run everything here; `service` and `reconcile` are the operator's.

`work` is its worker, `describe` a developer's.
"""

import sys
from pathlib import Path

from chassis import settings
from chassis.errors import ServiceError
from chassis.settings import SettingsError
from standalone.errors import StandaloneError


def main(arguments: list[str]) -> None:
    """One line and exit status 1 for what the operator can mend."""
    try:
        _run(arguments)
    except StandaloneError as error:
        sys.exit(f"Skiller cannot start. {error}")
    except SettingsError as error:
        sys.exit("Skiller cannot start. " + "; ".join(error.mistakes))
    except ServiceError as error:
        sys.exit(error.message)


def _run(arguments: list[str]) -> None:
    # Each verb imports what it needs: the first process stays small.
    match arguments:
        case []:
            from standalone.run import Standalone

            Standalone(settings.environment()).run()
        case ["work", folder]:
            from standalone.work import main as work

            work(Path(folder))
        case ["describe"]:
            from standalone.describe import main as describe

            describe()
        case ["service", name, *verb]:
            from standalone.operate import run_verb

            run_verb(name, verb)
        case ["reconcile"]:
            from standalone.operate import reconcile

            reconcile()
        case _:
            sys.exit("Usage: python -m standalone [service NAME VERB… | reconcile]")


if __name__ == "__main__":
    main(sys.argv[1:])
