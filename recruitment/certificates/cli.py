"""``recruitment certificates``: issue, show, release, revoke and check certificates, and keep the keys that sign them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recruitment.certificates import services
from recruitment.certificates.exports.issued import draft_paper, paper_of_share, signed_paper
from recruitment.certificates.rules import TOLD, RevocationReason
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.canonical import instant
from recruitment.credentials import verifier
from recruitment.credentials.keys import IssuingKeyFile
from recruitment.credentials.verifier import Trust, TrustUnreadable
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from recruitment.certificates.services import PaperCheck
    from recruitment.credentials.verifier import Verdict
    from recruitment.database.unit_of_work import Database

_EXIT = {verifier.VALID: 0, verifier.NOT_VALID: 1, verifier.CANNOT_TELL: 2}
_UNREADABLE = 3
_ALL = 1_000_000
_WORDS_OF_STANDING = {
    "valid": "a certificate stands already", "re_check": "the group is being checked again",
    "lapsed": "the last certificate ran out: the next release looks again",
}  # fmt: skip


@click.group()
def certificates() -> None:
    """Issue, release, revoke and check debt-free certificates, and keep the keys that sign them."""


@certificates.command()
@click.argument("letter", required=False)
@click.option("--agency", metavar="CODE", help="Instead of a letter: the agency, together with --quarter.")
@click.option("--quarter", metavar="QUARTER", help="The quarter in which it recruited, such as 2026-Q3.")
@told
def issue(letter: str | None, agency: str | None, quarter: str | None) -> None:
    """Issue the certificate of demand letter LETTER, or of an agency's quarter, by what the last release knew.

    Its cohort is enrolled, so that every release looks at it from now on.
    """
    with open_database().unit_of_work() as session:
        cohort = services.enrol(session, LOCAL_OPERATOR, letter=letter, agency=agency, quarter=quarter)
        outcome = services.issue(session, LOCAL_OPERATOR, cohort.reference)
    click.echo(f"Cohort {outcome.cohort} is enrolled.")
    if outcome.certificate is not None:
        click.echo(f"Certificate {outcome.certificate} was issued.")
    elif outcome.found is None:
        click.echo("No release was looked at yet. The next one looks at this cohort.")
    elif outcome.found.eligible and outcome.drawn:
        click.echo("None was issued: the lot of the last release holds it up. The next release looks again.")
    elif outcome.found.eligible:
        click.echo(f"None was issued: {_WORDS_OF_STANDING.get(outcome.standing.value, outcome.standing.value)}.")
    else:
        click.echo("None was issued:")
        for reason in outcome.found.reasons:
            click.echo(f"- {reason.code.value} ({reason.count}): {reason.sentence}")


@certificates.command()
@click.argument("reference")
@click.option("--credential", is_flag=True, help="Print the signed credential, to the byte.")
@told
def show(reference: str, credential: bool) -> None:
    """Print the certificate REFERENCE of a cohort: what it says, its code, and where it stands."""
    with open_database().read_session() as session:
        if credential:
            click.echo(services.credential_of(session, LOCAL_OPERATOR, reference))
            return
        found = services.show_certificate(session, LOCAL_OPERATOR, reference)
    click.echo(f"{found.reference}  {TOLD[found.state].word}  {TOLD[found.state].sentence}")
    click.echo(f"code {found.code}  {found.link}")
    if found.superseded_by:
        click.echo(f"followed by {found.superseded_by}")
    click.echo(json.dumps(found.statement, ensure_ascii=False, indent=2))


@certificates.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a cohort, one a line.")
@told
def list_cohorts(as_json: bool) -> None:
    """Show the enrolled cohorts, and where their newest certificates stand."""
    with open_database().read_session() as session:
        found = services.list_cohorts(session, LOCAL_OPERATOR, limit=_ALL)
    rows = [
        (
            each.reference, each.demand_letter or f"{each.agency} {each.quarter}", each.standing.value,
            each.certificate or "", instant(each.valid_until)[:10] if each.valid_until else "",
        )
        for each in found
    ]  # fmt: skip
    header = ("cohort", "about", "standing", "certificate", "valid until")
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False))
        return
    click.echo(table(header, rows))


@certificates.command()
@click.argument("cohort")
@told
def workings(cohort: str) -> None:
    """Show what each release came to for COHORT, with exact numbers and every reason. It is for the inside alone."""
    with open_database().read_session() as session:
        for each in services.list_assessments(session, LOCAL_OPERATOR, cohort):
            click.echo(f"{each.release} {each.action} {json.dumps(each.document, ensure_ascii=False)}")


@certificates.command()
@told
def release() -> None:
    """Look at the certificates for each release that was made since: issue, renew, check again, or leave."""
    database, total = open_database(), 0
    while True:
        with database.unit_of_work() as session:
            made = services.release(session, LOCAL_OPERATOR, at_most=1)
        if not made:
            break
        for each in made:
            done = ", ".join(f"{count} {action}" for action, count in each.actions.items() if count) or "nothing"
            click.echo(f"{each.period}: {each.cohorts} cohorts ({done}), {each.persons} certificates of persons")
        total += len(made)
    if not total:
        click.echo("No release waits.")


@certificates.command()
@click.argument("reference")
@click.option("--reason", type=click.Choice([each.value for each in RevocationReason]), required=True, help="Why.")
@told
def revoke(reference: str, reason: str) -> None:
    """Revoke the certificate REFERENCE at once. With that of a cohort those of its people fall."""
    with open_database().unit_of_work() as session:
        services.revoke(session, LOCAL_OPERATOR, reference, RevocationReason(reason))
    click.echo(f"{reference} is revoked; the lists say so from now on.")


@certificates.command()
@click.argument("letter", required=False)
@click.option("--agency", metavar="CODE", help="Instead of a letter: the agency, together with --quarter.")
@click.option("--quarter", metavar="QUARTER", help="The quarter in which it recruited, such as 2026-Q3.")
@click.option("--bound", default="5%", show_default=True, help="Up to which share that paid shall be excluded.")
@told
def sample(letter: str | None, agency: str | None, quarter: str | None, bound: str) -> None:
    """Say how many workers of LETTER to ask so that --bound holds when none of them paid, and draw them by lot."""
    text = bound.removesuffix("%").strip()
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise click.UsageError("--bound is a whole percentage from 0 to 100, such as 5%.")
    with open_database().unit_of_work() as session:
        cohort = services.enrol(session, LOCAL_OPERATOR, letter=letter, agency=agency, quarter=quarter)
        drawn = services.draw_sample(session, LOCAL_OPERATOR, cohort.reference, percent=int(text))
    click.echo(f"Sample {drawn.reference} of cohort {drawn.cohort}: ask {len(drawn.journeys)} of {drawn.population}.")
    click.echo(f"If none of them paid, at most {drawn.bound_percent} per cent of all can have (95 per cent sure).")
    for journey in drawn.journeys:
        click.echo(f"{journey}{'  heard already' if journey in drawn.heard else ''}")
    click.echo(f"Seed of the lots: {drawn.seed.hex()}.")


@certificates.command()
@click.argument("journey")
@click.option("--days", type=click.IntRange(1, services.SHARE_DAYS_MAX), default=services.SHARE_DAYS, show_default=True,
              help="For how long.")  # fmt: skip
@click.option("--paper", "out", type=click.Path(path_type=Path), metavar="FILE", help="Write the paper too.")
@click.option("--language", default="en", show_default=True, help="Of the paper, beside English.")
@told
def share(journey: str, days: int, out: Path | None, language: str) -> None:
    """Let anybody check the newest certificate of JOURNEY's person by a code and a link, which are printed this once."""
    database, secret = open_database(), None
    if out is not None:
        with database.unit_of_work() as session:
            secret = services.prepare_share(session, LOCAL_OPERATOR, journey)
            drawn = paper_of_share(session, LOCAL_OPERATOR, secret, language)
        out.write_bytes(drawn)
    with database.unit_of_work() as session:
        made = services.share(session, LOCAL_OPERATOR, journey, days, secret=secret)
    click.echo(f"{made.reference}: code {made.code}, link {made.link}, until {instant(made.expires_at)[:19]} UTC.")


@certificates.command("end-share")
@click.argument("reference")
@told
def end_share(reference: str) -> None:
    """End the share REFERENCE: its code and link tell nothing any more."""
    with open_database().unit_of_work() as session:
        services.end_share(session, LOCAL_OPERATOR, reference)
    click.echo(f"{reference} is ended.")


@certificates.command()
@click.argument("reference")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write it.")
@click.option("--language", default="en", show_default=True, help="Of the paper, beside English.")
@click.option("--draft", is_flag=True, help="With translations that nobody reviewed: not signed, no certificate.")
@told
def paper(reference: str, out: Path, language: str, draft: bool) -> None:
    """Write the certificate REFERENCE of a cohort on paper, as a signed PDF. That of a person comes with its share."""
    with open_database().unit_of_work() as session:
        certificate = services.seen_certificate(session, LOCAL_OPERATOR, reference)
        material = services.material_of_cohort(session, LOCAL_OPERATOR, certificate)
        drawn = draft_paper(material, language) if draft else signed_paper(session, LOCAL_OPERATOR, material, language)
    out.write_bytes(drawn)
    click.echo(f"Wrote {out}.")


@certificates.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="A bundle of the issuer; then no database is asked.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@told
def verify(file: Path, trust: Path | None, as_json: bool) -> None:
    """Say whether FILE, a paper (PDF) or a credential, is VALID (exit code 0), NOT VALID (1), or we CANNOT TELL (2)."""
    found: Verdict | PaperCheck
    if trust is None:
        with open_database().read_session() as session:
            found = services.check_paper(session, file.read_bytes())
    else:
        try:
            found = verifier.verify(file.read_bytes(), Trust.read(trust.read_bytes()), clock.now())
        except TrustUnreadable as unreadable:
            click.echo(f"Error: {unreadable}", err=True)
            sys.exit(_UNREADABLE)
    if as_json:
        document = {name: getattr(found, name) for name in ("word", "reason", "sentence", "statement")}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"{found.word}\n{found.sentence}\nreason: {found.reason}")
        for name in ("kind", "reference", "result", "covered_until", "valid_until"):
            if found.statement is not None:
                click.echo(f"{name}: {found.statement.get(name)}")
    sys.exit(_EXIT[found.word])


@certificates.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write it.")
@told
def bundle(out: Path) -> None:
    """Write what a verifier elsewhere needs: our identity with its keys, the signed lists, the head of the log."""
    with open_database().read_session() as session:
        found = services.trust_bundle(session)
    out.write_text(json.dumps(found, sort_keys=True, indent=1) + "\n")
    click.echo(f"Wrote {out}. Its lists are good for three days.")


@certificates.command("new-key")
@click.option("--paper", "of_papers", is_flag=True, help="Register the certificate that RECRUITMENT_PAPER_KEY names.")
@told
def new_key(of_papers: bool) -> None:
    """Make new keys that sign certificates and papers; what the ones before signed stays good."""
    database = open_database()
    if of_papers:
        with database.unit_of_work() as session:
            made = [services.register_paper_key(session, LOCAL_OPERATOR)]
    else:
        made = _renewed(database)
    for key in made:
        click.echo(f"{key.kind}: {key.id}")


@certificates.command()
@told
def keys() -> None:
    """Show every key that ever signed, and until when."""
    with open_database().read_session() as session:
        found = services.history_of_keys(session, LOCAL_OPERATOR)
    rows = [
        (
            key.kind, key.id, instant(key.made_at)[:19], instant(key.ended_at)[:19] if key.ended_at else "",
            instant(key.revoked_at)[:19] if key.revoked_at else "",
        )
        for key in found
    ]  # fmt: skip
    click.echo(table(("signs", "key", "made (UTC)", "followed", "revoked"), rows))


@certificates.command("revoke-key")
@click.argument("key")
@told
def revoke_key(key: str) -> None:
    """Say that KEY was lost or stolen: nothing that it signed counts any more. Make new keys after it."""
    with open_database().unit_of_work() as session:
        services.revoke_key(session, LOCAL_OPERATOR, key)
    click.echo(f"{key} is revoked. Make new keys: recruitment certificates new-key")


def _renewed(database: Database) -> list[Any]:
    """Make keys, and let them sign once the database knows them."""
    key_file = IssuingKeyFile(database.settings.certificate_key_path)
    with database.unit_of_work() as session:
        made = services.make_keys(session, LOCAL_OPERATOR, key_file)
        known = {key.id for key in services.history_of_keys(session, LOCAL_OPERATOR)}
    key_file.adopt(known)
    with database.unit_of_work() as session:
        # What the key before signed may not count any more, should it have been lost.
        services.refresh_lists(session, LOCAL_OPERATOR, services.Signer(session))
    return made
