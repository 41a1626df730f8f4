"""The pages of people: search for one, register one, the record of one with what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.audit.rules import Purpose
from recruitment.core.actor import Permission
from recruitment.core.errors import InvalidInput
from recruitment.core.ids import new_reference
from recruitment.jobseekers import forms, queries, service
from recruitment.jobseekers.errors import NoCso
from recruitment.jobseekers.files import JOBSEEKERS
from recruitment.jobseekers.rules import LANGUAGE_WORDS, PURPOSE_WORDS, ConsentMode, ConsentPurpose, Search, Sex
from recruitment.organisations import queries as organisations
from recruitment.sheets.errors import FileRefused
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.jobseekers.rules import PersonRead
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.sheets.errors import Problem

pages = Blueprint("persons", __name__)


@pages.get("/jobseekers")
@allow(Permission.FIND_JOBSEEKERS)
def jobseeker_search() -> ResponseReturnValue:
    """Show the form that searches for a person, and nobody."""
    return _search_form(dict.fromkeys(forms.ASKED, ""))


@pages.post("/jobseekers")
@allow(Permission.FIND_JOBSEEKERS)
def jobseeker_find() -> ResponseReturnValue:
    """Search for a person by reference, telephone number or name.

    What is looked for is sent as a form and stands in no address, so the history of a lost telephone does not tell it.
    """
    asked = dict.fromkeys(forms.ASKED, "")
    try:
        asked = forms.asked(request.form)
        with unit_of_work() as session:
            wanted = Search(**{name: text or None for name, text in asked.items()})
            found = service.search(session, actor(), wanted, Purpose.CASEWORK)
    except InvalidInput as error:
        return _search_form(asked, problem=error.detail), 422
    return _search_form(asked, found=found)


def _search_form(asked: dict[str, str], *, found: list[PersonRead] | None = None, problem: str | None = None) -> str:
    may_register = actor().may(Permission.REGISTER_JOBSEEKERS)
    return render_template(
        "jobseekers/jobseeker_search.html", asked=asked, found=found, problem=problem, may_register=may_register
    )


@pages.get("/jobseekers/new")
@allow(Permission.REGISTER_JOBSEEKERS)
def jobseeker_new() -> ResponseReturnValue:
    """Show the form of registration. Its reference is made here, so that a form sent twice makes one person."""
    with read_session() as session:
        cso = _own_cso(session)
    return _form({"reference": new_reference("JS"), "country": cso.country}, {})


@pages.post("/jobseekers/new")
@allow(Permission.REGISTER_JOBSEEKERS)
def jobseeker_register() -> ResponseReturnValue:
    """Register a person, and show the record; or show the form again with what is wrong beside each field."""
    try:
        with unit_of_work() as session:
            row = forms.cells(request.form, _own_cso(session).code)
            service.register_one(
                session, actor(), JOBSEEKERS, row, mode=forms.mode(request.form), witness=forms.witness(request.form)
            )
    except FileRefused as refused:
        return _form(request.form, {each.column or "reference": _told(each) for each in refused.problems}), 422
    return redirect(url_for("persons.jobseeker_show", reference=row["reference"]), 303)


@pages.get("/jobseekers/<reference:reference>")
@allow(Permission.READ_PERSONS)
def jobseeker_show(reference: str) -> ResponseReturnValue:
    """Show the record of a person, and what they agreed to. Who reads it is recorded."""
    with unit_of_work() as session:
        found, person = service.read(session, actor(), reference, Purpose.CASEWORK)
        answers = {answer.purpose: answer for answer in queries.consents_of(session, [found.id])[found.id]}
    record = answers.get(ConsentPurpose.RECORD)
    return render_template(
        "jobseekers/jobseeker_show.html",
        found=found,
        person=person,
        answers=[(purpose, answers.get(purpose)) for purpose in ConsentPurpose],
        languages=LANGUAGE_WORDS,
        purpose_words=PURPOSE_WORDS,
        is_withdrawn=record is not None and not record.given,
        may_copy=actor().may(Permission.COPY_PERSONS),
        may_erase=actor().may(Permission.ERASE_PERSONS),
        may_record=actor().may(Permission.RECORD_CONSENTS),
        may_reach=actor().may(Permission.READ_INTERVIEWS),
    )


@pages.post("/jobseekers/<reference:reference>/consents")
@allow(Permission.RECORD_CONSENTS)
def consent_record(reference: str) -> ResponseReturnValue:
    """Record an answer to one purpose, as said today, and show the record again."""
    with unit_of_work() as session:
        service.record_consent(session, actor(), reference, forms.consent(request.form, None))
    return redirect(url_for("persons.jobseeker_show", reference=reference), 303)


LABELS = {
    "language": "The person speaks", "name": "Name", "sex": "Sex", "birth_year": "Year of birth", "village": "Village",
    "district": "District", "country": "Country", "phone": "Telephone number",
}  # fmt: skip
"""What the form calls its fields where it lists what is wrong."""


def _own_cso(session: Session) -> OrganisationRead:
    """Return the CSO of the actor. Raises ``NoCso``."""
    organisation = actor().organisation_id
    found = organisations.by_id(session, [organisation]).get(organisation) if organisation else None
    if found is None:
        raise NoCso("Only who works for a CSO registers people here. Use: recruitment import jobseekers FILE")
    return found


def _told(problem: Problem) -> str:
    """Return what is wrong with a field, in words of the form: a file's speak of cells and rows."""
    consent = forms.CONSENTS[ConsentPurpose.RECORD]
    return {
        ("missing_value", consent): "Ask first, then choose yes or no.",
        ("missing_value", problem.column): "This is needed. Fill it in.",
        ("consent_missing", consent): "Without a yes no record may be kept. Leave without saving; help goes on.",
    }.get((problem.code, problem.column), problem.message)


def _form(values: object, problems: dict[str, str]) -> str:
    return render_template(
        "jobseekers/jobseeker_new.html",
        values=values,
        problems=problems,
        labels=LABELS | {forms.CONSENTS[purpose]: words for purpose, words in PURPOSE_WORDS.items()},
        languages=LANGUAGE_WORDS.items(),
        sexes=[(Sex.FEMALE, "Woman"), (Sex.MALE, "Man"), (Sex.OTHER, "Other")],
        modes=[(mode.value, mode.value.capitalize()) for mode in ConsentMode],
        consents=[(forms.CONSENTS[purpose], words) for purpose, words in PURPOSE_WORDS.items()],
    )
