"""Made-up payments, and strategies for many more. Nobody here exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from recruitment.banking.instructions import Instruction, Method, PaymentFileContents

MADE_AT = datetime(2026, 11, 22, 12, 30, 15, 999, tzinfo=UTC)
MARKUP = "<b>&amp; Tom's \"]]> Fund"
BURMESE = "မောင်အောင်ခန့်"
HEBREW = "דוד כהן"


def instruction(**changes: Any) -> Instruction:
    made = Instruction(
        reference="PM-7Q2M-9KXR-4T",
        name=BURMESE,
        account="0123456789",
        institution="THCBC/004",
        amount_minor=350_000,
        currency="THB",
        purpose="CHAR",
        remittance_text="Debt relief 1 of 3",
    )
    return replace(made, **changes)


def contents(*items: Instruction, **changes: Any) -> PaymentFileContents:
    chosen = items or (instruction(), instruction(reference="PM-2", name=MARKUP, amount_minor=1, purpose="back pay"))
    made = PaymentFileContents(
        reference="PL-7Q2M-9KXR-4T",
        made_at=MADE_AT,
        debtor_name="Debt Relief Fund",
        debtor_account="1112223334",
        debtor_agent="BKKBTHBK",
        currency=chosen[0].currency,
        method=Method.BANK,
        executed_on=date(2026, 11, 23),
        items=chosen,
        total_minor=sum(item.amount_minor for item in chosen),
    )
    return replace(made, **changes)


def many(count: int) -> PaymentFileContents:
    return contents(
        *(
            instruction(reference=f"PM-{each:08d}", account=f"0{each:09d}", amount_minor=each + 1)
            for each in range(count)
        )
    )


_scripts = st.characters(
    codec="utf-8", exclude_categories=("C", "Z"), include_characters="<>&'\"=+-@]\u200c\u200d\u200f\ue000"
)
_hard = st.sampled_from([MARKUP, BURMESE, HEBREW, "=1+1", "+66", "-x", "@SUM(A1)", "'quoted", "＝full", "a;b,c", "]]>"])
texts = st.one_of(_hard, st.lists(st.text(_scripts, min_size=1, max_size=12), min_size=1, max_size=4).map(" ".join))
references = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9:().,'+ -]{0,32}[A-Za-z0-9])?", fullmatch=True)
accounts = st.one_of(
    st.from_regex(r"[0-9]{1,20}", fullmatch=True),
    st.from_regex(r"[0-9]([0-9a-z ./-]{0,30}[0-9])?", fullmatch=True),
    st.sampled_from(["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"]),
)
institutions = st.sampled_from(["THCBC/004", "THCBC/0040001", "BKKBTHBK", "AYABMMMY001", "KBZPAY", "004", "A-B & C"])
amounts = st.one_of(st.integers(1, 10_000_000), st.integers(1, 10**15))


@st.composite
def payment_files(draw: st.DrawFn) -> PaymentFileContents:
    currency = draw(st.sampled_from(["THB", "MMK", "JPY", "KWD"]))
    items = [
        Instruction(
            reference=reference,
            name=draw(texts),
            account=draw(accounts),
            institution=draw(institutions),
            amount_minor=draw(amounts),
            currency=currency,
            purpose=draw(st.sampled_from(["CHAR", "REFU", "back pay", "ဆုံးရှုံးမှု"])),
            remittance_text=draw(st.one_of(st.just(""), texts)),
        )
        for reference in draw(st.lists(references, min_size=1, max_size=4, unique=True))
    ]
    return contents(*items, debtor_name=draw(texts))
