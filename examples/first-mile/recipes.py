"""What can happen on a journey: a recipe writes the rows of one person; PLAN says who goes through which, and when."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from make_example import Trip

COPIES = ("interview_prep", "registration", "other", "12000.00", "MMK")
TEN = Decimal(10)


def upwards(amount: Decimal) -> Decimal:
    """Round up to whole tens, as employers pay back."""
    return (amount / TEN).to_integral_value(ROUND_CEILING) * TEN + Decimal("0.00")


def free(trip: Trip) -> None:
    """The employer paid everything, and the worker says so twice."""
    trip.write_stages()
    trip.employer_paid()
    trip.complete()
    trip.nothing_more("pre_departure")
    trip.nothing_more()


def free_after_second_medical(trip: Trip) -> None:
    """As free, but the medical failed at first; the training before departure was skipped."""
    trip.write_stages(failed="medical_origin", skipped="pre_departure")
    trip.employer_paid()
    trip.declare(("medical_repeat", "medical_origin", "clinic", "30000.00", "MMK"), "employer")
    trip.complete()
    trip.nothing_more("arrival", channel="chat")
    trip.nothing_more(channel="hotline")


def own_copies(trip: Trip) -> None:
    """Free but for photographs and copies before any offer, which a worker may pay."""
    trip.write_stages()
    trip.employer_paid()
    trip.declare(COPIES, "worker")
    trip.complete()
    trip.tell(COPIES, evidence="A")
    trip.nothing_more()


def repaid_all(trip: Trip) -> None:
    """The agency declared what the worker paid, the employer paid it back, the worker confirms all of it."""
    trip.write_stages()
    items = trip.random.sample(["passport_fee", "medical_exam_origin", "agency_service_fee"], 2)
    trip.employer_paid(*items)
    borne = trip.told_as_declared(*items)
    trip.complete()
    trip.nothing_more()
    trip.repay(upwards(borne), "all")


def repaid_in_kyat(trip: Trip) -> None:
    """The same kyat were paid back half a year later: fewer baht by then, and the rest is still due."""
    trip.write_stages()
    trip.employer_paid("travel_international")
    trip.told_as_declared("travel_international")
    trip.complete()
    trip.nothing_more()
    trip.repay(Decimal("500000.00"), "all", currency="MMK", fee_item="travel_international")


def repaid_less(trip: Trip) -> None:
    """The employer says that it paid all back; the worker got three fifths."""
    trip.write_stages()
    trip.employer_paid("medical_exam_origin", "welfare_fund", "life_insurance", "agency_service_fee")
    borne = upwards(trip.told_as_declared("medical_exam_origin", "welfare_fund", "life_insurance"))
    trip.complete()
    trip.nothing_more()
    trip.repay(borne, "less", confirmed_amount=str(borne * 3 / 5 + Decimal("0.00")))


def repaid_nothing(trip: Trip) -> None:
    """The agency says that it paid back; the worker has seen nothing."""
    trip.write_stages()
    trip.employer_paid("agency_service_fee", "passport_fee")
    borne = trip.told_as_declared("agency_service_fee", "passport_fee")
    trip.complete()
    trip.nothing_more()
    trip.repay(upwards(borne), "nothing", paid_by="agency")


def repaid_not_asked(trip: Trip) -> None:
    """A repayment is recorded, and nobody has asked the worker yet."""
    trip.write_stages()
    trip.employer_paid("medical_exam_origin")
    borne = trip.told_as_declared("medical_exam_origin")
    trip.complete()
    trip.nothing_more()
    trip.repay(upwards(borne))


def repaid_before_the_manager(trip: Trip) -> None:
    """The worker confirmed all of it in the manager's office: that does not count."""
    trip.write_stages()
    trip.employer_paid("passport_fee", "health_insurance")
    borne = trip.told_as_declared("passport_fee", "health_insurance")
    trip.complete()
    trip.nothing_more()
    trip.repay(upwards(borne), "all", channel="management_interview")


def broker_in_the_village(trip: Trip) -> None:
    """An honest agency that does not know what the broker took in the village."""
    trip.write_stages()
    trip.employer_paid()
    trip.declare(("broker_fee", "first_contact", "sub_agent", "0", trip.currency), "worker")
    trip.complete()
    fee = trip.random.choice(["900000.00", "1050000.00", "1200000.00"])
    month = trip.days["first_contact"].isoformat()[:7]
    trip.tell(("broker_fee", "first_contact", "sub_agent", fee, "MMK"), paid_on=month, evidence="C")
    trip.nothing_more(channel="ambassador")
    trip.owe("lender", "600000.00", "MMK", "yes", "600000.00", "350000.00")


def new_route(trip: Trip) -> None:
    """The route was closed, the flight cost more than the promised limit, and the worker paid a part."""
    trip.write_stages()
    trip.employer_paid("travel_international")
    employer, worker = trip.random.choice([("300000.00", "200000.00"), ("100000.00", "400000.00")])
    trip.declare(("travel_international", "travel", "transport", employer, "MMK"), "employer")
    flight = ("travel_international", "travel", "transport", worker, "MMK")
    trip.declare(flight, "worker")
    trip.tell(flight)
    trip.complete()
    trip.nothing_more()


def no_letter_yet(trip: Trip) -> None:
    """Recruited before there was a demand letter; the worker paid the passport."""
    trip.write_stages()
    trip.employer_paid("passport_fee")
    trip.told_as_declared("passport_fee")
    trip.complete()
    trip.nothing_more()


def on_the_way(trip: Trip) -> None:
    """Not gone yet: first words at the selection only, and a declaration that goes on."""
    trip.write_stages(until="contract_signing")
    for cost in trip.costs("passport_fee", "medical_exam_origin", "agency_service_fee"):
        trip.declare(cost, "employer")
    trip.nothing_more("selection")


def direct(trip: Trip) -> None:
    """Went to the factory without an agency, at nobody's cost."""
    trip.write_stages()
    trip.nothing_more()


def crew_advance(trip: Trip) -> None:
    """A fishing crew member who owes the boat's owner and pays it off from the wage."""
    trip.write_stages()
    month = trip.days["placement"].isoformat()[:7]
    trip.tell(("vessel_advance_debt", "placement", "employer", "900.00", "THB"), paid_on=month, deducted="yes")
    trip.nothing_more(channel="ambassador")
    trip.owe("vessel_owner", "15000.00", "THB", "yes", "15000.00", "14100.00")


def crew_debt_cancelled(trip: Trip) -> None:
    """A fishing crew member whose owner wrote the debt off; nothing else was paid."""
    trip.write_stages()
    trip.nothing_more(channel="ambassador")
    trip.owe("vessel_owner", "12000.00", "THB", "yes", "12000.00", "0")


def crew_repaid_by_the_fund(trip: Trip) -> None:
    """A fishing crew member whose papers the fund paid back; what is still owed is an advance asked for freely."""
    trip.write_stages()
    papers = ("credential_check", "placement", "official", "2100.00", "THB")
    trip.tell(papers, paid_on="", evidence="C")
    trip.nothing_more(channel="ambassador")
    trip.repay(Decimal("2100.00"), "all", paid_by="fund")
    trip.owe("vessel_owner", "3000.00", "THB", "no", "3000.00", "1000.00")


def careless(trip: Trip) -> None:
    """The agency forgot to say that its declaration is complete."""
    trip.write_stages(skipped="pre_departure")
    trip.employer_paid()
    trip.nothing_more("arrival")
    trip.nothing_more()


def undeclared_and_paid(trip: Trip) -> None:
    """The agency declared nothing at all; the worker paid a lump sum that nobody explained."""
    trip.write_stages()
    trip.tell(("undisclosed_fee", "registration", "agency", "650.00", "USD"), paid_on=str(trip.days["travel"].year))
    trip.nothing_more()


def undeclared(trip: Trip) -> None:
    """The agency declared nothing, and the worker paid nothing."""
    trip.write_stages()
    trip.nothing_more()


def one_receipt_for_two(trip: Trip) -> None:
    """The receipt of this payment is in another journey, too."""
    trip.write_stages()
    trip.employer_paid("agency_service_fee")
    trip.told_as_declared("agency_service_fee", receipt="TR-0077")
    trip.complete()
    trip.nothing_more()


def declared_too_much(trip: Trip) -> None:
    """The agency declared more of the worker's money than the worker says was paid."""
    trip.write_stages()
    trip.employer_paid("agency_service_fee")
    fee = trip.costs("agency_service_fee")[0]
    trip.declare(fee, "worker")
    trip.tell((*fee[:3], "200.00", "USD"))
    trip.complete()
    trip.nothing_more()


def paid_in_riel(trip: Trip) -> None:
    """The bus was paid in riel, for which nobody entered a rate."""
    trip.write_stages()
    trip.employer_paid()
    trip.complete()
    trip.tell(("travel_inland", "registration", "transport", "60000.00", "KHR"))
    trip.nothing_more()


def paid_in_kip(trip: Trip) -> None:
    """Costs in kip in the months without a rate: known, and not yet counted."""
    trip.write_stages()
    items = trip.random.sample(["passport_fee", "vaccination", "medical_exam_origin"], 2)
    trip.employer_paid("passport_fee", "vaccination", "medical_exam_origin")
    trip.told_as_declared(*items)
    trip.complete()
    trip.nothing_more()


def board_to_the_agency(trip: Trip) -> None:
    """Board and lodging may be the worker's, but not when the agency takes the money."""
    trip.write_stages()
    trip.employer_paid()
    board = ("board_lodging", "placement", "agency", trip.random.choice(["900.00", "1500.00"]), "THB")
    trip.declare(board, "worker")
    trip.tell(board)
    trip.complete()
    trip.nothing_more()


def told_twice(trip: Trip) -> None:
    """The same payment told to the hotline and to a visitor, under two references: it counts twice until asked."""
    trip.write_stages()
    trip.employer_paid("visa_fee")
    visa = ("visa_fee", "calling_visa", "agency", "2000.00", "THB")
    trip.declare(visa, "worker")
    trip.tell(visa, channel="hotline")
    trip.tell(visa, channel="community_visit")
    trip.complete()
    trip.nothing_more()


def asked_by_the_employer(trip: Trip) -> None:
    """The only "nothing more" was said to the employer's people, or with one of them in the room."""
    trip.write_stages()
    trip.employer_paid()
    trip.complete()
    trip.nothing_more("arrival", channel="management_interview")
    trip.nothing_more(channel="workplace_interview", witnessed="yes")


def receipt_for_the_legal_sum(trip: Trip) -> None:
    """A receipt for 10,000 rupees, and eight to twelve times as much paid."""
    trip.write_stages()
    trip.employer_paid("agency_service_fee")
    trip.declare(trip.costs("agency_service_fee")[0], "worker", f"PP-{3000 + trip.number}")
    trip.complete()
    paid = trip.random.choice(["80000.00", "95000.00", "110000.00", "120000.00"])
    signing = trip.days["contract_signing"].isoformat()[:7]
    trip.tell(("agency_service_fee", "contract_signing", "agency", paid, "NPR"), paid_on=signing, evidence="B")
    trip.nothing_more(channel="community_visit")


def corrected_story(trip: Trip) -> None:
    """At first the worker repeats the receipt; later, alone, the true sum under the same reference."""
    trip.write_stages()
    trip.employer_paid("agency_service_fee")
    fee = trip.costs("agency_service_fee")[0]
    trip.declare(fee, "worker", f"PP-{3000 + trip.number}")
    trip.complete()
    trip.tell(fee, channel="chat", evidence="C")
    trip.told -= 1
    trip.tell((*fee[:3], "90000.00", "NPR"), channel="cso_interview", stated_on=trip.days["post_placement"])
    trip.nothing_more()


def gold_with_the_agent(trip: Trip) -> None:
    """Everything was paid back, but the family's gold is still with the agent."""
    repaid_all_of(trip, "medical_exam_origin", "welfare_fund")
    trip.pledge("gold", "sub_agent", returned=False)


def title_returned(trip: Trip) -> None:
    """Everything was paid back, and the land title came home."""
    repaid_all_of(trip, "medical_exam_origin", "social_security_origin", "life_insurance")
    trip.pledge("land title", "lender", returned=True)


def repaid_all_of(trip: Trip, *items: str) -> None:
    """The named costs were the worker's, declared, told, and paid back in full."""
    trip.write_stages()
    trip.employer_paid(*items, "agency_service_fee")
    borne = trip.told_as_declared(*items)
    trip.complete()
    trip.nothing_more()
    trip.repay(upwards(borne), "all")


# (corridor, demand letter, channel, recipe, the day on which each of these people started)
PLAN = [
    ("MM-TH", "DL-01", "mou", free, "2024-03-11 2024-04-22 2024-09-02 2025-01-20"),
    ("MM-TH", "DL-01", "mou", free_after_second_medical, "2024-05-20"),
    ("MM-TH", "DL-01", "mou", own_copies, "2024-03-25 2024-10-07"),
    ("MM-TH", "DL-01", "mou", broker_in_the_village, "2024-06-03 2024-11-11"),
    ("MM-TH", "DL-02", "mou", repaid_all, "2024-03-18 2024-07-15"),
    ("MM-TH", "DL-02", "mou", repaid_in_kyat, "2024-04-08"),
    ("MM-TH", "DL-02", "mou", new_route, "2024-02-26 2024-08-19"),
    ("MM-TH", "DL-02", "mou", on_the_way, "2025-10-06"),
    ("MM-TH", "", "mou", no_letter_yet, "2024-02-19"),
    ("MM-TH", "", "direct", direct, "2024-12-02"),
    ("MM-TH", "", "regularisation", crew_advance, "2024-03-04"),
    ("MM-TH", "", "regularisation", crew_debt_cancelled, "2024-05-06"),
    ("MM-TH", "", "regularisation", crew_repaid_by_the_fund, "2024-06-17"),
    ("KH-TH", "DL-03", "mou", careless, "2024-03-04 2024-06-10"),
    ("KH-TH", "DL-03", "mou", undeclared_and_paid, "2024-04-15"),
    ("KH-TH", "DL-03", "mou", undeclared, "2024-07-08"),
    ("KH-TH", "DL-03", "mou", one_receipt_for_two, "2024-05-13 2024-05-20"),
    ("KH-TH", "DL-04", "mou", declared_too_much, "2024-04-22"),
    ("KH-TH", "DL-04", "mou", repaid_before_the_manager, "2024-05-27"),
    ("KH-TH", "DL-04", "mou", paid_in_riel, "2024-09-16"),
    ("KH-TH", "DL-04", "mou", free, "2024-10-14"),
    ("KH-TH", "", "regularisation", crew_advance, "2024-08-05"),
    ("LA-TH", "DL-05", "mou", paid_in_kip, "2025-03-24 2025-04-07"),
    ("LA-TH", "DL-05", "mou", told_twice, "2024-03-11"),
    ("LA-TH", "DL-05", "mou", free, "2024-02-26 2024-05-27"),
    ("LA-TH", "DL-05", "mou", asked_by_the_employer, "2024-07-22"),
    ("LA-TH", "DL-06", "mou", board_to_the_agency, "2024-04-29 2024-10-21"),
    ("LA-TH", "DL-06", "mou", careless, "2024-08-12"),
    ("LA-TH", "DL-06", "mou", free, "2024-03-18"),
    ("LA-TH", "DL-06", "mou", repaid_nothing, "2024-06-24"),
    ("NP-MY", "DL-07", "mou", receipt_for_the_legal_sum, "2024-02-12 2024-03-18 2024-07-01"),
    ("NP-MY", "DL-07", "mou", corrected_story, "2024-05-06"),
    ("NP-MY", "DL-07", "mou", asked_by_the_employer, "2024-04-15"),
    ("NP-MY", "DL-07", "mou", title_returned, "2024-09-09"),
    ("NP-MY", "DL-07", "mou", repaid_less, "2024-06-03"),
    ("NP-MY", "DL-08", "mou", receipt_for_the_legal_sum, "2024-04-01 2024-08-26"),
    ("NP-MY", "DL-08", "mou", gold_with_the_agent, "2024-10-07"),
    ("NP-MY", "DL-08", "mou", repaid_not_asked, "2024-11-04"),
    ("NP-MY", "DL-08", "mou", free, "2024-12-09"),
    ("NP-MY", "DL-08", "mou", undeclared, "2025-02-03"),
]
