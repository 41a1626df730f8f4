"""What the forms of the fund's pages bring, without Flask: a mapping of texts in, checked values out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core.currencies import EXPONENTS
from recruitment.core.money import AMOUNT_CAP, AmountNotExact, to_minor
from recruitment.fund.errors import FormWrong
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.kinds import CallBack, DonorClass, PotKind, ReceiptKind, SuspenseEnd
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services.by_hand import NewHandover
from recruitment.fund.services.planning import NewPlan
from recruitment.fund.services.pots import NewPot
from recruitment.fund.services.receipts import NewReceipt
from recruitment.fund.services.suspense import Resolution

if TYPE_CHECKING:
    from collections.abc import Mapping

Code = TypeVar("Code", bound=StrEnum)

TEXT_MAX = 20_000
_AMOUNT = re.compile(r"\d{1,17}(\.\d{1,4})?")
_WORD = re.compile(r"[a-z][a-z_]{0,39}")


def text(form: Mapping[str, str], name: str, longest: int = 140) -> str:
    """Return a field of a form, without the blanks at its ends. Raises ``FormWrong`` for what nobody types."""
    found = form.get(name, "").strip()
    if len(found) > longest:
        raise FormWrong(f"This has at most {longest} characters. Shorten it.", **{name: "too long"})
    if not found.isprintable():
        raise FormWrong("This holds a character that nobody sees. Type it again.", **{name: "not visible"})
    return found


def needed(form: Mapping[str, str], name: str, sentence: str, longest: int = 140) -> str:
    """Return a field that must be filled. Raises ``FormWrong`` with ``sentence``."""
    found = text(form, name, longest)
    if not found:
        raise FormWrong(sentence, **{name: "missing"})
    return found


def code(form: Mapping[str, str], name: str, codes: type[Code], sentence: str = "Choose one of the list.") -> Code:
    """Return what was chosen from a list. Raises ``FormWrong``."""
    try:
        return codes(text(form, name))
    except ValueError:
        raise FormWrong(sentence, **{name: "none of those in the list"}) from None


def day(form: Mapping[str, str], name: str) -> date:
    """Return a day. Raises ``FormWrong``."""
    try:
        return date.fromisoformat(text(form, name))
    except ValueError:
        raise FormWrong("Write the day as year-month-day, such as 2026-03-02.", **{name: "no day"}) from None


def currency(form: Mapping[str, str]) -> str:
    """Return the currency of a form. Raises ``FormWrong``."""
    found = text(form, "currency").upper()
    if found not in EXPONENTS:
        raise FormWrong("Write the currency with three letters, such as THB or MMK.", currency="not a currency")
    return found


def minor(form: Mapping[str, str]) -> int:
    """Return the amount of a form, in minor units of its currency. Raises ``FormWrong``."""
    given, of = text(form, "amount").replace(",", ""), currency(form)
    try:
        found = int(to_minor(Decimal(given), of)) if _AMOUNT.fullmatch(given) else 0
    except AmountNotExact as refused:
        raise FormWrong(refused.detail, amount="more decimals than its currency has") from None
    if not 0 < found <= AMOUNT_CAP:
        raise FormWrong("Write the amount in digits with a dot for decimals, such as 1250.00.", amount="not an amount")
    return found


def word(form: Mapping[str, str], name: str) -> str:
    """Return a reason in a word or two, as a code: ``Wrong pot`` is ``wrong_pot``. Raises ``FormWrong``."""
    found = re.sub(r"[\s-]+", "_", text(form, name, 40).lower())
    if not _WORD.fullmatch(found):
        raise FormWrong("Say in one or two plain words why, such as: wrong pot.", **{name: "not a reason"})
    return found


def references(form: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return references with blanks or line breaks between them. Raises ``FormWrong`` when there is none."""
    found = form.get(name, "")
    if len(found) > TEXT_MAX:
        raise FormWrong(f"At most {TEXT_MAX} characters fit at once. Send them in parts.", **{name: "too long"})
    named = tuple(each for each in found.replace(",", " ").split() if each.isprintable())
    if not named:
        raise FormWrong("Name at least one, such as DU-7Q2M-9KXR-4T.", **{name: "missing"})
    return named


def new_pot(form: Mapping[str, str]) -> NewPot:
    """Return the pot of a filled form. Raises ``FormWrong``."""
    return NewPot(
        kind=code(form, "kind", PotKind, "Choose what the money of the pot is for."),
        name=needed(form, "name", "Give the pot a name.", 100),
        institution=needed(form, "institution", "Name the bank: its BIC, or its own code.", 35),
        bank_account=needed(form, "bank_account", "Write the number of the account.", 30),
        earmarked_for=text(form, "earmarked_for", 80) or None,
    )


def new_receipt(form: Mapping[str, str]) -> NewReceipt:
    """Return the receipt of a filled form. Raises ``FormWrong``."""
    return NewReceipt(
        pot=needed(form, "pot", "Choose the pot.", 80),
        kind=code(form, "kind", ReceiptKind, "Choose why the money came."),
        donor_class=code(form, "donor_class", DonorClass, "Choose who gave it."),
        currency=currency(form),
        amount_minor=minor(form),
        received_on=day(form, "received_on"),
        bank_reference=text(form, "bank_reference", 80) or None,
        contributor=text(form, "contributor", 80) or None,
        recovered_from=code(form, "recovered_from", RecoveredFrom) if text(form, "recovered_from") else None,
    )


def new_plan(form: Mapping[str, str]) -> NewPlan:
    """Return the plan of a filled form. Raises ``FormWrong``."""
    return NewPlan(
        pot=needed(form, "pot", "Choose the pot that pays.", 80),
        currency=currency(form),
        method=code(form, "method", Method, "Choose how it is paid."),
        file_format=code(form, "file_format", FileFormat, "Choose the file that the bank takes."),
        follows=text(form, "follows", 80) or None,
    )


def back_reason(form: Mapping[str, str]) -> BackReason:
    """Return why a plan goes back. Raises ``FormWrong``."""
    return code(form, "reason", BackReason, "Choose why.")


def call_back(form: Mapping[str, str]) -> CallBack:
    """Return what the payee said. Raises ``FormWrong``."""
    return code(form, "outcome", CallBack, "Choose what the payee said.")


def new_handover(form: Mapping[str, str]) -> NewHandover:
    """Return the handing over of cash of a filled form. Raises ``FormWrong``."""
    return NewHandover(
        paid_on=day(form, "paid_on"),
        first_witness=needed(form, "first_witness", "Name the first witness."),
        second_witness=needed(form, "second_witness", "Name the second witness."),
    )


def resolution(form: Mapping[str, str]) -> Resolution:
    """Return the explanation of a line. Raises ``FormWrong``."""
    return Resolution(
        ended_as=code(form, "ended_as", SuspenseEnd, "Choose what the line was."),
        pot=text(form, "pot", 80) or None,
        donor_class=code(form, "donor_class", DonorClass) if text(form, "donor_class") else None,
        contributor=text(form, "contributor", 80) or None,
        payment=text(form, "payment", 80) or None,
        against=text(form, "against", 80) or None,
    )


def step(form: Mapping[str, str]) -> tuple[str, str]:
    """Return the digest that somebody saw, and the code of their app. Raises ``FormWrong``."""
    digest = text(form, "lock_hash", 64)
    given = "".join(text(form, "code", 12).split())
    if not (given.isascii() and given.isdigit() and len(given) == 6):
        raise FormWrong("Type the six digits that your app shows now.", code="not six digits")
    return digest, given
