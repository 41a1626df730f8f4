"""The scenarios of the world generator: what may be declared, reported and repaid on one journey."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import DECIMALS, FLOOR, is_independent
from tests.oracle.world_draft import FOREIGN, LAST_PAYMENT_DAY, Draft, Journey

WORKER_MAY_PAY = ("worker_loan", "board_lodging", "interview_prep", "passport_replacement_fault", "personal_home_trip")
EMPLOYER_MUST_PAY = (
    "agency_service_fee", "broker_fee", "registration_fee", "medical_exam_origin", "health_insurance", "passport_fee",
    "pre_departure_training", "travel_inland", "travel_international", "visa_fee", "work_permit_fee", "loan_interest",
    "uniform", "owic_card",
)  # fmt: skip
NEVER_LEGITIMATE = ("bribe", "passport_agent", "undisclosed_fee", "bond_deposit", "inflated_markup")
PAYERS = ("worker", "employer", "agency", "fund", "government", "other")
ZERO = Decimal(0)


def minor_unit(currency: str) -> Decimal:
    """Give the smallest amount of a currency."""
    return Decimal(1).scaleb(-DECIMALS[currency])


def tell(draft: Draft, journey: Journey, code: str, money: tuple[Decimal, str], day: date, payee: str = "?") -> None:
    """Report a payment of a day, told some time after it and with the precision that the worker remembers."""
    stated_on = day + timedelta(days=draft.rng.choice((0, 1, 20, 40)))
    written = day.isoformat()
    if draft.chance(0.35):
        written = draft.pick((written[:7], written[:4], ""))
    draft.report(journey, code, money, written, stated_on, payee)


def told_alike(draft: Draft, journey: Journey, code: str) -> None:
    """Declare and report the same payment."""
    currency = draft.currency(journey)
    money, day = (draft.amount(currency), currency), draft.payment_day(journey, currency)
    draft.declare(journey, code, draft.pick(("worker", "worker", "other")), money, day)
    draft.report(journey, code, money, day.isoformat(), day + timedelta(days=draft.rng.choice((0, 9))))


def tolerance_edge(draft: Draft, journey: Journey, code: str) -> None:
    """Let declared and reported differ by the tolerance, or by one minor unit less or more."""
    currency = journey.currency
    unit, floor = minor_unit(currency), Decimal(int(FLOOR[currency]))
    larger = draft.amount(currency) + floor
    if draft.chance(0.3):
        larger = floor * 100 + unit * draft.rng.choice((-1, 0, 1, 50, 100))
    margin = max(larger / 100, floor)
    smaller = larger - (margin // unit) * unit + unit * draft.rng.choice((-1, 0, 0, 1))
    side, reported = draft.rng.choice(((larger, smaller), (smaller, larger)))
    day = draft.day(last=journey.statement_on or LAST_PAYMENT_DAY)
    part = side // 3 if draft.chance(0.4) else ZERO
    draft.declare(journey, code, "worker", (side - part, currency), day)
    if part:
        draft.declare(journey, code, draft.pick(("worker", "other")), (part, currency), day - timedelta(days=3))
    draft.report(journey, code, (reported, currency), day.isoformat(), day)


def statement_edge(draft: Draft, journey: Journey, code: str) -> None:
    """Declare payments around the day up to which the worker's statement reaches."""
    until = journey.statement_on or draft.day(date(2024, 6, 1))
    for offset in draft.rng.sample((-1, 0, 1, 30), draft.rng.randint(1, 3)):
        currency = draft.currency(journey)
        money = (draft.amount(currency), currency)
        draft.declare(journey, code, draft.pick(("worker", "other")), money, until + timedelta(days=offset))


def limit_edge(draft: Draft, journey: Journey, code: str) -> None:
    """Let the committed payer bear the limit, or one minor unit less or more, or half of it."""
    commitment = draft.commitment_for(journey, code)
    payer = commitment["payer"] if commitment else "employer"
    currency = journey.currency
    paid = draft.amount(currency)
    if commitment and commitment["limit_amount"] and commitment["currency"] == currency:
        limit, unit = Decimal(commitment["limit_amount"]), minor_unit(currency)
        paid = max(draft.rng.choice((limit - unit, limit, limit + unit, limit // 2)), ZERO)
    elif draft.chance(0.4):
        currency = draft.foreign(journey)
        paid = draft.amount(currency)
    draft.declare(journey, code, payer, (paid, currency), draft.payment_day(journey, currency))
    money = (draft.amount(journey.currency), journey.currency)
    if draft.chance(0.25):
        unrated = draft.pick(FOREIGN[journey.corridor])
        draft.declare(journey, code, payer, (draft.amount(unrated), unrated), draft.rate_edge(unrated, money[1]))
    day = draft.day()
    if draft.chance(0.6):
        draft.declare(journey, code, draft.pick(("worker", "other")), money, day)
    if draft.chance(0.7):
        tell(draft, journey, code, money, day)


def late_edge(draft: Draft, journey: Journey, code: str) -> None:
    """Report payments around the day of the commitment, with days, months, years and blanks."""
    commitment = draft.commitment_for(journey, code)
    committed_on = date.fromisoformat(commitment["committed_on"]) if commitment else draft.day()
    month_end = committed_on.replace(day=calendar.monthrange(committed_on.year, committed_on.month)[1])
    month_before = committed_on.replace(day=1) - timedelta(days=1)
    choices = (
        (committed_on.isoformat(), committed_on),
        ((committed_on - timedelta(days=1)).isoformat(), committed_on),
        (committed_on.isoformat()[:7], month_end),
        (committed_on.isoformat()[:7], max(committed_on - timedelta(days=1), committed_on.replace(day=1))),
        (month_before.isoformat()[:7], month_end),
        (committed_on.isoformat()[:4], committed_on + timedelta(days=draft.rng.choice((-1, 0, 40)))),
        ("2023", committed_on + timedelta(days=5)),
        ("", committed_on - timedelta(days=9)),
    )
    for paid_on, stated_on in draft.rng.sample(choices, draft.rng.randint(1, 3)):
        if paid_on > stated_on.isoformat():
            continue
        currency = draft.currency(journey)
        draft.report(journey, code, (draft.amount(currency), currency), paid_on, stated_on)


def zero_edge(draft: Draft, journey: Journey, code: str) -> None:
    """State zeros, also in a currency that has no rate."""
    currency = draft.currency(journey)
    day = draft.day()
    draft.declare(journey, code, draft.pick(("worker", "other", "employer")), (ZERO, currency), day)
    if draft.chance(0.5):
        draft.declare(journey, code, "employer", (draft.amount(journey.currency), journey.currency), day)
    if draft.chance(0.4):
        tell(draft, journey, code, (ZERO, draft.currency(journey)), day)


def told_twice(draft: Draft, journey: Journey, code: str) -> None:
    """Report what looks like one payment twice, or differs from it in one field."""
    currency = draft.currency(journey)
    money, day = (draft.amount(currency) if draft.chance(0.85) else ZERO, currency), draft.day()
    payee = draft.pick(("", "agency", "sub_agent", "other"))
    written = draft.pick((day.isoformat(), day.isoformat()[:7], ""))
    draft.report(journey, code, money, written, day, payee)
    second = draft.rng.choice((written, written, day.isoformat()))
    other_payee = payee if draft.chance(0.8) else "unknown"
    draft.report(journey, code, money, second, day + timedelta(days=draft.rng.choice((0, 3))), other_payee)
    if draft.chance(0.5):
        draft.declare(journey, code, "worker", money, day)


def anything(draft: Draft, journey: Journey, code: str) -> None:
    """Declare and report at random: several payers, several reports, several currencies."""
    for _ in range(draft.rng.randint(0, 3)):
        currency = draft.currency(journey)
        money = (draft.amount(currency), currency)
        draft.declare(journey, code, draft.pick(PAYERS), money, draft.payment_day(journey, currency))
    for _ in range(draft.rng.randint(0, 3)):
        currency = draft.currency(journey)
        money = (draft.amount(currency), currency)
        tell(draft, journey, code, money, draft.payment_day(journey, currency))


def declared_by_others(draft: Draft, journey: Journey, code: str) -> None:
    """Declare what the employer, the agency, a fund or the government paid, and nothing for the worker."""
    currency = draft.currency(journey)
    for payer in draft.rng.sample(("employer", "agency", "fund", "government"), draft.rng.randint(1, 2)):
        draft.declare(journey, code, payer, (draft.amount(currency), currency), draft.payment_day(journey, currency))
    if draft.chance(0.6):
        draft.declare(journey, code, "worker", (ZERO, journey.currency), draft.day())


SCENARIOS = (
    told_alike, tolerance_edge, tolerance_edge, statement_edge, limit_edge, limit_edge, late_edge, zero_edge,
    told_twice, anything, anything, declared_by_others,
)  # fmt: skip


def add_statements(draft: Draft, journey: Journey, sound: bool) -> None:
    """Add the worker's statements of nothing more; a sound journey has one that counts."""
    if journey.statement_on is None:
        return
    for number in range(draft.rng.choice((1, 1, 2))):
        counts = sound or draft.chance(0.7)
        checkpoints = ("pre_departure", "arrival", "post_placement")
        checkpoint = draft.pick(checkpoints if counts else (*checkpoints, "", "first_contact", "selection"))
        stated_on = journey.statement_on - timedelta(days=40 * number)
        cells = {"reference": draft.reference("RP"), "journey": journey.reference, "fee_item": "none", "payee": ""}
        cells |= {"amount": "0", "currency": "", "paid_on": "", "stated_on": stated_on.isoformat()}
        cells |= {"checkpoint": checkpoint, "evidence": draft.pick(("", "B")), "deducted": ""}
        draft.tables["reports"].append({**cells, **draft.channel(counts)})


def add_end_of_declaration(draft: Draft, journey: Journey, sound: bool) -> None:
    """Say that the declaration is complete, most of the time."""
    for number in range(1 if sound else draft.rng.choice((0, 1, 1, 1, 2))):
        day = date(2024, 10, 1 + number)
        draft.declare(journey, "none", "worker", (ZERO, journey.currency), day, "")


def correct_reports(draft: Draft, journey: Journey) -> None:
    """Correct some reports of the journey: another amount, item, day or payee; a statement may become a payment."""
    own = [row for row in draft.tables["reports"] if row["journey"] == journey.reference]
    for row in own:
        if not draft.chance(0.15):
            continue
        corrected = dict(row)
        for _ in range(draft.rng.choice((1, 1, 2))):
            corrected = dict(corrected)
            stated_on = date.fromisoformat(corrected["stated_on"]) + timedelta(days=draft.rng.randint(1, 10))
            corrected["stated_on"] = stated_on.isoformat()
            corrected |= draft.channel(is_independent(corrected) or draft.chance(0.5))
            if corrected["fee_item"] != "none" or draft.chance(0.3):
                currency = draft.currency(journey)
                corrected |= {"amount": draft.money(draft.amount(currency), currency), "currency": currency}
                corrected["fee_item"] = draft.pick(draft.codes) if row["fee_item"] == "none" else row["fee_item"]
                if draft.chance(0.2):
                    corrected["fee_item"] = draft.pick(draft.codes)
                if draft.chance(0.3):
                    corrected["payee"] = draft.pick(("agency", "sub_agent", "official"))
            later = draft.corrections if draft.chance(0.6) else draft.tables["reports"]
            # A second correction must stay below the first in the file.
            if any(other["reference"] == row["reference"] for other in draft.corrections):
                later = draft.corrections
            later.append(corrected)


def add_repayment(draft: Draft, journey: Journey, money: tuple[Decimal, str], code: str, sound: bool) -> None:
    """Add one repayment, confirmed in one of many ways or not at all, and sometimes its update."""
    amount, currency = money
    paid_on = draft.rate_edge(currency, journey.currency) if draft.chance(0.4) else draft.day(date(2024, 3, 1))
    cells = {"reference": draft.reference("RE"), "journey": journey.reference, "fee_item": code}
    cells |= {"paid_by": draft.pick(("employer", "agency", "fund", "other")), "amount": draft.money(amount, currency)}
    cells |= {"currency": currency, "paid_on": paid_on.isoformat()}
    unasked = dict.fromkeys(("confirmed", "confirmed_amount", "confirmed_on", "channel", "witnessed"), "")
    asked = {"confirmed": "all" if sound else draft.pick(("all", "all", "less", "less", "nothing"))}
    asked["confirmed_on"] = (paid_on + timedelta(days=draft.rng.randint(0, 30))).isoformat()
    asked |= draft.channel(sound or draft.chance(0.7))
    if asked["confirmed"] == "less":
        unit = minor_unit(currency)
        received = draft.rng.choice((ZERO, amount, amount - unit, (amount / 2 // unit) * unit))
        asked["confirmed_amount"] = draft.money(max(received, ZERO), currency)
    if not sound and draft.chance(0.1):
        asked["channel"] = ""
    postings = [[unasked, asked], [asked]] if sound else [[unasked], [asked], [asked], [unasked, asked]]
    draft.tables["repayments"] += [cells | unasked | answer for answer in draft.rng.choice(postings)]


def add_repayments(draft: Draft, journey: Journey) -> None:
    """Repay some of what was declared or reported on the journey, and amounts without an item."""
    for row in [row for row in draft.tables["reports"] if row["journey"] == journey.reference]:
        if row["fee_item"] != "none" and draft.chance(0.35):
            code = draft.pick((row["fee_item"], row["fee_item"], "", draft.pick(draft.codes)))
            add_repayment(draft, journey, (Decimal(row["amount"]), row["currency"]), code, sound=False)
    if draft.chance(0.2):
        currency = draft.currency(journey)
        add_repayment(draft, journey, (draft.amount(currency), currency), draft.pick(("", *WORKER_MAY_PAY)), False)


def add_debt_and_collateral(draft: Draft, journey: Journey) -> None:
    """Add debts that are paid off or not, and collateral that is returned or not."""
    if draft.chance(0.2):
        currency = draft.currency(journey)
        principal = draft.money(draft.amount(currency), currency)
        creditors = ("sub_agent", "agency", "employer", "vessel_owner", "lender", "family", "other")
        cells = {"reference": draft.reference("DE"), "journey": journey.reference, "creditor": draft.pick(creditors)}
        cells |= {"principal": principal, "currency": currency, "taken_on": journey.started_on.isoformat()}
        cells["recruitment_linked"] = draft.pick(("yes", "yes", "no"))
        draft.tables["debts"].append(cells | {"outstanding": principal, "as_of": "2024-05-01"})
        if draft.chance(0.6):
            draft.tables["debts"].append(cells | {"outstanding": draft.pick(("0", principal)), "as_of": "2024-11-01"})
    if draft.chance(0.15):
        cells = {"reference": draft.reference("CO"), "journey": journey.reference, "what": "land title"}
        cells |= {"holder": draft.pick(("sub_agent", "lender")), "taken_on": journey.started_on.isoformat()}
        returned_on = draft.pick(("", "2024-10-19"))
        draft.tables["collateral"].append(cells | {"returned_on": returned_on})
        if not returned_on and draft.chance(0.5):
            draft.tables["collateral"].append(cells | {"returned_on": "2024-11-20"})


def settled_journey(draft: Draft, journey: Journey) -> None:
    """Make a journey whose only cost is repaid to about the floor, or is about the floor and not repaid."""
    journey.statement_on = draft.day(date(2024, 10, 2), date(2024, 10, 30))
    add_statements(draft, journey, sound=True)
    add_end_of_declaration(draft, journey, sound=True)
    code = draft.pick([code for code in draft.codes if code not in WORKER_MAY_PAY])
    currency = journey.currency
    floor, unit = Decimal(int(FLOOR[currency])), minor_unit(currency)
    tiny = draft.chance(0.3)
    borne, day = draft.amount(currency) + floor * 3, draft.payment_day(journey, currency)
    if tiny:
        borne = draft.rng.choice((unit, floor - unit, floor, floor + unit))
    draft.declare(journey, code, "worker", (borne, currency), day, "official")
    draft.report(journey, code, (borne, currency), day.isoformat(), day, "official")
    if tiny:
        return
    left = draft.rng.choice((floor - unit, floor, floor + unit, ZERO, -unit))
    add_repayment(draft, journey, (borne - left, currency), draft.pick((code, "")), sound=True)


def clean_journey(draft: Draft, journey: Journey) -> None:
    """Make a journey on which nothing, or only what a worker may pay, is found."""
    journey.statement_on = draft.day(date(2024, 10, 2), date(2024, 10, 30))
    add_statements(draft, journey, sound=True)
    add_end_of_declaration(draft, journey, sound=True)
    money = (draft.amount(journey.currency), journey.currency)
    draft.declare(journey, draft.pick(EMPLOYER_MUST_PAY), "employer", money, draft.payment_day(journey, money[1]))
    if draft.chance(0.6):
        code, day = draft.pick(WORKER_MAY_PAY), draft.day()
        payee = draft.pick(("other", "unknown", "sub_agent", "", "lender"))
        draft.declare(journey, code, "worker", money, day, payee)
        draft.report(journey, code, money, day.isoformat(), day, payee)


def fill_journey(draft: Draft, journey: Journey) -> None:
    """Fill one journey with what is declared, reported, repaid, owed and held."""
    kind = draft.pick(("settled", "clean", *["mixed"] * 6))
    if kind == "settled":
        settled_journey(draft, journey)
        return
    if kind == "clean":
        clean_journey(draft, journey)
        return
    journey.statement_on = draft.day(date(2024, 6, 1), date(2024, 10, 30)) if draft.chance(0.8) else None
    if not draft.chance(0.1):
        for code in draft.rng.sample(draft.codes, draft.rng.randint(0, 4)):
            draft.rng.choice(SCENARIOS)(draft, journey, code)
        add_end_of_declaration(draft, journey, sound=False)
    add_statements(draft, journey, sound=False)
    add_repayments(draft, journey)
    correct_reports(draft, journey)
    add_debt_and_collateral(draft, journey)
