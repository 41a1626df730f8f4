"""What is looked at before a payment file is written. Everything that is wrong is told at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from recruitment.banking import instructions
from recruitment.banking.errors import ContentsUnfit, ItemProblem
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core.errors import InvariantViolated
from recruitment.core.money import AMOUNT_CAP, exponent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.banking.instructions import Instruction, PaymentFileContents

ITEMS_MAX = 100_000


def check(contents: PaymentFileContents, file_format: FileFormat) -> None:
    """Refuse contents that this format cannot hold as they are.

    Raises ``ContentsUnfit`` with all problems, ``CurrencyUnknown``, and ``InvariantViolated`` when the payments do not
    come to the total that was approved: that is never a mistake of who asks.
    """
    exponent(contents.currency)
    problems = [*_of_the_file(contents, file_format), *_of_the_items(contents)]
    if problems:
        raise ContentsUnfit(tuple(problems))
    summed = sum(item.amount_minor for item in contents.items)
    if summed != contents.total_minor:
        raise InvariantViolated(
            f"Payments of {contents.reference} come to {summed} minor units, approved were {contents.total_minor}."
        )


def _of_the_file(contents: PaymentFileContents, file_format: FileFormat) -> Iterator[ItemProblem]:
    found = {
        "reference": instructions.reference_problem(contents.reference),
        "debtor_name": instructions.name_problem(contents.debtor_name),
        "debtor_account": instructions.account_problem(contents.debtor_account),
        "debtor_agent": instructions.institution_problem(contents.debtor_agent),
        "made_at": None if contents.made_at.utcoffset() is not None else "The time has no time zone.",
        "items": None,
        "method": None,
    }
    if not 1 <= len(contents.items) <= ITEMS_MAX:
        found["items"] = f"A file has 1 to {ITEMS_MAX} payments; this one has {len(contents.items)}."
    if file_format is FileFormat.PAIN001 and contents.method is not Method.BANK:
        found["method"] = "pain.001 goes to banks. For mobile money and cash choose csv or xlsx."
    return (ItemProblem("", field, sentence) for field, sentence in found.items() if sentence)


def _of_the_items(contents: PaymentFileContents) -> Iterator[ItemProblem]:
    times = Counter(item.reference for item in contents.items)
    for item in contents.items:
        if times[item.reference] > 1:
            yield ItemProblem(
                item.reference, "reference", "It stands in the file more than once. Each payment has one."
            )
        for field, sentence in _of_an_item(item, contents):
            if sentence:
                yield ItemProblem(item.reference, field, sentence)


def _of_an_item(item: Instruction, contents: PaymentFileContents) -> Iterator[tuple[str, str | None]]:
    yield "reference", instructions.reference_problem(item.reference)
    yield "name", instructions.name_problem(item.name)
    may_be_empty = contents.method is Method.CASH
    if item.account or not may_be_empty:
        yield "account", instructions.account_problem(item.account)
    if item.institution or not may_be_empty:
        yield "institution", instructions.institution_problem(item.institution)
    if not 0 < item.amount_minor <= AMOUNT_CAP:
        yield "amount", f"An amount is more than nothing and at most {AMOUNT_CAP} minor units."
    if item.currency != contents.currency:
        yield "currency", f"It is in {item.currency}, and the file is in {contents.currency}. Make a file for each."
    yield "purpose", instructions.purpose_problem(item.purpose)
    yield "remittance_text", instructions.remittance_problem(item.remittance_text)
