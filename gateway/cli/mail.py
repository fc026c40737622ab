"""``ticket-gateway mail``: keys of outgoing mail, and mail that is read from files."""

import click


@click.group(name="mail", short_help="Keys that sign and encrypt mail.")
def verb() -> None:
    """Work with mail: its keys.

    \b
    ticket-gateway mail keys list
    """  # noqa: D301 - \b keeps click from joining the lines


@verb.group(name="keys", short_help="PGP and S/MIME keys.")
def keys() -> None:
    """Add, list and disable PGP and S/MIME keys.

    \b
    ticket-gateway mail keys list
    """  # noqa: D301 - \b keeps click from joining the lines
