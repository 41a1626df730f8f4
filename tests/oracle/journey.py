"""The comparison of one journey: its items, findings, sums and status (the oracle's second half)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.comparison import (
    CLOSING_CHECKPOINTS,
    COMPARISON_CURRENCY,
    FLOOR,
    RECRUITER_PAYEES,
    WORKER_SIDE,
    ZERO,
    Amount,
    Row,
    World,
    convert,
    date_of_report,
    is_independent,
    money_text,
    round_to_minor,
    to_amount,
    tolerance,
)
from tests.oracle.law import Breach, Case, Payment, find_breaches

OF_LAW = ("legal_breach", "deduction_over_limit")


def total(amounts: list[Amount]) -> Fraction:
    """Sum what the rows count for."""
    return sum((row.counted for row in amounts), ZERO)


def lacks_rate(amounts: list[Amount]) -> bool:
    """Say whether a row could not be converted."""
    return any(row.value is None for row in amounts)


class ItemComparison:
    """One fee item of one journey: the three accounts of it and the findings that follow."""

    def __init__(self, journey: JourneyComparison, code: str) -> None:
        """Collect the rows of the item and its sums."""
        self.journey = journey
        self.code = code
        self.ilo, self.epp = journey.world.fee_verdicts[code]
        self.declared = [row for row in journey.declared if row.fee_item == code]
        self.reports = [row for row in journey.reported if row.fee_item == code]
        self.side_rows = [row for row in self.declared if row.payer in WORKER_SIDE]
        self.side = total(self.side_rows)
        self.reported = total(self.reports)
        self.decision = journey.decided.get(code)
        self.worker_borne = max(self.side, self.reported) if self.decision is None else self.decision.verified
        named = journey.commitments
        self.commitment: Row | None = named.get(code, named.get("*"))

    @property
    def is_breach_of_principle(self) -> bool:
        """Say whether the worker should never have borne this item."""
        return self.epp in {"employer_must_pay", "never_legitimate"}

    @property
    def awaits_worker(self) -> bool:
        """Say whether it was decided below the worker's own account, and the worker has not agreed."""
        if self.decision is None or self.decision.validated:
            return False
        return self.decision.verified < self.reported or lacks_rate(self.reports)

    def at_most_decided(self, amount: Fraction) -> Fraction:
        """Give an amount, or what was decided where that is less."""
        return amount if self.decision is None else min(amount, self.decision.verified)

    def limit(self) -> tuple[Fraction, str] | None:
        """Give the commitment's limit in its own currency, None when there is no limit."""
        if self.commitment is None or not self.commitment["limit_amount"]:
            return None
        return Fraction(self.commitment["limit_amount"]), self.commitment["currency"]

    def converted_limit(self) -> Fraction | None:
        """Give the limit at the rate of the day on which the journey started, None without a rate or a limit."""
        limit = self.limit()
        if limit is None:
            return None
        return convert(self.journey.world, limit[0], limit[1], self.journey.currency, self.journey.started_on)

    def as_json(self) -> dict[str, Any]:
        """Give the item as the contract's JSON."""
        currency = self.journey.currency
        committed = None
        if self.commitment is not None:
            limit = self.limit()
            shown = None if limit is None else {"amount": money_text(*limit), "currency": limit[1]}
            committed = {"payer": self.commitment["payer"], "limit": shown}
        payers = sorted({row.payer for row in self.declared})
        decided: dict[str, Any] = {}
        if self.decision is not None:
            decided = {"verified": money_text(self.decision.verified, currency), "awaits_worker": self.awaits_worker}
        return {
            **decided,
            "fee_item": self.code,
            "declared": {
                payer: money_text(total([row for row in self.declared if row.payer == payer]), currency)
                for payer in payers
            },
            "committed": committed,
            "reported": money_text(self.reported, currency) if self.reports else None,
            "worker_borne": money_text(self.worker_borne, currency),
        }

    def findings(self) -> list[dict[str, Any]]:
        """Give the findings of the item in the order of the contract's table."""
        borne = self.worker_borne
        found = [
            self.finding("undeclared_payment", self.undeclared_payment()),
            self.finding("unconfirmed_declaration", self.unconfirmed_declaration()),
            self.finding("commitment_breach", self.commitment_breach()),
            self.finding("principle_breach", borne if self.is_breach_of_principle else ZERO),
            self.finding("illegitimate_cost", borne if self.ilo == "illegitimate_cost" else ZERO),
            self.finding("misfiled_cost", self.at_most_decided(self.misfiled_cost())),
            *(told_breach(breach) for breach in self.journey.breaches if breach.item == self.code),
            self.finding("late_commitment", self.at_most_decided(self.late_commitment())),
        ]
        if self.decision is not None:
            found[0]["state"] = found[1]["state"] = "adjudicated"
        found += [self.finding("rate_missing", amount, unit) for unit, amount in sorted(self.left_out().items())]
        return [each for each in found if Fraction(each["amount"]) > 0]

    def finding(self, kind: str, amount: Fraction, currency: str = "") -> dict[str, Any]:
        """Give a finding of the item as the contract's JSON, in the comparison currency unless it names another."""
        unit = currency or self.journey.currency
        return {"kind": kind, "fee_item": self.code, "amount": money_text(amount, unit), "currency": unit}

    def undeclared_payment(self) -> Fraction:
        """Give what the worker named beyond the declared worker's side, 0 within the tolerance."""
        if not self.journey.has_declaration or lacks_rate(self.side_rows):
            return ZERO
        difference = self.reported - self.side
        return difference if difference > tolerance(self.reported, self.side, self.journey.currency) else ZERO

    def unconfirmed_declaration(self) -> Fraction:
        """Give what was declared up to the worker's statement and is not in the worker's account."""
        until = self.journey.covered_until
        if until is None or lacks_rate(self.reports):
            return ZERO
        covered = total([row for row in self.side_rows if row.dated <= until])
        difference = covered - self.reported
        return difference if difference > tolerance(covered, self.reported, self.journey.currency) else ZERO

    def commitment_breach(self) -> Fraction:
        """Give what the worker bore beyond what the commitment leaves to the worker."""
        if self.commitment is None or self.commitment["payer"] == "worker":
            return ZERO
        allowed = ZERO
        if self.limit() is not None:
            limit = self.converted_limit()
            payer_rows = [row for row in self.declared if row.payer == self.commitment["payer"]]
            if limit is None or lacks_rate(payer_rows):
                return ZERO
            allowed = max(total(payer_rows) + self.worker_borne - limit, ZERO)
        return max(self.worker_borne - allowed, ZERO)

    def misfiled_cost(self) -> Fraction:
        """Give what went to a recruiter under an item that a worker may pay."""
        if self.epp != "worker_may_pay":
            return ZERO
        return max(
            total([row for row in self.side_rows if row.payee in RECRUITER_PAYEES]),
            total([row for row in self.reports if row.payee in RECRUITER_PAYEES]),
        )

    def late_commitment(self) -> Fraction:
        """Give what the worker paid before somebody else committed to pay it."""
        if self.commitment is None or self.commitment["payer"] == "worker":
            return ZERO
        committed_on = date.fromisoformat(self.commitment["committed_on"])
        return total([row for row in self.reports if row.written_date and row.dated < committed_on])

    def left_out(self) -> dict[str, Fraction]:
        """Give what could not be converted, by currency: declared and reported rows unless decided, and the limit."""
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for row in self.declared + self.reports if self.decision is None else []:
            if row.value is None:
                sums[row.currency] += row.amount
        limit = self.limit()
        if limit is not None and self.converted_limit() is None:
            sums[limit[1]] += limit[0]
        return sums


def month_of(row: Amount) -> str:
    """Give the month of a payment as the worker said it, blank when only the year or nothing is known."""
    return row.written_date[:7] if len(row.written_date) > len("2024") else ""


def told_breach(breach: Breach) -> dict[str, Any]:
    """Give what breaks a rule as the contract's JSON."""
    rule, amount = breach.rule, round_to_minor(breach.amount, breach.currency)
    found: dict[str, Any] = {
        "kind": breach.kind,
        "fee_item": breach.item,
        "amount": money_text(amount, breach.currency),
    }
    found |= {"currency": breach.currency, "rule": rule.id, "side": rule.side, "source": rule.source}
    found |= {"confidence": rule.confidence}
    if rule.is_advisory:
        found["advisory"] = True
    return found | ({"unless": rule.unless} if rule.unless else {})


class JourneyComparison:
    """One journey: what is declared, committed and reported, and what follows from it."""

    def __init__(self, world: World, row: Row) -> None:
        """Collect the rows of the journey."""
        self.world = world
        self.reference = row["reference"]
        self.agency = row["agency"]
        self.demand_letter = row["demand_letter"]
        self.started_on = date.fromisoformat(row["started_on"])
        self.currency = COMPARISON_CURRENCY[row["corridor"].split("-")[-1]]
        self.commitments = world.commitments.get(self.demand_letter, {}) if self.demand_letter else {}
        self.declaration_lines = world.declarations.get(self.reference, [])
        self.report_rows = world.reports.get(self.reference, [])
        self.declared = [
            to_amount(world, line, self.currency, date.fromisoformat(line["paid_on"]))
            for line in self.declaration_lines
            if line["fee_item"] != "none"
        ]
        self.reported = [
            to_amount(world, report, self.currency, date_of_report(report))
            for report in self.report_rows
            if report["fee_item"] != "none"
        ]
        self.has_declaration = bool(self.declaration_lines)
        self.is_complete = any(line["fee_item"] == "none" for line in self.declaration_lines)
        self.covered_until = self.find_covered_until()
        self.decided = world.decided.get(self.reference, {})
        self.breaches = self.find_breaches(row["corridor"])
        codes = sorted({amount.fee_item for amount in self.declared + self.reported} | set(self.decided))
        self.items = [ItemComparison(self, code) for code in codes]

    def find_breaches(self, corridor: str) -> list[Breach]:
        """Give what the worker's payments break of the law of the corridor, by rule."""
        lines = [
            Payment(True, row.fee_item, row.payee, row.amount, row.currency, row.dated)
            for row in self.declared
            if row.payer in WORKER_SIDE
        ]
        said = [row for row in self.report_rows if row["fee_item"] != "none"]
        reports = [
            Payment(False, row.fee_item, row.payee, row.amount, row.currency, row.dated, month_of(row))._replace(
                is_deducted=report["deducted"] == "yes"
            )
            for row, report in zip(self.reported, said, strict=True)
        ]
        decided = {item: decision.verified for item, decision in self.decided.items()}
        wage = self.world.wages.get(self.demand_letter)
        case = Case(lines + reports, decided, wage, self.currency, self.converted, round_to_minor)
        found = find_breaches(self.world.law.get(corridor, []), case)
        return sorted(found, key=lambda breach: (OF_LAW.index(breach.kind), breach.rule.id, breach.currency))

    def converted(self, amount: Fraction, currency: str, on: date) -> Fraction | None:
        """Convert an amount to the comparison currency, None without a rate."""
        return convert(self.world, amount, currency, self.currency, on)

    def find_covered_until(self) -> date | None:
        """Give the latest day of an independent statement that nothing more was paid."""
        days = [
            date.fromisoformat(row["stated_on"])
            for row in self.report_rows
            if row["fee_item"] == "none" and row["checkpoint"] in CLOSING_CHECKPOINTS and is_independent(row)
        ]
        return max(days, default=None)

    def repaid(self) -> Fraction:
        """Sum the repayments that the worker confirmed where nobody could lean on the answer."""
        sum_repaid = ZERO
        for row in self.world.repayments.get(self.reference, []):
            if row["fee_item"] and self.world.fee_verdicts[row["fee_item"]][1] == "worker_may_pay":
                continue
            if row["confirmed"] not in {"all", "less"} or not is_independent(row):
                continue
            received = Fraction(row["amount"] if row["confirmed"] == "all" else row["confirmed_amount"])
            value = convert(self.world, received, row["currency"], self.currency, date.fromisoformat(row["paid_on"]))
            sum_repaid += ZERO if value is None else value
        return sum_repaid

    def remedy_due(self) -> Fraction:
        """Give what is still owed to the worker; what is left below the floor is nothing."""
        borne = sum((item.worker_borne for item in self.items if item.is_breach_of_principle), ZERO)
        left = borne - self.repaid()
        return left if left >= FLOOR[self.currency] else ZERO

    def journey_findings(self) -> list[str]:
        """Name the findings of the journey as a whole, in order."""
        held = {
            "missing_declaration": bool(self.agency) and not self.has_declaration,
            "incomplete_declaration": self.has_declaration and not self.is_complete,
            "missing_statement": self.covered_until is None,
            "missing_commitment": bool(self.demand_letter) and not self.commitments,
            "duplicate_receipt": any(
                (self.agency, line["receipt"]) in self.world.repeated_receipts for line in self.declaration_lines
            ),
            "possible_duplicate": self.has_possible_duplicate(),
            "licence_invalid": any(row.amount > 0 and not self.is_licensed(row.dated) for row in self.declared),
        }
        return [kind for kind, holds in held.items() if holds]

    def has_possible_duplicate(self) -> bool:
        """Say whether two current payment reports look like one payment told twice."""
        alike = Counter((row.fee_item, row.payee, row.amount, row.currency, row.written_date) for row in self.reported)
        return any(count > 1 for count in alike.values())

    def is_licensed(self, day: date) -> bool:
        """Say whether the agency was licensed on a day: ends inclusive, a blank end open, no dates never."""
        organisation = self.world.organisations[self.agency]
        first, last = organisation["licence_valid_from"], organisation["licence_valid_until"]
        if not first and not last:
            return False
        return (not first or date.fromisoformat(first) <= day) and (not last or day <= date.fromisoformat(last))

    def has_open_debt_or_collateral(self) -> bool:
        """Say whether recruitment debt is outstanding or collateral was not returned."""
        owing = any(
            row["recruitment_linked"] == "yes" and Fraction(row["outstanding"]) > 0
            for row in self.world.debts.get(self.reference, [])
        )
        return owing or any(not row["returned_on"] for row in self.world.collateral.get(self.reference, []))

    def status(self, findings: list[dict[str, Any]]) -> str:
        """Give the first status that holds."""
        kinds = {finding["kind"] for finding in findings}
        disputed = {finding["kind"] for finding in findings if finding.get("state") != "adjudicated"}
        may_pay = {item.code for item in self.items if item.epp == "worker_may_pay"}
        if disputed & {"undeclared_payment", "unconfirmed_declaration"} or any(
            each.awaits_worker for each in self.items
        ):
            return "in_dispute"
        if self.remedy_due() > 0 or self.has_open_debt_or_collateral():
            return "remedy_due"
        breached = {finding["fee_item"] for finding in findings if finding["kind"] == "commitment_breach"}
        for breach in self.breaches:
            breached |= set() if breach.rule.is_advisory else breach.items
        if kinds & {"misfiled_cost", "deduction_over_limit"} or breached & may_pay:
            return "review"
        if (self.agency and not self.is_complete) or self.covered_until is None or "rate_missing" in kinds:
            return "unverified"
        if "principle_breach" in kinds and self.repaid() > 0:
            return "remediated"
        return "debt_free"

    def result(self) -> dict[str, Any]:
        """Give the journey as the contract's JSON object."""
        findings = [finding for item in self.items for finding in item.findings()]
        findings += [told_breach(breach) for breach in self.breaches if breach.item is None]
        findings += [{"kind": kind, "fee_item": None} for kind in self.journey_findings()]
        return {
            "journey": self.reference,
            "status": self.status(findings),
            "currency": self.currency,
            "covered_until": None if self.covered_until is None else self.covered_until.isoformat(),
            "worker_borne": money_text(sum((item.worker_borne for item in self.items), ZERO), self.currency),
            "repaid": money_text(self.repaid(), self.currency),
            "remedy_due": money_text(self.remedy_due(), self.currency),
            "items": [item.as_json() for item in self.items],
            "findings": findings,
        }
