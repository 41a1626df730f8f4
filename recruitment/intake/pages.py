"""The pages that take files: an agency's declarations, and name lists (which ``name_lists/pages.py`` shows).

A declaration is sent as a file, checked first, put in the place of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.core.actor import Permission
from recruitment.core.errors import RecruitmentError
from recruitment.database.unit_of_work import WriteConflict
from recruitment.fees import files as fees
from recruitment.fees import queries as declarations
from recruitment.intake.errors import FileMissing, NothingKept
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.schemas import ROWS_MAX
from recruitment.intake.service import import_file
from recruitment.name_lists.files import NAME_LISTS
from recruitment.name_lists.queries import lists_for
from recruitment.sheets.errors import FileRefused
from recruitment.sheets.reading import open_sent
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.errors import status_of
from recruitment.web.gate import allow
from recruitment.web.limits import UPLOAD_BYTES_MAX
from recruitment.web.pagination import Asked, paged

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.intake.rules import Outcome

pages = Blueprint("intake", __name__)

_PAGE = 50
_SHOWN = 100
_REFERENCE_LENGTH_MAX = 80


@pages.get("/declarations")
@allow(Permission.READ_DECLARATIONS)
def declaration_list() -> ResponseReturnValue:
    """List declarations: an agency's own, in order of reference."""
    after, sent = _reference("after"), _reference("sent")
    with read_session() as session:
        rows = declarations.declaration_page(session, after=after, limit=_PAGE + 1)
        is_there = sent is not None and declarations.told_declaration(session, sent) is not None
    shown = rows[:_PAGE]
    return render_template(
        "intake/declaration_list.html",
        rows=shown,
        next=url_for(".declaration_list", after=shown[-1].reference) if len(rows) > _PAGE else None,
        previous=url_for(".declaration_list") if after else None,
        sent=sent if is_there else None,
        may_send=actor().may(Permission.DECLARE_FEES),
    )


@pages.get("/declarations/new")
@allow(Permission.DECLARE_FEES)
def declaration_new() -> ResponseReturnValue:
    """Show the form to send a declaration."""
    return _form(_reference("supersedes"))


@pages.post("/declarations/new")
@allow(Permission.DECLARE_FEES)
def declaration_send() -> ResponseReturnValue:
    """Check the file that was chosen, or save it; nothing of it is kept in between."""
    supersedes, only_check = (request.form.get("supersedes") or None), request.form.get("step") != "save"
    if supersedes and not (len(supersedes) <= _REFERENCE_LENGTH_MAX and supersedes.isprintable()):
        supersedes = "?"  # which no declaration is called: what cannot be a reference must not be left out either
    try:
        sheet = open_sent(_file())
        with unit_of_work() as session:
            outcome = import_file(
                session, actor(), sheet, ImportRequest(FileKind.DECLARATIONS, supersedes=supersedes),
                dry_run=only_check, rows_max=ROWS_MAX,
            )  # fmt: skip
    except NothingKept as ended:
        return _form(supersedes, outcome=ended.outcome)
    except WriteConflict as conflict:
        return _form(supersedes, error=conflict)
    except RecruitmentError as error:
        return _form(supersedes, error=error)
    return redirect(url_for(".declaration_list", sent=outcome.reference), 303)


def _form(
    supersedes: str | None, *, outcome: Outcome | None = None, error: RecruitmentError | None = None
) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, FileRefused) else []
    page = render_template(
        "intake/declaration_new.html",
        supersedes=supersedes,
        outcome=outcome,
        error=error,
        problems=problems[:_SHOWN],
        more=max(len(problems) - _SHOWN, 0),
        columns=fees.DECLARATIONS.columns,
        rows_max=ROWS_MAX,
        megabytes_max=UPLOAD_BYTES_MAX >> 20,
    )
    return page, status_of(error) if error else 200


@pages.post("/name-lists")
@allow(Permission.SEND_NAME_LISTS)
def name_list_send() -> ResponseReturnValue:
    """Look at the file of a name list, or send it. The same file sent again leads to what was made of it."""
    is_look = request.form.get("what") != "send"
    try:
        sheet = open_sent(_file())
        with unit_of_work() as session:
            outcome = import_file(
                session, actor(), sheet, ImportRequest(FileKind.NAME_LISTS), dry_run=is_look, rows_max=ROWS_MAX
            )
    except NothingKept as ended:
        outcome = ended.outcome
    except RecruitmentError as error:
        return _name_lists(error=error)
    if outcome.reference is None:
        return _name_lists(outcome=outcome)
    return redirect(url_for("name_lists.list_show", reference=outcome.reference), 303)


def _name_lists(*, outcome: Outcome | None = None, error: RecruitmentError | None = None) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, FileRefused) else []
    with read_session() as session:
        rows = lists_for(session, after=None, limit=_PAGE + 1)
    page = render_template(
        "name_lists/list_page.html",
        page=paged(rows, Asked(None, _PAGE), key=lambda row: row.reference),
        columns=NAME_LISTS.columns,
        may_send=True,
        outcome=outcome,
        error=error,
        problems=problems[:_SHOWN],
        more=max(len(problems) - _SHOWN, 0),
    )
    return page, status_of(error) if error else 200


def _file() -> bytes:
    content = b""
    for name, sent in request.files.items():
        with sent.stream:
            if name == "file" and sent.filename:
                content = sent.read(UPLOAD_BYTES_MAX + 1)
    if not content:
        raise FileMissing("Choose a file first: a CSV in UTF-8, or an Excel file that ends with .xlsx.")
    if len(content) > UPLOAD_BYTES_MAX:
        raise FileMissing(f"The file is larger than {UPLOAD_BYTES_MAX >> 20} megabytes. Send it in parts.")
    return content


def _reference(name: str) -> str | None:
    """Return a reference of the address; what cannot be one is as if it were not there."""
    given = request.args.get(name, "")
    return given if 0 < len(given) <= _REFERENCE_LENGTH_MAX and given.isprintable() else None
