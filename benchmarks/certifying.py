"""Benches of certificates: making one with its paper, checking one in public, signing a list, looking through many.

``issue``: from the rules' result to the signed paper, beside the signature of a finished paper alone. ``public_check``: the
page by a code, beside the health page of the same app. ``status_list``: a list of which half the places are given and a
tenth set, read, spelled and signed, beside packing the same bits. ``portfolio``: pages of a partner's certificates until all
were seen, beside the driver reading the same rows; it counts statements, too.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from benchmarks.measuring import Bench, Stopwatch, prepared
from benchmarks.serving import served
from recruitment.certificates import rules, services
from recruitment.certificates.exports.paper import draw
from recruitment.certificates.models import (
    Certificate,
    CertificateCohort,
    CertificateEmployer,
    CertificateEvent,
)
from recruitment.certificates.rules import CertificateKind, Evidence, Frame, Level, Result, Scope
from recruitment.certificates.services.keys import Signer
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Audience
from recruitment.core.actor import Scope as Sight
from recruitment.core.ids import new_id, new_reference
from recruitment.credentials import proofs, status
from recruitment.credentials.codes import new_code, new_link_token, shown_code
from recruitment.credentials.keys import IssuingKeyFile
from recruitment.credentials.paper_signature import PaperSigner
from recruitment.credentials.statement import canonical, credential, digest, new_nonce
from recruitment.database.bulk import insert_many
from recruitment.database.unit_of_work import Database
from recruitment.organisations.models import Organisation
from recruitment.partners.models import SupplyChain
from recruitment.releases.models import Release

if TYPE_CHECKING:
    from uuid import UUID

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy.orm import Session

    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes

_BASE = "https://certificates.example"
_DID = "did:web:certificates.example"
_FROM = datetime(2026, 12, 1, tzinfo=UTC)
_UNTIL = _FROM + timedelta(days=90)
_EVIDENCE = Evidence(Level.A, Level.B, Level.B, Level.A, "2026-Q4")
_DIGEST = bytes(32)
_CHECKS = 400
_PAGE = 200


def _statement(number: int) -> dict[str, object]:
    frame = Frame(
        CertificateKind.COHORT, f"DC-{number}", new_nonce(), _DID, "2026-11", date(2026, 11, 17), _FROM, _UNTIL
    )
    scope = Scope("Bench Recruitment (fictitious)", f"DL-{number}", "Bench Orchard (fictitious)", "MM-TH")
    return rules.statement_of(frame, scope, Result.DEBT_FREE, _EVIDENCE, numbers=rules.tell(24, None, None, 0))


class Issue:
    """Certificates with their papers, in one process."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.papers
        self.facts: dict[str, Any] = {}
        file = IssuingKeyFile(scratch.folder / "bench.certificate-key")
        if not file.exists():
            made = file.make("Bench", _FROM)
            file.adopt({key.id for key in made})
        keys = file.newest()
        self._proof: Ed25519PrivateKey = keys.proof
        self._method = f"{_DID}#{keys.proof_id}"
        self._signer = PaperSigner(keys.paper)
        self._drawn = draw(_statement(0), code="0000-0000-00", link=f"{_BASE}/check/0", language="en")

    def ours(self, watch: Stopwatch) -> None:
        """Make a statement, its credential, its paper, and sign both."""
        with watch:
            for number in range(self.work):
                self._issue(number)
        self.facts["certificates_a_second"] = round(self.work / watch.seconds, 1)

    def _issue(self, number: int) -> bytes:
        statement = _statement(number)
        entries = [
            status.entry(status.list_address(_BASE, purpose, 1), purpose, number)
            for purpose in (status.REVOCATION, status.SUSPENSION)
        ]
        signed = proofs.sign(credential(statement, *entries), self._proof, self._method, _FROM)
        content = json.dumps(signed, sort_keys=True).encode()
        canonical(statement)
        digest(statement)
        link = f"{_BASE}/check/{new_link_token()}"
        paper = draw(statement, code=shown_code(new_code()), link=link, language="en")
        return self._signer.sign(paper, {"credential.vc.json": content}, _FROM)

    def raw(self, watch: Stopwatch) -> None:
        """Sign a paper that is drawn already."""
        with watch:
            for _ in range(self.work):
                self._signer.sign(self._drawn, {"credential.vc.json": b"{}"}, _FROM)

    def close(self) -> None:
        """Nothing is open."""


class _Many:
    """A register with many certificates of cohorts, all of employers from whom one partner buys."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.certificates
        self.facts: dict[str, Any] = {"certificates": sizes.certificates}
        self._settings, self._codes = scratch.kept("certificates", lambda database: _fill(database, sizes.certificates))
        self._database = Database(self._settings)
        self._connection = scratch.connect(self._settings)

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()


class PublicCheck(_Many):
    """The page of a certificate by its code, beside the page that says that the service is well, both as they are served."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        super().__init__(scratch, sizes)
        self.work = _CHECKS
        self._serving = served(self._settings)
        self._client = self._serving.__enter__()

    def ours(self, watch: Stopwatch) -> None:
        """Check certificates one after the other."""
        with watch:
            for code in self._codes[:_CHECKS]:
                status_ = self._client.get(f"/check/{code}")
                if status_ != 200:
                    raise RuntimeError(f"a check was answered {status_}")
        self.facts["checks_a_second"] = round(self.work / watch.seconds)

    def raw(self, watch: Stopwatch) -> None:
        """Ask whether the service is well."""
        with watch:
            for _ in range(self.work):
                self._client.get("/healthz")

    def close(self) -> None:
        """Stop the service."""
        self._serving.__exit__(None, None, None)
        super().close()


class StatusListOnce(_Many):
    """A list rebuilt and signed, beside packing its bits."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        super().__init__(scratch, sizes)
        self.work = 1

    def ours(self, watch: Stopwatch) -> None:
        """Rebuild and sign both lists of a pair, as at a revocation."""
        # Another day, so that every list is signed anew.
        with (
            clock.stopped_at(clock.now() + timedelta(days=1)),
            self._database.unit_of_work() as session,
            watch,
        ):
            services.refresh_lists(session, LOCAL_OPERATOR, Signer(session))
            session.rollback()
        self.facts["seconds"] = round(watch.seconds, 3)

    def raw(self, watch: Stopwatch) -> None:
        """Pack the same number of bits twice."""
        bits = bytes(status.LENGTH // 8)
        with watch:
            for _ in range(2):
                gzip.compress(bits, mtime=0)


class Portfolio(_Many):
    """A partner's whole portfolio, page by page, beside the driver."""

    def ours(self, watch: Stopwatch) -> None:
        """Look through all pages."""
        sight = Sight(Audience.PARTNER, _partner_of(self._connection), new_id())
        statements = 0

        def count(*_: object) -> None:
            nonlocal statements
            statements += 1

        event.listen(self._database.engine, "before_cursor_execute", count)
        with watch:
            seen, pages = self._read(sight)
        event.remove(self._database.engine, "before_cursor_execute", count)
        if seen != self.work:
            raise RuntimeError(f"{seen} certificates were seen instead of {self.work}")
        self.facts |= {"pages": pages, "statements_a_page": round(statements / pages, 1)}

    def _read(self, sight: Sight) -> tuple[int, int]:
        after, seen, pages = None, 0, 0
        while True:
            with self._database.read_session(sight) as session:
                rows = services.list_certificates(session, LOCAL_OPERATOR, after=after, limit=_PAGE)
            pages += 1
            seen += len(rows)
            if len(rows) < _PAGE:
                return seen, pages
            after = rows[-1].reference

    def raw(self, watch: Stopwatch) -> None:
        """Read the same rows."""
        with watch:
            self._connection.execute("SELECT reference, statement, valid_until FROM certificates ORDER BY 1").fetchall()


def _partner_of(connection: Any) -> UUID:
    from uuid import UUID

    found = connection.execute("SELECT id FROM organisations WHERE code = 'PT-BENCH'").fetchone()[0]
    return found if isinstance(found, UUID) else UUID(str(found))


def _put(session: Session, model: Any, columns: str, rows: list[tuple[Any, ...]]) -> None:
    insert_many(session, model.__table__, tuple(columns.split()), rows)


def _fill(database: Database, count: int) -> list[str]:
    """Enter a partner, an employer, and ``count`` certificates, of which a tenth is checked again; return the codes."""
    now = clock.now()
    agency, employer, partner, release = (new_id() for _ in range(4))
    ids, cohorts, codes = ([make() for _ in range(count)] for make in (new_id, new_id, new_code))
    with database.unit_of_work() as session:
        _put(session, Organisation, "id code kind name country row_digest recorded_at", [
            (agency, "AG-BENCH", "agency", "Bench Recruitment (fictitious)", "MM", _DIGEST, now),
            (employer, "EM-BENCH", "employer", "Bench Orchard (fictitious)", "TH", _DIGEST, now),
            (partner, "PT-BENCH", "partner", "Bench Market (fictitious)", "GB", _DIGEST, now),
        ])  # fmt: skip
        _put(session, SupplyChain, "id partner_id employer_id tier valid_from row_digest recorded_at", [
            (new_id(), partner, employer, "retailer", date(2024, 1, 1), _DIGEST, now),
        ])  # fmt: skip
        _put(session, Release, "id period due_at cut_off_at made_at seed recheck_rate rules_version", [
            (release, "2026-10", now, now, now, _DIGEST, "0.2", 1),
        ])  # fmt: skip
        _put(session, CertificateCohort, "id reference agency_id quarter enrolled_by recorded_at", [
            (cohort, f"CC-{number}", agency, f"{number:07}", partner, now) for number, cohort in enumerate(cohorts)
        ])  # fmt: skip
        columns = (
            "id reference cohort_id release_id code link statement statement_sha256 credential result level revocation_list "
            "revocation_index suspension_list suspension_index valid_from valid_until issued_by recorded_at"
        )
        statements = [_statement(number) for number in range(count)]
        _put(session, Certificate, columns, [
            (
                ids[n], new_reference("DC"), cohorts[n], release, codes[n], new_link_token(), canonical(statements[n]).decode(),
                digest(statements[n]), "{}", "debt_free", "B", 1, n * 6, 1, n * 6, now - timedelta(days=1),
                now + timedelta(days=80), partner, now,
            )
            for n in range(count)
        ])  # fmt: skip
        _put(session, CertificateEmployer, "certificate_id employer_id", [(each, employer) for each in ids])
        _put(session, CertificateEvent, "certificate_id kind release_id occurred_at recorded_by", [
            (each, "re_check", release, now, partner) for each in ids[::10]
        ])  # fmt: skip
    return codes


BENCHES = (
    Bench("certificate_issue", "/s", None, lambda *given: prepared(Issue, *given), lambda sizes: sizes.paper_rounds),
    Bench("public_check", "/s", 0.5, lambda *given: prepared(PublicCheck, *given), lambda sizes: sizes.paper_rounds),
    Bench(
        "status_list", "s", None, lambda *given: prepared(StatusListOnce, *given), lambda sizes: sizes.paper_rounds,
        is_speed=False,
    ),
    Bench("portfolio", "/s", None, lambda *given: prepared(Portfolio, *given), lambda sizes: sizes.paper_rounds),
)  # fmt: skip
