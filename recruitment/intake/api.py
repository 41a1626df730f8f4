"""What is sent in: one endpoint for each kind of file. JSON, CSV or XLSX, one grammar, the same errors as the import.

Who sends is who signed in: a declaration is of the actor's own agency, a report was heard by the actor's own CSO. All of
it is saved or nothing; ``?preview=true`` saves nothing and tells the same.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import request
from marshmallow import RAISE

from recruitment.core.actor import Permission
from recruitment.database.unit_of_work import WriteConflict
from recruitment.intake.errors import AlreadyTaken, BodyUnreadable, NothingKept
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.schemas import ROWS_MAX, DeclarationArguments, OutcomeSchema, SentArguments, body_schema
from recruitment.intake.service import grammar_of, import_file
from recruitment.name_lists import queries as name_lists
from recruitment.sheets.errors import refused
from recruitment.sheets.reading import open_sent
from recruitment.sheets.rows import open_rows
from recruitment.web import context, faults, json_bodies
from recruitment.web.api import ApiBlueprint
from recruitment.web.errors import ContentTooLarge, ContentTypeUnknown
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, answer_unkept, idempotent
from recruitment.web.limits import UPLOAD_BYTES_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.intake.rules import Outcome
    from recruitment.sheets.reading import Sheet

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

api = ApiBlueprint("imports", "What is sent in: rows as JSON, CSV or XLSX, all of them or none.")

_TAKEN = (
    "One of these references is taken already by something that you may not see, or the same was sent twice at once. "
    "Nothing was saved. Try again; if it stays, choose other references."
)


def _sends(kind: FileKind, permission: Permission, summary: str, *, name: str | None = None) -> None:
    """Make the endpoint ``POST /name`` that takes rows of ``kind`` from actors with ``permission``."""
    resource = name or kind.value
    is_declaration = kind is FileKind.DECLARATIONS

    def send(asked: dict[str, Any]) -> ResponseReturnValue:
        sheet, in_body = _sheet(kind)
        supersedes = _supersedes(asked.get("supersedes"), in_body)
        try:
            with context.unit_of_work() as session:
                outcome = import_file(
                    session, context.actor(), sheet, ImportRequest(kind, supersedes=supersedes),
                    dry_run=asked["preview"], rows_max=ROWS_MAX,
                )  # fmt: skip
                return answer(session, _told(resource, outcome, saved=True) | _lines(session, outcome), 201)
        except NothingKept as ended:
            with context.read_session() as session:
                return answer_unkept(_told(resource, ended.outcome, saved=False) | _lines(session, ended.outcome))
        except WriteConflict as conflict:
            raise AlreadyTaken(_TAKEN) from conflict

    send.__name__ = f"send_{resource.replace('-', '_')}"
    send.__doc__ = (
        f"{summary}\n\nAll rows are saved, or none. `?preview=true` checks everything and saves nothing (200). Rows that "
        "were all there before change nothing (200, `replayed`)."
    )
    view: Any = allow(permission)(idempotent(but_for="preview")(send))
    view = api.alt_response(200, schema=OutcomeSchema, success=True, description="Nothing was saved")(view)
    view = api.alt_response(201, schema=OutcomeSchema, success=True, description="All rows were saved")(view)
    view = api.arguments(DeclarationArguments if is_declaration else SentArguments, location="query", unknown=RAISE)(
        view
    )
    file = {"schema": {"type": "string", "format": "binary"}}
    view = api.doc(
        requestBody={"required": True, "content": {JSON: {"schema": body_schema(kind)}, CSV: file, XLSX: file}}
    )(view)
    api.post(f"/{resource}", tags=[resource])(view)


def _sheet(kind: FileKind) -> tuple[Sheet, str | None]:
    """Return the rows that the request brings, and the declaration that they supersede if the body names one."""
    if (request.content_length or 0) > UPLOAD_BYTES_MAX:
        raise ContentTooLarge(
            f"More than {UPLOAD_BYTES_MAX >> 20} megabytes are too much at once. Send the rows in parts."
        )
    content = request.get_data(cache=True)
    if request.mimetype == JSON:
        return _json_rows(kind, json_bodies.parse(content))
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in {CSV, XLSX} or charset not in {"utf-8", "utf8"}:
        raise ContentTypeUnknown(
            f"Rows are taken as {JSON}, {CSV} (in UTF-8) or {XLSX}. Say in Content-Type which of them it is.",
            parameter="Content-Type",
        )
    return open_sent(content), None


def _json_rows(kind: FileKind, body: Any) -> tuple[Sheet, str | None]:
    known = {"rows", "supersedes"} if kind is FileKind.DECLARATIONS else {"rows"}
    if kind is FileKind.NAME_LISTS:
        known = {"rows", "demand_letter"}
    if not isinstance(body, dict):
        raise BodyUnreadable('The body must be an object: {"rows": [{column: value, …}, …]}.', pointer="#")
    for name in body:
        if name not in known:
            raise BodyUnreadable(
                f"{name[:40]!r} does not belong here. The body has: {', '.join(sorted(known))}.",
                pointer=faults.pointer_to([name[:40]]),
            )
    rows, supersedes = body.get("rows"), body.get("supersedes")
    if not isinstance(rows, list):
        raise BodyUnreadable("The rows are missing, or are no list. Send a list of objects.", pointer="#/rows")
    if not (
        supersedes is None or (isinstance(supersedes, str) and 0 < len(supersedes) <= 80 and supersedes.isprintable())
    ):
        raise BodyUnreadable(
            "This is not a reference of a declaration. It looks like FD-7Q2M-9KXR-4T.", pointer="#/supersedes"
        )
    if len(rows) > ROWS_MAX:
        raise refused(1, "too_many_rows", f"More than {ROWS_MAX} rows are too many at once. Send them in parts.")
    if "demand_letter" in body:
        # A list is for one letter: it may stand above the rows, once for all of them.
        rows = [{"demand_letter": body["demand_letter"], **row} if isinstance(row, dict) else row for row in rows]
    return open_rows(rows, grammar_of(kind)), supersedes


def _supersedes(in_address: str | None, in_body: str | None) -> str | None:
    if in_address and in_body and in_address != in_body:
        raise BodyUnreadable(
            "The address and the body name two different declarations. Name one, in one of them.",
            pointer="#/supersedes",
        )
    return in_address or in_body


def _told(resource: str, outcome: Outcome, *, saved: bool) -> dict[str, Any]:
    """Return an outcome as its answer tells it: references and counts, nothing about a person."""
    return {
        "reference": outcome.reference,
        "kind": resource,
        "saved": saved,
        "replayed": outcome.replayed,
        "rows": outcome.rows,
        "added": outcome.added,
        "corrected": outcome.corrected,
        "skipped": outcome.skipped,
        "warnings": [fault.told() for fault in faults.of_problems(outcome.warnings)],
    }


def _lines(session: Session, outcome: Outcome) -> dict[str, Any]:
    """Return what the sender of a name list calls the journey of each line, in the order of the lines."""
    if outcome.kind is not FileKind.NAME_LISTS:
        return {}
    found = name_lists.lines_of(session, outcome.reference) if outcome.reference else []
    return {"lines": [asdict(line) for line in found]}


_sends(FileKind.ORGANISATIONS, Permission.ENTER_ORGANISATIONS, "Enter organisations into the register.")
_sends(FileKind.JOBSEEKERS, Permission.REGISTER_JOBSEEKERS, "Register jobseekers of your own CSO.")
_sends(FileKind.DEMAND_LETTERS, Permission.FILE_DEMAND_LETTERS, "File demand letters.")
_sends(
    FileKind.NAME_LISTS, Permission.SEND_NAME_LISTS, "Send the names of the people whom you take for a demand letter."
)
_sends(FileKind.COMMITMENTS, Permission.FILE_COMMITMENTS, "File what an employer promises to pay.")
_sends(FileKind.JOURNEYS, Permission.START_JOURNEYS, "Start journeys of jobseekers.")
_sends(FileKind.STAGES, Permission.RECORD_STAGES, "Record stages that journeys reached.")
_sends(
    FileKind.DECLARATIONS,
    Permission.DECLARE_FEES,
    "Send a declaration of fees of your own agency.",
    name="fee-declarations",
)
_sends(FileKind.REPORTS, Permission.RECORD_STATEMENTS, "Record what workers report that they paid.")
_sends(FileKind.REPAYMENTS, Permission.RECORD_STATEMENTS, "Record repayments to workers.")
_sends(FileKind.DEBTS, Permission.RECORD_STATEMENTS, "Record debts of workers.")
_sends(FileKind.COLLATERAL, Permission.RECORD_STATEMENTS, "Record what was taken from workers as security.")
_sends(FileKind.EARNINGS, Permission.RECORD_EARNINGS, "Record what workers earned in the job.")
_sends(FileKind.RATES, Permission.RECORD_RATES, "Record rates of exchange.")
_sends(FileKind.NOMINATIONS, Permission.NOMINATE_RELIEF, "Nominate people whose debt is to go away.")
_sends(FileKind.SUPPLY_CHAINS, Permission.RECORD_SUPPLY_CHAINS, "Record supply chains of partners.")
