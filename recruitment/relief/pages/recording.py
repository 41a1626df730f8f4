"""The page on which a case worker records what belongs to a case: a form for each, and the one that was wrong stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fees.rules import Creditor
from recruitment.relief import queries
from recruitment.relief.errors import AgreementUnknown, DebtUnknown, FormIncomplete
from recruitment.relief.pages.cases import REFUSALS, STATES, pages, purpose_of_page, told_of
from recruitment.relief.queries import listed
from recruitment.relief.rules.kinds import Instrument, RegisterLine, Security
from recruitment.relief.schemas import sent
from recruitment.relief.services import agreeing, entitling, reading, register
from recruitment.relief.services.agreeing import Payer
from recruitment.web.context import actor, unit_of_work
from recruitment.web.errors import status_of
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError

_CREDITORS_MAX = 200
_BY_HAND = frozenset({RegisterLine.CANCELLED, RegisterLine.TAKEN_OVER})
"""Lines that a signature writes; nobody records them by hand."""

_CASH = {
    Instrument.CANCELLATION: "Cancellation: the creditor writes a debt off",
    Instrument.TAKE_OVER: "Take-over: the employer or agency takes a debt over",
    Instrument.REIMBURSEMENT: "Reimbursement: the worker is paid back",
    Instrument.ADVANCE: "Advance: the fund pays now, and has it back from who is liable",
    Instrument.CO_FINANCING: "Co-financing: a share for an owner, after the worker confirmed",
    Instrument.UNCONDITIONAL_CASH: "Cash without conditions, never set off",
}


@pages.get("/relief/<reference:reference>/record")
@allow(Permission.WORK_RELIEF)
def record_form(reference: str) -> ResponseReturnValue:
    """Show a form for each thing that may be recorded. The reading is recorded."""
    return _page(reference, {})


@pages.post("/relief/<reference:reference>/record")
@allow(Permission.WORK_RELIEF)
def record_make(reference: str) -> ResponseReturnValue:
    """Record what one of the forms says and show the case; or show the form again with what is wrong."""
    form = request.form
    try:
        record = _RECORDS.get(form.get("what", ""))
        if record is None:
            raise FormIncomplete("The form does not say what is to be recorded. Open the page again.")
        with unit_of_work() as session:
            stays = record(session, reference, _filled(form))
    except REFUSALS as refused:
        return _page(reference, form, refused), status_of(refused)
    if stays:
        return redirect(url_for("relief_pages.record_form", reference=reference, _anchor="debt"), 303)
    return redirect(url_for("relief_pages.case_show", reference=reference), 303)


def _filled(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a form: numbers and ticks as such, and without what says which form it is."""
    found: dict[str, Any] = {
        name: value.strip() for name, value in form.items() if name not in {"what", "csrf_token"} and value.strip()
    }
    for name in ("months", "matched_percent"):
        if name in found and found[name].isascii() and found[name].isdigit() and len(found[name]) < 5:
            found[name] = int(found[name])
    if "unreached" in found:
        found["unreached"] = found["unreached"] == "yes"
    return found


def _creditor(session: Session, case: str, given: dict[str, Any]) -> bool:
    known = queries.by_reference(session, case)
    operator = known.operator if known else ""
    register.enter_creditor(session, actor(), sent.read_in(sent.NewCreditorSchema(), given | {"operator": operator}))
    return True


def _debt(session: Session, case: str, given: dict[str, Any]) -> None:
    register.record_debt(session, actor(), case, sent.read_in(sent.NewDebtSchema(), given))


def _line(session: Session, case: str, given: dict[str, Any]) -> None:
    debt = given.pop("debt", "")
    read = sent.read_in(sent.NewLineSchema(), given)
    currency = listed.currency_of_debt(session, debt)
    if currency is None:
        raise DebtUnknown(f"The case {case} has no debt {debt}.")
    register.add_line(session, actor(), debt, sent.line_of(read, currency))


def _owed(session: Session, case: str, given: dict[str, Any]) -> None:
    read = sent.read_in(sent.NewEntitlementSchema(), given)
    entitling.entitle(session, actor(), case, read["as_of"], unreached=read["unreached"])


def _agreed(session: Session, case: str, given: dict[str, Any]) -> None:
    agreeing.agree(session, actor(), sent.read_in(sent.NewAgreementSchema(), given | {"case": case}))


def _signed(session: Session, _case: str, given: dict[str, Any]) -> None:
    agreement = given.pop("agreement", "")
    agreeing.sign(session, actor(), agreement, sent.read_in(sent.SignatureSchema(), given))


def _outside(session: Session, _case: str, given: dict[str, Any]) -> None:
    agreement = given.pop("agreement", "")
    found = queries.agreement(session, agreement)
    if found is None:
        raise AgreementUnknown("There is no such agreement, or it is not one that you may know of.")
    new = sent.read_in(sent.OutsidePaymentSentSchema(), given | {"currency": found.currency})
    agreeing.record_outside_payment(session, actor(), agreement, new)


def _left(session: Session, case: str, given: dict[str, Any]) -> None:
    agreeing.leave(session, actor(), case, sent.read_in(sent.DepartureSchema(), given)["left_on"])


_RECORDS: dict[str, Callable[[Session, str, dict[str, Any]], bool | None]] = {
    "creditor": _creditor,
    "debt": _debt,
    "line": _line,
    "owed": _owed,
    "agreed": _agreed,
    "signed": _signed,
    "outside": _outside,
    "left": _left,
}
"""What each form records. True: the page stays open, because another form needs it next."""


def _page(reference: str, values: Mapping[str, str], refused: RecruitmentError | None = None) -> str:
    with unit_of_work() as session:
        found = reading.read(session, actor(), reference, as_of=clock.today(), purpose=purpose_of_page())
        creditors = queries.creditor_page(session, operator=found.case.operator, after=None, limit=_CREDITORS_MAX)
    running = [each for each in found.agreements if not each.is_superseded]
    return render_template(
        "relief/case_record.html",
        case=found.case,
        state=STATES[found.case.state],
        values=values,
        creditors=creditors,
        debts=[debt for debt in found.debts if debt.is_current],
        to_sign=[each for each in running if each.ends_debt and each.signature is None],
        from_outside=[each for each in running if each.is_for_worker and not each.is_by_fund],
        entitlements=sorted(found.entitlements, key=lambda each: -each.version),
        kinds=list(Creditor),
        securities=list(Security),
        lines=[kind for kind in RegisterLine if kind not in _BY_HAND],
        instruments=_CASH,
        payers=list(Payer),
        today=clock.today(),
        **told_of(refused),
    )
