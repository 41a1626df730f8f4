"""``/cohort-rates`` and ``/entitlements``: what workers are owed, and how it was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.relief import queries
from recruitment.relief.api.posting import posts
from recruitment.relief.schemas import documents, sent, told
from recruitment.relief.services import entitling, reading
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.idempotency import answer
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.web.pagination import Asked

owed = ApiBlueprint("relief-entitlements", "What workers are owed: rates of cohorts, and entitlements.")


@reads(owed, "/cohort-rates", Permission.READ_RELIEF, asks=PageArguments, answers=told.CohortRatePageSchema)
def list_cohort_rates(asked: Asked) -> ResponseReturnValue:
    """List rates of cohorts, with what they are made of.

    In order of reference. They are for case workers and auditors: they tell of more people than one.
    """
    with read_session() as session:
        rows = queries.cohort_rate_page(session, after=asked.after, limit=asked.fetch)
    page = paged([documents.without_claims(row) for row in rows], asked, key=lambda row: row.reference)
    return page_answer("cohort_rates", told.CohortRateSchema(), page)


@posts(owed, "/cohort-rates", Permission.WORK_RELIEF, sent.NewRateSchema, told.MadeSchema)
def make_cohort_rate(given: dict[str, Any]) -> ResponseReturnValue:
    """Compute the rate of the cohort of a case."""
    with unit_of_work() as session:
        made = entitling.make_cohort_rate(
            session, actor(), given["case"], given["as_of"], currency=given["currency"], parameters=given["parameters"]
        )
        return answer(session, {"reference": made.reference})


@posts(
    owed,
    "/relief-cases/<reference:reference>/entitlements",
    Permission.WORK_RELIEF,
    sent.NewEntitlementSchema,
    told.EntitlementMadeSchema,
)
def entitle_worker(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Compute what the worker is owed.

    It reads amounts, never a status: a missing declaration or rate delays nobody.
    """
    with unit_of_work() as session:
        made = entitling.entitle(
            session, actor(), reference, given["as_of"],
            currency=given["currency"], unreached=given["unreached"], parameters=given["parameters"],
        )  # fmt: skip
        return answer(session, {"reference": made.reference, "version": made.version, "sha256": made.sha256})


@reads(
    owed,
    "/entitlements/<reference:reference>",
    Permission.READ_RELIEF,
    asks=sent.ReadArguments,
    answers=told.WholeEntitlementSchema,
)
def show_entitlement(asked: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Read an entitlement with its inputs and steps.

    Needs a purpose; the reading is kept in the audit record.
    """
    with unit_of_work() as session:
        found = reading.read_entitlement(session, actor(), reference, purpose=asked["purpose"])
    return documents.told_entitlement(found), 200


@reads(
    owed,
    "/entitlements/<reference:reference>/recomputation",
    Permission.READ_RELIEF,
    asks=sent.ReadArguments,
    answers=told.RecomputedSchema,
)
def recompute_entitlement(asked: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Compute an entitlement again from its stored inputs.

    Nothing is changed; `is_same` says whether it came out the same, to the byte. Needs a purpose; the reading is kept in
    the audit record.
    """
    with unit_of_work() as session:
        found = reading.recompute(session, actor(), reference, purpose=asked["purpose"])
    return one_answer(told.RecomputedSchema(), found)
