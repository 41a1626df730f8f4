"""What a worker is owed: gathered from what was said, computed by the rules, and kept with every input.

It reads amounts and never a status: that an agency declared nothing, or that a rate is missing, delays nobody.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import canonical_json, digest
from recruitment.core.corridors import Corridor
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import exponent
from recruitment.database.bulk import insert_many
from recruitment.ledger import queries as ledger
from recruitment.ledger.service import post, reverse
from recruitment.relief import posting_rules, queries
from recruitment.relief.errors import DayWrong, EntitlementUnknown, NotInThisState
from recruitment.relief.models import CohortRateRow, Entitlement, EntitlementAmount
from recruitment.relief.rules import entitlement as rules
from recruitment.relief.rules.cohort_rate import CohortClaim, CohortOf, cohort_rate, half_year
from recruitment.relief.rules.entitlement import EntitlementInputs, OwnWord
from recruitment.relief.rules.interest import half_up, percent_of
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.rates import Quotes
from recruitment.relief.services import moves

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import Account, CaseRead, CohortRateRead, EntitlementRead, Heard

_RATE_COLUMNS = (
    "id", "reference", "operator_id", "as_of", "corridor", "agency_id", "half_year", "currency", "rate_minor",
    "document", "document_sha256", "computed_by", "recorded_at",
)  # fmt: skip
_COLUMNS = (
    "id", "reference", "case_id", "version", "as_of", "method", "cohort_rate_id", "document", "document_sha256",
    "decided_by", "recorded_at",
)  # fmt: skip
_AMOUNT_COLUMNS = ("entitlement_id", "currency", "owed_minor", "repaid_minor", "due_minor")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """An entitlement that was computed again from what is kept of it, and whether the same bytes came out."""

    reference: str
    is_same: bool
    document: Mapping[str, Any]
    sha256: str


def make_cohort_rate(
    session: Session,
    actor: Actor,
    case: str,
    as_of: date,
    *,
    currency: str | None = None,
    parameters: Parameters | None = None,
) -> CohortRateRead:
    """Compute the rate of the cohort of a case from what was heard by a day, and keep it with all of that.

    ``currency``: that of the corridor's comparison where none is given. Who may: case workers. Raises ``CaseUnknown``,
    ``DayWrong``, ``CurrencyUnknown``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    made = _cohort_rate(session, actor, found, as_of, currency, parameters or Parameters())
    moves.told(session, actor, "cohort_rate_made", found, has_rate=made.rate_minor is not None)
    return made


def entitle(
    session: Session,
    actor: Actor,
    case: str,
    as_of: date,
    *,
    currency: str | None = None,
    unreached: bool = False,
    parameters: Parameters | None = None,
) -> EntitlementRead:
    """Decide what the worker of a case is owed as of a day; a later version supersedes the earlier.

    ``unreached``: the person could not be reached, or does not wish to say. Who may: case workers. Raises
    ``CaseUnknown``, ``NotInThisState`` for a withdrawn or closed case, ``DayWrong``, ``CurrencyUnknown``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    if found.state in {CaseState.WITHDRAWN, CaseState.CLOSED}:
        raise NotInThisState(f"The case {case} is {found.state.value}. Reopen it first.", state=found.state.value)
    settings = parameters or Parameters()
    rate = _cohort_rate(session, actor, found, as_of, currency, settings)
    percent = _percent(session, found, as_of)
    account = queries.account_of(session, found.journey_id, as_of, percent)
    word = _word(account, unreached=unreached)
    bases = {each.currency for each in account.paid} | {each.currency for each in account.repaid}
    document = rules.entitlement(
        EntitlementInputs(
            as_of=as_of,
            currency=rate.currency,
            word=word,
            items=account.paid,
            repaid=account.repaid,
            quotes=queries.quotes(session, bases, rate.currency, as_of),
            cohort=rate.document["rate"],
            parameters=settings,
        )
    )
    made = _save(session, actor, found, rate, document)
    moves.told(session, actor, "entitled", found, version=made.version, method=made.method)
    return made


def recompute(session: Session, actor: Actor, entitlement: str) -> Recomputed:
    """Compute an entitlement again from what is kept of it alone. Who may: whoever may read relief.

    Raises ``EntitlementUnknown``, ``DocumentNotReadable``.
    """
    actor.require(Permission.READ_RELIEF)
    found = queries.entitlement(session, entitlement)
    if found is None:
        raise EntitlementUnknown(f"There is no entitlement {entitlement}.")
    document = rules.recompute(found.document)
    again = digest(document).hex()
    is_same = canonical_json(document) == canonical_json(dict(found.document)) and again == found.sha256
    return Recomputed(entitlement, is_same, document, again)


def _word(account: Account, *, unreached: bool) -> OwnWord:
    if account.paid:
        return OwnWord.PAID
    return OwnWord.NONE if account.says_none and not unreached else OwnWord.UNREACHED


def _percent(session: Session, case: CaseRead, as_of: date) -> str | None:
    """Return the highest interest that is stated for a debt of the recruitment; in doubt the worker has more."""
    stated = [
        each.interest_percent
        for each in queries.debts_of(session, case.id, as_of)
        if each.is_current and each.linked_minor > 0 and each.interest_percent is not None
    ]
    return max(stated, key=percent_of, default=None)


def _cohort_rate(
    session: Session, actor: Actor, case: CaseRead, as_of: date, currency: str | None, settings: Parameters
) -> CohortRateRead:
    if as_of > clock.today():
        raise DayWrong("What is owed is decided as of a day that has come.")
    of = queries.recruited(session, case.journey_id)
    code = currency or Corridor.parse(of.corridor).comparison.code
    exponent(code)
    heard = queries.heard_in(session, of.corridor, as_of)
    bases = {item.currency for each in heard for item in each.paid}
    first = min((item.paid_on for each in heard for item in each.paid), default=as_of)
    quotes = Quotes(queries.quotes_near(session, bases, code, first, as_of))
    claims = [claim for each in heard if (claim := _claim(each, quotes, code)) is not None]
    sought = CohortOf(of.corridor, of.agency, of.started_on)
    rate = cohort_rate(claims, sought, code, settings)
    document: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "of": {"corridor": of.corridor, "agency": of.agency, "half_year": half_year(of.started_on)},
        "currency": code,
        "parameters": settings.document(),
        "claims": [_kept(claim) for claim in claims],
        "left_out": len(heard) - len(claims),
        "rates": sorted((each.document() for each in quotes.used), key=lambda each: (each["base"], each["on"])),
        "rate": rate.document() if rate else None,
        "to_review": list(rate.outliers) if rate else [],
    }
    made, reference = new_id(), new_reference("CH")
    row = (
        made, reference, case.operator_id, as_of, of.corridor, of.agency_id, half_year(of.started_on), code,
        rate.amount_minor if rate else None, document, digest(document), actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, CohortRateRow.__table__, _RATE_COLUMNS, [row])
    return queries.CohortRateRead(
        made, reference, as_of, of.corridor, of.agency, half_year(of.started_on), code,
        rate.amount_minor if rate else None, document,
    )  # fmt: skip


def _claim(each: Heard, quotes: Quotes, currency: str) -> CohortClaim | None:
    """Return what somebody says to have paid, in one currency; None where a rate is missing, or nothing was said of it."""
    total = 0
    for item in each.paid:
        if item.currency == currency:
            total += item.amount_minor
            continue
        rate = quotes.latest(item.currency, currency, item.paid_on)
        if rate is None:
            return None
        total += half_up(item.amount_minor * rate.factor)
    if not total and not each.says_none:
        return None
    of = each.of
    return CohortClaim(
        person=of.reference,
        amount_minor=total,
        corridor=of.corridor,
        agency=of.agency,
        recruited_on=of.started_on,
        nationality=None,
        is_independent=each.is_independent,
        none=not total,
    )


def _kept(claim: CohortClaim) -> dict[str, Any]:
    return {
        name: value.isoformat() if name == "recruited_on" else value
        for name, value in asdict(claim).items()
        if name not in {"evidence", "nationality"}
    }


def _save(
    session: Session, actor: Actor, case: CaseRead, rate: CohortRateRead, document: dict[str, Any]
) -> EntitlementRead:
    """Write an entitlement as the next version of its case, and what it is owed in the books in place of the one before."""
    before = queries.entitlements_of(session, case.id)
    made, reference, version = new_id(), new_reference("EN"), len(before) + 1
    as_of = rate.as_of
    row = (
        made, reference, case.id, version, as_of, _method(document), rate.id, document, digest(document), actor.id,
        clock.now(),
    )  # fmt: skip
    insert_many(session, Entitlement.__table__, _COLUMNS, [row])
    due = rules.owed_of(document)
    due.setdefault(document["currency"], 0)
    repaid = {document["currency"]: document["steps"]["repaid_minor"]}
    rows = [(made, code, left + repaid.get(code, 0), repaid.get(code, 0), left) for code, left in sorted(due.items())]
    insert_many(session, EntitlementAmount.__table__, _AMOUNT_COLUMNS, rows)
    if before:
        reverse(
            session, actor, ledger.entries_among(session, {case.book_id}, {before[-1].id}), "entitlement superseded"
        )
    # What this case already brought stands in its book as paid, and an entitlement has it taken off already.
    for code, received in queries.received_of(session, case.id).items():
        due[code] = due.get(code, 0) + received
    draft = posting_rules.entitled(made, case.book_id, due, as_of)
    post(session, actor, [draft] if draft else [])
    return queries.entitlements_of(session, case.id)[-1]


def _method(document: Mapping[str, Any]) -> str:
    has_rate = document["inputs"]["cohort"] is not None
    if document["word"] == OwnWord.NONE.value:
        return "independent_none"
    if document["word"] == OwnWord.UNREACHED.value:
        return "cohort" if has_rate else "nothing_known"
    return "larger" if has_rate else "own"
