"""The fund of the story gets its pots and money, and knows where everybody is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stories.bank_papers import ACCOUNT, INSTITUTION

if TYPE_CHECKING:
    from tests.stories.crew import Tale

POTS = {
    "General": ("debt_relief", None),
    "Cedar": ("debt_relief", "PT-1"),
    "Support": ("victim_support", None),
    "Cash": ("unconditional_cash", None),
    "Suspense": ("suspense", None),
}
BANKED = {5: "5550000005", 6: "5550000006", 7: "5550000007", 9: "5550000009"}


def the_fund_gets_money(tale: Tale) -> None:
    """Of a partner's annual contribution a tenth goes to the Victim Support Fund. A mistake is taken back."""
    harbour = tale.harbour
    with harbour.at("03-23T09:00", works=False):
        for name, (kind, earmark) in POTS.items():
            new = {"kind": kind, "name": name, "institution": INSTITUTION, "bank_account": ACCOUNT}
            new |= {"earmarked_for": earmark} if earmark else {}
            tale.pot[name] = harbour.post("preparer", "/fund-pots", **new)["reference"]
        annual = receipt(tale, "General", "200000.00", "B-1", kind="annual", contributor="PT-1")
        parts = {each["pot"]: each["amount"]["amount"] for each in annual["parts"]}
        assert parts == {tale.pot["General"]: "180000.00", tale.pot["Support"]: "20000.00"}
        receipt(tale, "Cedar", "70000.00", "B-2", contributor="PT-1")
        receipt(tale, "Cash", "2500.00", "B-3", donor_class="foundation")
        wrong = receipt(tale, "Support", "99.00", None, donor_class="other")["reference"]
        harbour.post("preparer", "/fund-receipts/{}/taking-back", wrong, reason="wrong_pot")
        assert harbour.get("auditor", "/fund-receipts/{}", wrong)["taken_back"] == "wrong_pot"
        again = {"pot": tale.pot["Cedar"], "kind": "one_off", "donor_class": "partner", "amount": "70000.00"}
        again |= {"currency": "THB", "received_on": harbour.today, "bank_reference": "B-2"}
        harbour.refused("preparer", "/fund-receipts", error="fund.receipt_known", **again)
        assert len(harbour.get("approver", "/fund-receipts")["receipts"]) == 4
        assert len(harbour.get("auditor", "/fund-pots")["pots"]) == 5
        assert harbour.get("stranger-preparer", "/fund-pots")["pots"] == []
        assert harbour.get("releaser", "/fund-pots/{}", tale.pot["Cedar"])["earmarked"] is True
    # The bank holds what came in.
    tale.bank.standing = 272_500_00


def receipt(tale: Tale, pot: str, amount: str, bank_reference: str | None, **more: Any) -> Any:
    """Record money that came in today; return the receipt."""
    given = {"kind": "one_off", "donor_class": "partner", "currency": "THB", "received_on": tale.harbour.today} | more
    given |= {"bank_reference": bank_reference} if bank_reference else {}
    return tale.harbour.post("preparer", "/fund-receipts", pot=tale.pot[pot], amount=amount, **given)


def the_cso_records_accounts(tale: Tale) -> None:
    harbour = tale.harbour
    with harbour.at("03-23T10:00", works=False):
        for number, banked in BANKED.items():
            account(tale, number, method="bank", account=banked, institution="THCBC/002")
        account(tale, 8, method="mobile_money", account="66812345678", institution="PROMPTPAY")
        account(tale, 10, method="cash")
        harbour.post(
            "worker", "/payees", organisation="EM-1", method="bank", holder="Orchard", account="9990001",
            institution="THCBC/002",
        )  # fmt: skip
        other = {"jobseeker": "HW-5", "method": "bank", "holder": "A thief", "account": "1", "institution": "THCBC/002"}
        for name in ("fieldworker", "stranger-supervisor"):
            harbour.refused(name, "/payees", error="fund.person_not_known", **other)
        told = harbour.get("supervisor", "/payees/{}", tale.payee[5])
        assert (told["standing"], told["account"]) == ("usable", "•••005")


def account(tale: Tale, number: int, **given: str) -> Any:
    """Let the CSO record where somebody of the crew is paid; return the account. Who records it does not ask later."""
    made = tale.harbour.post("clerk", "/payees", jobseeker=f"HW-{number}", holder=f"Crew Member {number}", **given)
    tale.payee[number] = made["reference"]
    return made
