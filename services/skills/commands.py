"""The verbs that skills adds to the command line of every service."""

from pathlib import Path

import click

from chassis.tools import Tools, with_tools
from services.skills import esco
from services.skills.actions.esco import import_concepts


@click.command("import-esco")
@click.argument("folder", type=click.Path(path_type=Path))
@with_tools
def import_esco(tools: Tools, folder: Path) -> None:
    """Add ESCO's skills to the catalogue, from FOLDER/skills_fr.csv and skills_en.csv."""
    concepts, left_out = esco.read_concepts(folder)
    with tools.database.transaction() as session:
        done = import_concepts(session, concepts=concepts)
    click.echo(
        f"{done.concept_count} concepts: {done.new_count} new skills, {done.known_count} that the"
        f" catalogue had, {done.term_count} new terms."
    )
    if left_out:
        click.echo(f"Left out, without a label in both languages: {left_out}.")
