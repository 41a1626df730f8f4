"""``recruitment fund``: money in, plans and payments, what banks answer, and the figures.

Whoever prepares, approves or releases does it in their own name, with ``--as`` and the code of their second factor. Without
it the person at the machine is one person like any other, and does one of these steps of a plan at most.
"""

from __future__ import annotations

import click

from recruitment.fund.cli.answers import answer, answers, hand_over, not_handed_over, resolve, suspense
from recruitment.fund.cli.figures import ageing, balances, statement, time_to_money
from recruitment.fund.cli.plans import plan
from recruitment.fund.cli.pots import call_back, dues, payee, pot, receipt


@click.group()
def fund() -> None:
    """Pay out of the fund: pots, plans, payments, and what banks answer."""


for _command in (
    pot, receipt, payee, call_back, dues, plan, answer, answers, suspense, resolve, hand_over, not_handed_over, balances,
    statement, ageing, time_to_money,
):  # fmt: skip
    fund.add_command(_command)
