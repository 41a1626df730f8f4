"""``recruitment webhooks``: approve hosts, see what there is, deliver what is due."""

from __future__ import annotations

import click

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.organisations import queries as organisations
from recruitment.web.terminal import open_database, table, told
from recruitment.webhooks import queries, services
from recruitment.webhooks.rules import DeliveryState


@click.group()
def webhooks() -> None:
    """Tell partners that something changed: approve hosts, see what was sent, send what is due."""


@webhooks.group()
def hosts() -> None:
    """Decide to which hosts the messages of a partner may go."""


@hosts.command("list")
@told
def list_hosts() -> None:
    """Show the hosts that partners asked for, and what was decided."""
    with open_database().read_session() as session:
        found = services.hosts(session, LOCAL_OPERATOR)
    rows = sorted((each.partner, each.host, each.state.value, each.reference) for each in found)
    click.echo(table(("partner", "host", "state", "reference"), rows))


@hosts.command()
@click.argument("partner")
@click.argument("host")
@told
def approve(partner: str, host: str) -> None:
    """Let messages of the partner with the code PARTNER go to HOST."""
    with open_database().unit_of_work() as session:
        found = services.approve(session, LOCAL_OPERATOR, partner, host)
    click.echo(f"Messages for {found.partner} may go to {found.host}.")


@hosts.command()
@click.argument("partner")
@click.argument("host")
@told
def withdraw(partner: str, host: str) -> None:
    """Let no message of the partner with the code PARTNER go to HOST any more."""
    with open_database().unit_of_work() as session:
        found = services.withdraw_named(session, LOCAL_OPERATOR, partner, host)
    click.echo(f"No message for {found.partner} goes to {found.host} any more.")


@webhooks.command("list")
@told
def list_webhooks() -> None:
    """Show every webhook that was not removed, and how its deliveries of the last 30 days are."""
    with open_database().read_session() as session:
        found = queries.webhooks_page(session)
        counts = queries.counts_of_deliveries(session)
        partners = organisations.by_id(session, {each.partner_id for each in found})
    rows = sorted(
        (
            partners[each.partner_id].code, each.reference, each.url, "gone" if each.is_gone else each.state.value,
            each.host_state.value, *(counts.get((each.reference, state), 0) for state in DeliveryState),
        )
        for each in found
    )  # fmt: skip
    header = ("partner", "reference", "address", "state", "host", *(state.value for state in DeliveryState))
    click.echo(table(header, rows, numbers=(5, 6, 7)))


@webhooks.command()
@told
def deliver() -> None:
    """Send what is due now, as the worker does every minute."""
    done = services.deliver_due(open_database())
    click.echo(f"{done.delivered} delivered, {done.put_off} put off, {done.given_up} given up.")
