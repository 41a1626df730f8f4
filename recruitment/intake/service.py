"""The import of one file, of any kind: composes the rooms that own what its rows say.

All or nothing: the rows lie in the caller's unit of work until the end; a problem, a dry run or a replay leaves it by an
exception, so nothing stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from recruitment.agencies import service as agencies
from recruitment.agencies.rules import Licence
from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.ids import new_id, new_reference
from recruitment.database import outbox
from recruitment.database.bulk import fewer_collections, insert_many
from recruitment.employers import service as employers
from recruitment.employers.files import DEMAND_LETTERS
from recruitment.fees import files as fees
from recruitment.fees.errors import AlreadySuperseded
from recruitment.fees.services import commitments, declarations, earnings, follow_ups, rates, statements
from recruitment.intake import queries
from recruitment.intake.errors import NothingKept, SenderMissing, SenderUnexpected, SenderUnknown
from recruitment.intake.models import Import
from recruitment.intake.rules import (
    HEARD_BY_SOMEBODY,
    MAY_NAME_A_RECORDER,
    OWN_COLUMN,
    SENDERS,
    SENT_BY_A_PARTY,
    FileKind,
    Outcome,
)
from recruitment.jobseekers import service as jobseekers
from recruitment.jobseekers.files import JOBSEEKERS
from recruitment.journeys import service as journeys
from recruitment.journeys.files import JOURNEYS, STAGES
from recruitment.name_lists import service as name_lists
from recruitment.name_lists.files import NAME_LISTS
from recruitment.organisations import queries as organisations
from recruitment.organisations import service as organisations_service
from recruitment.organisations.files import ORGANISATIONS
from recruitment.organisations.rules import OrganisationKind
from recruitment.partners import service as partners
from recruitment.partners.files import SUPPLY_CHAINS
from recruitment.relief.files import NOMINATIONS
from recruitment.relief.services import nominating
from recruitment.sheets.errors import refused
from recruitment.sheets.importing import Filing, import_rows, new_rows, refuse_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.intake.rules import ImportRequest
    from recruitment.organisations.rules import NewOrganisation, OrganisationRead
    from recruitment.sheets.columns import Grammar
    from recruitment.sheets.importing import Imported, Report, Row, Tally
    from recruitment.sheets.reading import Sheet

_IMPORT_COLUMNS = (
    "id", "reference", "kind", "sender_id", "rows_key", "supersedes", "rows", "recorded_at", "imported_by",
)  # fmt: skip

_PLAIN: dict[FileKind, tuple[Grammar[Any], Callable[[Session, Actor], Filing[Any]]]] = {
    FileKind.JOBSEEKERS: (JOBSEEKERS, jobseekers.filing_of_jobseekers),
    FileKind.DEMAND_LETTERS: (DEMAND_LETTERS, employers.filing_of_demand_letters),
    FileKind.COMMITMENTS: (fees.COMMITMENTS, commitments.filing_of_commitments),
    FileKind.JOURNEYS: (JOURNEYS, journeys.filing_of_journeys),
    FileKind.STAGES: (STAGES, journeys.filing_of_stages),
    FileKind.SUPPLY_CHAINS: (SUPPLY_CHAINS, partners.filing_of_supply_chains),
    FileKind.RATES: (fees.RATES, rates.filing_of_rates),
    FileKind.NOMINATIONS: (NOMINATIONS, nominating.filing_of_nominations),
}
_HEARD: dict[FileKind, tuple[Grammar[Any], Callable[[Session, Actor, OrganisationRead], Filing[Any]]]] = {
    FileKind.REPORTS: (fees.REPORTS, statements.filing_of_reports),
    FileKind.REPAYMENTS: (fees.REPAYMENTS, follow_ups.filing_of_repayments),
    FileKind.DEBTS: (fees.DEBTS, follow_ups.filing_of_debts),
    FileKind.COLLATERAL: (fees.COLLATERAL, follow_ups.filing_of_collateral),
    FileKind.EARNINGS: (fees.EARNINGS, earnings.filing_of_earnings),
    FileKind.STAGES: (STAGES, journeys.filing_of_stages),
    FileKind.NAME_LISTS: (NAME_LISTS, name_lists.filing_of_name_list),
}
_RECORDERS = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.PARTNER)
_COMPARED_BY_NOBODY = frozenset(
    {
        FileKind.ORGANISATIONS,
        FileKind.JOBSEEKERS,
        FileKind.SUPPLY_CHAINS,
        FileKind.EARNINGS,
        FileKind.NOMINATIONS,
    }
)
"""Kinds after which no comparison can change."""


def import_file(
    session: Session,
    actor: Actor,
    sheet: Sheet,
    request: ImportRequest,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
    rows_max: int | None = None,
) -> Outcome:
    """Import an open sheet and return what became of its rows. Who may: whoever may file its kind (each room's filing asks).

    Who works for an organisation sends in its name, whatever the request says. Raises ``FileRefused`` with every problem of the file, ``NothingKept`` with the outcome of a dry run or a replay, and
    the errors of ``errors.py`` about the sender. After any of them the unit of work keeps nothing.
    """
    sender = _own(session, actor, request) if actor.organisation_id else _sender(session, request)
    too_late: AlreadySuperseded | None = None
    try:
        grammar, filing = _filing(session, actor, request, sender)
    except AlreadySuperseded as refusal:
        # It may be the very file that superseded it, sent again: only its rows can tell.
        too_late, grammar, filing = refusal, fees.DECLARATIONS, declarations.looking_only(session, actor, sender)
    with fewer_collections():
        imported = import_rows(
            sheet, grammar, filing, today=clock.today(), progress=progress, rows_max=rows_max,
            own={OWN_COLUMN[request.kind]: sender.code} if actor.organisation_id and sender and request.kind in OWN_COLUMN else {},
        )  # fmt: skip
    rows_key = _rows_key(session, request, sender, imported)
    outcome = _outcome(request, imported)
    if not imported.tally.rows and not imported.problems:
        if request.supersedes:
            raise refused(1, "no_rows", "The file has no rows, so it cannot take the place of a declaration.")
        raise NothingKept(replace(outcome, reference=None))
    before = queries.reference_of(session, rows_key, request.supersedes)
    if before is not None:
        raise NothingKept(replace(outcome, reference=before, replayed=True, added=0, corrected=0, skipped=outcome.rows))
    refuse_problems(imported)
    if too_late is not None:
        raise too_late
    if dry_run or outcome.replayed:
        raise NothingKept(replace(outcome, reference=None))
    row = (
        new_id(), outcome.reference, request.kind.value, sender.id if sender else None, rows_key,
        request.supersedes or "", outcome.rows, clock.now(), actor.id,
    )  # fmt: skip
    insert_many(session, Import.__table__, _IMPORT_COLUMNS, [row])
    audit.record(
        session, actor, "intake.imported", ("import", row[0]), kind=request.kind.value, reference=outcome.reference,
        sender=sender.code if sender else None, rows=outcome.rows, added=outcome.added, corrected=outcome.corrected,
    )  # fmt: skip
    if request.kind not in _COMPARED_BY_NOBODY:
        outbox.emit(session, "facts.changed", file=row[0])
    return outcome


def _outcome(request: ImportRequest, imported: Imported) -> Outcome:
    tally = imported.tally
    return Outcome(
        kind=request.kind,
        reference=imported.reference or new_reference("IM"),
        rows=tally.rows,
        added=tally.added,
        corrected=tally.corrected,
        skipped=tally.skipped,
        replayed=tally.rows > 0 and tally.skipped == tally.rows,
        warnings=tally.warnings,
    )


def _rows_key(session: Session, request: ImportRequest, sender: OrganisationRead | None, imported: Imported) -> bytes:
    """Return the keyed digest of the rows and their sender: personal rows must not be guessed from what is stored."""
    parts = (request.kind, sender.code if sender else "", imported.digest.hex())
    found: bytes = session.info["vault"].keyed_hash("intake.rows", "|".join(parts))
    return found


def grammar_of(kind: FileKind) -> Grammar[Any]:
    """Return how the rows of a kind are read."""
    if kind is FileKind.ORGANISATIONS:
        return ORGANISATIONS
    if kind is FileKind.DECLARATIONS:
        return fees.DECLARATIONS
    return (_PLAIN.get(kind) or _HEARD[kind])[0]


def _own(session: Session, actor: Actor, request: ImportRequest) -> OrganisationRead:
    """Return the organisation that the actor works for, which sends whatever the actor sends."""
    if request.supersedes and request.kind is not FileKind.DECLARATIONS:
        raise SenderUnexpected("Only declarations supersede one another.")
    own = (
        organisations.by_id(session, [actor.organisation_id]).get(actor.organisation_id)
        if actor.organisation_id
        else None
    )
    if own is None or own.kind not in SENDERS.get(request.kind, OrganisationKind):
        raise SenderUnknown(f"Your organisation sends no {request.kind}.")
    return own


def _sender(session: Session, request: ImportRequest) -> OrganisationRead | None:
    """Return who sends the file. Raises when that is missing, not asked for, or nobody who may."""
    is_declaration, is_heard = request.kind is FileKind.DECLARATIONS, request.kind in HEARD_BY_SOMEBODY
    if request.supersedes and not is_declaration:
        raise SenderUnexpected("Only declarations supersede one another: leave out --supersedes.")
    if request.agency and not is_declaration:
        raise SenderUnexpected(f"{request.kind} are not sent by an agency: leave out --agency.")
    is_sent, may_name = request.kind in SENT_BY_A_PARTY, request.kind in MAY_NAME_A_RECORDER
    if request.by and not (is_heard or is_sent or may_name):
        raise SenderUnexpected(f"{request.kind} do not say who heard them: leave out --by.")
    if is_declaration:
        if not request.agency:
            raise SenderMissing("Whose declaration is it? Add --agency with the agency's code.")
        return _organisation(session, request.agency, *SENDERS[request.kind])
    if is_heard:
        if not request.by:
            raise SenderMissing("Who heard or recorded this? Add --by with the code of a CSO or fund operator.")
        return _organisation(session, request.by, *SENDERS[request.kind])
    if is_sent:
        if not request.by:
            raise SenderMissing("Who sends this? Add --by with the code of an agency or employer.")
        return _organisation(session, request.by, *SENDERS[request.kind])
    if request.by:
        return _organisation(session, request.by, *_RECORDERS)
    return None


def _organisation(session: Session, code: str, *kinds: OrganisationKind) -> OrganisationRead:
    found = organisations.by_code(session, [code], *kinds).get(code)
    if found is None:
        raise SenderUnknown(f"There is no {' or '.join(kind.value for kind in kinds)} {code!r}.")
    return found


def _filing(
    session: Session, actor: Actor, request: ImportRequest, sender: OrganisationRead | None
) -> tuple[Grammar[Any], Filing[Any]]:
    if request.kind is FileKind.ORGANISATIONS:
        return ORGANISATIONS, _filing_of_organisations(session, actor)
    if sender is not None and request.kind is FileKind.DECLARATIONS:
        return fees.DECLARATIONS, declarations.filing_of_declarations(session, actor, sender, request.supersedes)
    if sender is not None and request.kind in _HEARD:
        grammar, heard = _HEARD[request.kind]
        return grammar, heard(session, actor, sender)
    grammar, filing_of = _PLAIN[request.kind]
    return grammar, filing_of(session, actor)


def _filing_of_organisations(session: Session, actor: Actor) -> Filing[NewOrganisation]:
    """Return how organisations are filed: the register takes the organisation, agencies their licence."""

    def file(rows: Sequence[Row[NewOrganisation]], tally: Tally, report: Report) -> None:
        known = organisations.digests(session, [row.value.code for row in rows])
        fresh = new_rows(
            rows, known, tally, report,
            key=lambda new: new.code, name=lambda new: f"The organisation {new.code}", columns="code",
        )  # fmt: skip
        ids = organisations_service.enter(session, actor, [(row.value, stored) for row, stored in fresh])
        agencies.record_licences(
            session, actor,
            [
                (organisation, Licence(new.licence_number, new.licence_valid_from, new.licence_valid_until))
                for organisation, new in zip(ids, (row.value for row, _ in fresh), strict=True)
                if new.kind is OrganisationKind.AGENCY
            ],
        )  # fmt: skip

    return Filing(lambda _what, _codes: {}, file)
