"""What everybody outside can read of certificates at one moment: by codes and links, lists, log, partner's session, messages.

A look is a dictionary. Its keys name a letter where what was read is about the certificates of one letter; else the letter
is empty. When a release may have told something about a letter, two looks are compared without what is about that letter.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from recruitment.certificates import services
from recruitment.certificates.models import Certificate, CertificateCohort, PersonCertificate
from recruitment.core.errors import RecruitmentError
from recruitment.credentials import status
from recruitment.credentials.statement import leaf
from recruitment.employers.models import DemandLetter
from recruitment.webhooks import services as webhooks
from tests.paired.probing import _counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from tests.paired.certifying import CertifiedWorld

PURPOSES = ("revocation", "suspension")
ABSENT = "ZZZZ-ZZZZ-ZZ"
_NO_ID = UUID(int=0)


class Key(NamedTuple):
    """What was read, and about which letter; empty for what is about all."""

    letter: str
    what: str


class Issued(NamedTuple):
    """A certificate of a cohort as this test knows it, from the inside."""

    letter: str
    reference: str
    code: str
    link: str
    credential: str
    statement: str
    revocation: int
    suspension: int


class Seen(NamedTuple):
    """An answer, and how many statements it took."""

    answer: Any
    statements: int


Look = dict[Key, Seen]


def issued(world: CertifiedWorld) -> list[Issued]:
    """Return all certificates of cohorts, in order of reference."""
    row = Certificate
    query = (
        of_letters(DemandLetter.reference, row.reference, row.code, row.link, row.credential, row.statement,
            row.revocation_index, row.suspension_index)
        .order_by(row.reference)
    )  # fmt: skip
    with world.database.read_session() as session:
        return [Issued(*found) for found in session.execute(query)]


def of_persons(world: CertifiedWorld) -> list[tuple[str, str, int]]:
    """Return letter, statement and place of revocation of all certificates of persons."""
    row = PersonCertificate
    query = of_letters(DemandLetter.reference, row.statement, row.revocation_index).join(
        row, row.certificate_id == Certificate.id
    )
    with world.database.read_session() as session:
        return [(letter, statement, place) for letter, statement, place in session.execute(query)]


def of_letters(*columns: Any) -> Any:
    """Return a query for columns of certificates of cohorts, their letters, and what is joined to it."""
    return (
        select(*columns)
        .select_from(Certificate)
        .join(CertificateCohort, CertificateCohort.id == Certificate.cohort_id)
        .join(DemandLetter, DemandLetter.id == CertificateCohort.demand_letter_id)
    )


def look(world: CertifiedWorld) -> Look:
    """Return everything that anybody outside can read now, each with the number of statements that it took."""
    found: Look = {}

    def read(key: Key, ask: Callable[..., object], *given: object, who: str | None = None) -> None:
        scope = () if who is None else (world.actors[who].scope,)
        with _counted(world.database.engine) as statements, world.database.read_session(*scope) as session:
            try:
                answer = ask(session, *given)
            except RecruitmentError as refused:
                answer = f"{type(refused).__name__}: {refused.detail}"
        found[key] = Seen(answer, len(statements))

    read(Key("", "unknown code"), services.check, ABSENT)
    for each in issued(world):
        read(Key(each.letter, f"code of {each.reference}"), services.check, each.code)
        read(Key(each.letter, f"link of {each.reference}"), services.check, each.link)
        read(Key(each.letter, f"file of {each.reference}"), services.check_paper, each.credential.encode())
        for who, actor in world.actors.items():
            key = Key(each.letter, f"{each.reference} to the {who}")
            read(key, services.show_certificate, actor, each.reference, who=who)
    for letter, code in world.shares:
        read(Key(letter, f"share {code}"), services.check, code)
    for purpose in PURPOSES:
        read(Key("", purpose), services.status_list, purpose, 1)
    read(Key("", "head"), services.log_head)
    read(Key("", "leaves"), services.log_leaves, 0, 1_000_000)
    read(Key("", "trust"), services.trust_bundle)
    for who, actor in world.actors.items():
        read(Key("", f"list to the {who}"), _listed, actor, who=who)
        read(Key("", f"cohorts to the {who}"), services.list_cohorts, actor, who=who)
        read(Key("", f"deliveries to the {who}"), _deliveries, actor, who=who)
    found[Key("", "messages")] = Seen(tuple(world.messages), 0)
    return found


def _listed(session: Session, actor: Actor) -> tuple[Any, ...]:
    # The id of a row never leaves the house.
    return tuple(replace(each, id=_NO_ID) for each in services.list_certificates(session, actor))


def _deliveries(session: Session, actor: Actor) -> list[Any]:
    hooks = webhooks.webhooks(session, actor, after=None, limit=200)
    return [webhooks.deliveries(session, actor, hook.reference, after=None, limit=200) for hook in hooks]


def difference(one: CertifiedWorld, two: CertifiedWorld, looks: tuple[Look, Look], letter: str | None) -> list[str]:
    """Return what tells two worlds apart at a moment, leaving out what is about ``letter`` if one is given."""
    first, second = looks
    if letter is not None:
        first, second = _without(first, one, letter), _without(second, two, letter)
    return [
        f"{key.letter} {key.what}: {_where(str(first.get(key)), str(second.get(key)))}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _where(one: str, two: str) -> str:
    """Show two texts around the place where they begin to differ."""
    same = next((place for place, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
    return f"...{one[max(same - 80, 0) : same + 200]} | ...{two[max(same - 80, 0) : same + 200]}"


def _without(found: Look, world: CertifiedWorld, letter: str) -> Look:
    """Return a look without what is about the certificates of a letter: they may have changed, and nothing else."""
    theirs = [each for each in issued(world) if each.letter == letter]
    persons = [(place, statement) for of, statement, place in of_persons(world) if of == letter]
    places = {
        "revocation": {each.revocation for each in theirs} | {place for place, _ in persons},
        "suspension": {each.suspension for each in theirs},
    }
    references = {each.reference for each in theirs}
    known = {leaf(json.loads(each.statement)).hex() for each in issued(world) if each.letter != letter}
    known |= {leaf(json.loads(statement)).hex() for of, statement, _ in of_persons(world) if of != letter}
    rest = {key: seen for key, seen in found.items() if key.letter != letter}

    def change(what: str, to: Callable[[Any], Any]) -> None:
        seen = rest[Key("", what)]
        rest[Key("", what)] = seen if isinstance(seen.answer, str) and not seen.answer.startswith("{") else Seen(
            to(seen.answer), seen.statements
        )  # fmt: skip

    for purpose in PURPOSES:
        change(purpose, partial(_list_of_text_without, places=places[purpose]))
    change("head", lambda text: _head_without_root(json.loads(text)))
    change("leaves", lambda leaves: (len(leaves), known & set(leaves)))
    change("list to the partner", lambda listed: tuple(each for each in listed if each.reference not in references))
    change("trust", lambda bundle: {
        **bundle, "head": bundle["head"] and _head_without_root(bundle["head"]),
        "status": [
            _list_without(each, places[each["credentialSubject"]["statusPurpose"]]) for each in bundle["status"]
        ],
    })  # fmt: skip
    return rest


def _list_of_text_without(text: str, places: set[int]) -> dict[str, Any]:
    return _list_without(json.loads(text), places)


def _list_without(document: dict[str, Any], places: set[int]) -> dict[str, Any]:
    subject = document["credentialSubject"]
    bits = status.decode(subject["encodedList"])
    found = {place for place, byte in enumerate(bits) if byte for place in range(place * 8, place * 8 + 8)}
    listed = sorted(place for place in found if status.is_set(bits, place) and place not in places)
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    return {**document, "proof": proof, "credentialSubject": {**subject, "encodedList": listed}}


def _head_without_root(document: dict[str, Any]) -> dict[str, Any]:
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    return {**document, "root": None, "proof": proof}
