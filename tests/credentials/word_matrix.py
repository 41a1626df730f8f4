"""Certificates of every sort, a bundle, an instant, and the word that docs/certificates.md has for them."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from recruitment.credentials import identity, proofs, status
from recruitment.credentials.verifier import CANNOT_TELL, NOT_VALID, VALID
from tests.credentials import issuer
from tests.credentials.issuer import AT, ISSUED

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1)
OTHERS = "did:web:first-mi1e.example"


def bundle(lists: list[dict[str, Any]] | None = None, document: dict[str, Any] | None = None) -> bytes:
    return issuer.spell(
        {
            "did": document or issuer.document(),
            "status": issuer.lists() if lists is None else lists,
            "head": None,
            "fetched_at": proofs.spell(AT),
        }
    )


def said(**changes: Any) -> dict[str, Any]:
    return issuer.about_person() | changes


def signed(change: Callable[[dict[str, Any]], object], **places: int) -> bytes:
    """Return a credential that the issuer signed although it was changed before."""
    document = issuer.unsigned(issuer.about_person(), **places)
    change(document)
    return issuer.spell(issuer.sign(document))


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a credential that was changed after it was signed."""
    document = json.loads(issuer.credential())
    change(document)
    return issuer.spell(document)


def respelled(old: str, new: str) -> bytes:
    text = issuer.credential(issuer.about_cohort()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def proof_with(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda it: it["proof"].update({name: value})


def at_place(place: object) -> Callable[[dict[str, Any]], object]:
    return lambda it: it["credentialStatus"][0].update(statusListIndex=place)


def by_second_key(created=ISSUED, **times: Any) -> tuple[bytes, bytes]:
    """Return a credential by a second key of the issuer, and a bundle in which that key has these times."""
    keys = [*issuer.history(1), *(replace(key, **times) for key in issuer.history(2))]
    content = issuer.spell(issuer.sign(issuer.unsigned(issuer.about_person()), 2, created))
    return content, bundle(document=identity.did_document(issuer.BASE, keys))


def list_of(purpose: str, *indices: int, **changes: Any) -> dict[str, Any]:
    made = issuer.status_list(purpose, indices, changes.pop("begins", AT - DAY))
    del made["proof"]
    for name, value in changes.items():
        holder = made if name in made else made["credentialSubject"]
        holder[name] = value
    return issuer.sign(made)


def with_lists(*lists: dict[str, Any]) -> bytes:
    return bundle(list(lists))


GOOD = bundle()
REVOCATION, SUSPENSION = issuer.lists()
STALE = {"begins": AT - 10 * DAY}

MATRIX: dict[str, tuple[str, bytes, bytes, Any]] = {
    "of a person": (VALID, issuer.credential(), GOOD, AT),
    "of a cohort": (VALID, issuer.credential(issuer.about_cohort()), GOOD, AT),
    **{
        f"of kind {kind}": (VALID, issuer.credential(said(kind=kind)), GOOD, AT)
        for kind in ("pre_departure", "confirmed")
    },
    "remediated": (VALID, issuer.credential(said(result="remediated")), GOOD, AT),
    "in one line": (VALID, json.dumps(json.loads(issuer.credential())).encode(), GOOD, AT),
    "the first and the last place": (VALID, issuer.credential(revocation=0, suspension=131_070), GOOD, AT),
    "expired": (NOT_VALID, issuer.credential(), with_lists(), AT + 100 * DAY),
    "expired within the tolerance": (VALID, issuer.credential(said(valid_until="2026-12-05T11:59:30Z")), GOOD, AT),
    "expired beyond the tolerance": (NOT_VALID, issuer.credential(said(valid_until="2026-12-05T11:58:59Z")), GOOD, AT),
    "not yet valid": (NOT_VALID, issuer.credential(said(valid_from="2026-12-05T12:01:01Z")), GOOD, AT),
    "not yet valid within the tolerance": (VALID, issuer.credential(said(valid_from="2026-12-05T12:01:00Z")), GOOD, AT),
    "ends before it begins": (NOT_VALID, issuer.credential(said(valid_from="2027-03-02T00:00:00Z")), GOOD, AT),
    "signed tomorrow": (
        NOT_VALID,
        issuer.spell(issuer.sign(issuer.unsigned(said()), created=AT + DAY)),
        GOOD,
        AT,
    ),
    "revoked": (NOT_VALID, issuer.credential(revocation=issuer.REVOKED_AT), GOOD, AT),
    "revoked by a stale list": (
        NOT_VALID,
        issuer.credential(),
        with_lists(list_of("revocation", 5, **STALE), SUSPENSION),
        AT,
    ),
    "suspended": (CANNOT_TELL, issuer.credential(suspension=issuer.SUSPENDED_AT), GOOD, AT),
    "suspended by a stale list": (
        CANNOT_TELL,
        issuer.credential(),
        with_lists(REVOCATION, list_of("suspension", 9, **STALE)),
        AT,
    ),
    "suspended, without the other list": (
        CANNOT_TELL,
        issuer.credential(suspension=issuer.SUSPENDED_AT),
        with_lists(SUSPENSION),
        AT,
    ),
    "revoked and suspended": (
        NOT_VALID,
        issuer.credential(revocation=issuer.REVOKED_AT, suspension=issuer.SUSPENDED_AT),
        GOOD,
        AT,
    ),
    "revoked, without the other list": (
        NOT_VALID,
        issuer.credential(revocation=issuer.REVOKED_AT),
        with_lists(REVOCATION),
        AT,
    ),
    "stale lists": (CANNOT_TELL, issuer.credential(), GOOD, AT + 5 * DAY),
    "lists of the future": (
        CANNOT_TELL,
        issuer.credential(),
        with_lists(REVOCATION, list_of("suspension", begins=AT + DAY)),
        AT,
    ),
    "no lists": (CANNOT_TELL, issuer.credential(), with_lists(), AT),
    "one list": (CANNOT_TELL, issuer.credential(), with_lists(REVOCATION), AT),
    "a list with a changed bit": (
        CANNOT_TELL,
        issuer.credential(suspension=issuer.SUSPENDED_AT),
        with_lists(REVOCATION, SUSPENSION | {"credentialSubject": list_of("suspension")["credentialSubject"]}),
        AT,
    ),
    "a list of the other purpose": (
        CANNOT_TELL,
        issuer.credential(),
        with_lists(list_of("revocation", statusPurpose="suspension"), SUSPENSION),
        AT,
    ),
    "a list that is too short": (
        CANNOT_TELL,
        issuer.credential(),
        with_lists(list_of("revocation", encodedList=status.encode((), 131_064)), SUSPENSION),
        AT,
    ),
    "a list that is longer": (
        VALID,
        issuer.credential(revocation=131_072),
        with_lists(list_of("revocation", encodedList=status.encode((), 262_144)), SUSPENSION),
        AT,
    ),
    "a place beyond the list": (CANNOT_TELL, issuer.credential(revocation=131_072), GOOD, AT),
    "a list of somebody else": (
        CANNOT_TELL,
        issuer.credential(),
        with_lists(list_of("revocation", issuer=OTHERS), SUSPENSION),
        AT,
    ),
    "an unknown key": (CANNOT_TELL, issuer.spell(issuer.sign(issuer.unsigned(said()), 2)), GOOD, AT),
    "the key of another": (
        NOT_VALID,
        issuer.spell(
            proofs.sign(
                issuer.unsigned(said()),
                issuer.keys(2).proof,
                identity.method_of(OTHERS, issuer.keys(2).proof_id),
                ISSUED,
            )
        ),
        GOOD,
        AT,
    ),
    "a retired key, in its time": (VALID, *by_second_key(ended_at=ISSUED + DAY), AT),
    "a retired key, at its end": (VALID, *by_second_key(ended_at=ISSUED), AT),
    "a retired key, after its time": (NOT_VALID, *by_second_key(ended_at=ISSUED - DAY), AT),
    "a key of the future": (NOT_VALID, *by_second_key(made_at=ISSUED + DAY), AT),
    "a key withdrawn before": (NOT_VALID, *by_second_key(revoked_at=ISSUED - DAY), AT),
    "a key withdrawn since": (CANNOT_TELL, *by_second_key(revoked_at=ISSUED + DAY), AT),
    "a key that ended, withdrawn since": (
        CANNOT_TELL,
        *by_second_key(ended_at=ISSUED + DAY, revoked_at=ISSUED + 2 * DAY),
        AT,
    ),
    "another issuer": (NOT_VALID, signed(lambda it: it.update(issuer=OTHERS)), GOOD, AT),
    "another issuer within": (
        NOT_VALID,
        signed(lambda it: it["credentialSubject"]["statement"].update(issuer=OTHERS)),
        GOOD,
        AT,
    ),
    "later dates on the cover": (NOT_VALID, signed(lambda it: it.update(validUntil="2028-01-01T00:00:00Z")), GOOD, AT),
    "the statement of another": (
        NOT_VALID,
        changed(lambda it: it["credentialSubject"].update(statement=issuer.about_cohort())),
        GOOD,
        AT,
    ),
    "another commitment": (
        NOT_VALID,
        changed(lambda it: it["credentialSubject"]["statement"].update(subject={"commitment": "00" * 32})),
        GOOD,
        AT,
    ),
    "a cohort with a subject": (NOT_VALID, issuer.credential(said(kind="cohort")), GOOD, AT),
    "a person without a subject": (NOT_VALID, issuer.credential(said(subject=None)), GOOD, AT),
    "an unknown kind": (NOT_VALID, issuer.credential(said(kind="gold")), GOOD, AT),
    "a newer version": (CANNOT_TELL, issuer.credential(said(version=2)), GOOD, AT),
    "a version of zero": (NOT_VALID, issuer.credential(said(version=0)), GOOD, AT),
    "a name twice, last": (NOT_VALID, respelled('"paid": 0', '"paid": 8, "paid": 0'), GOOD, AT),
    "a name twice, first": (NOT_VALID, respelled('"paid": 0', '"paid": 0, "paid": 8'), GOOD, AT),
    "a name twice, escaped": (NOT_VALID, respelled('"paid": 0', '"\\u0070aid": 8, "paid": 0'), GOOD, AT),
    "a name twice, with one value": (NOT_VALID, respelled('"paid": 0', '"paid": 0, "paid": 0'), GOOD, AT),
    "escaped letters": (VALID, respelled('"paid"', '"\\u0070aid"'), GOOD, AT),
    "an escaped half of a letter": (NOT_VALID, respelled('"Golden', '"\\ud800Golden'), GOOD, AT),
    "text in NFD": (NOT_VALID, unicodedata.normalize("NFD", issuer.credential().decode()).encode(), GOOD, AT),
    "text in NFD, signed": (
        NOT_VALID,
        signed(lambda it: it["credentialSubject"]["statement"].update(result=unicodedata.normalize("NFD", "\u00dc"))),
        GOOD,
        AT,
    ),
    "a fraction": (NOT_VALID, respelled('"paid": 0', '"paid": 0.5'), GOOD, AT),
    **{
        f"15 spelled as {spelling}": (NOT_VALID, respelled('"heard": 15', f'"heard": {spelling}'), GOOD, AT)
        for spelling in ("15.0", "15e0", "1.5e1", "015", "+15", "0xF", "150e-1", "15.", "NaN", "1e999", '"15"')
    },
    "a number too large": (
        NOT_VALID,
        issuer.credential().replace(b'"version": 1', b'"version": 9007199254740993'),
        GOOD,
        AT,
    ),
    "an unknown member": (NOT_VALID, changed(lambda it: it.update(name="x")), GOOD, AT),
    "an unknown member, signed": (NOT_VALID, signed(lambda it: it.update(name="x")), GOOD, AT),
    "an unknown member within": (NOT_VALID, changed(lambda it: it["credentialSubject"].update(id="x")), GOOD, AT),
    "an unknown member within, signed": (
        NOT_VALID,
        signed(lambda it: it["credentialSubject"].update(id="x")),
        GOOD,
        AT,
    ),
    "another context": (NOT_VALID, changed(lambda it: it["@context"].append("https://evil.example/v1")), GOOD, AT),
    "another context, signed": (
        NOT_VALID,
        signed(lambda it: it["@context"].append("https://evil.example/v1")),
        GOOD,
        AT,
    ),
    "the contexts the other way round": (NOT_VALID, signed(lambda it: it["@context"].reverse()), GOOD, AT),
    # The published algorithm puts the contexts of the proof in place of those of the document (3.3.2, step 4).
    "contexts of the proof alone": (
        NOT_VALID,
        changed(lambda it: it.update({"@context": it["@context"][:1]})),
        GOOD,
        AT,
    ),
    "another type": (NOT_VALID, signed(lambda it: it["type"].append("Other")), GOOD, AT),
    "one status": (NOT_VALID, signed(lambda it: it["credentialStatus"].pop()), GOOD, AT),
    "no status": (NOT_VALID, signed(lambda it: it.pop("credentialStatus")), GOOD, AT),
    "both for suspension": (
        NOT_VALID,
        signed(lambda it: it.update(credentialStatus=[it["credentialStatus"][1]] * 2)),
        GOOD,
        AT,
    ),
    **{
        f"at the place {place!r}": (
            NOT_VALID,
            signed(at_place(place)),
            GOOD,
            AT,
        )
        for place in ("-1", "05", "5.0", " 5", "٥", "", 5, None)
    },
    **{
        f"proof with {name} {value!r}": (
            NOT_VALID,
            changed(proof_with(name, value)),
            GOOD,
            AT,
        )
        for name, value in (
            ("cryptosuite", "eddsa-rdfc-2022"),
            ("type", "Ed25519Signature2020"),
            ("proofPurpose", "authentication"),
            ("proofPurpose", None),
            ("created", "2026-12-01T08:30:00+00:00"),
            ("created", "2026-12-01T08:30:01Z"),
            ("created", "２０２６-12-01T08:30:00Z"),
            ("verificationMethod", issuer.DID),
            ("verificationMethod", None),
            ("verificationMethod", OTHERS + "#" + issuer.keys().proof_id),
            ("verificationMethod", [issuer.method()]),
            ("domain", "x"),
            ("proofValue", "z"),
            ("proofValue", "z" + "1" * 64),
            ("proofValue", None),
        )
    },
    **{
        f"method {tail!r}": (
            CANNOT_TELL,
            changed(proof_with("verificationMethod", tail)),
            GOOD,
            AT,
        )
        for tail in (
            issuer.method() + "#",
            issuer.method() + "?x=1",
            issuer.DID + "##" + issuer.keys().proof_id,
            issuer.DID + "#",
        )
    },
    "the signature in another base": (
        NOT_VALID,
        changed(lambda it: it["proof"].update(proofValue="u" + it["proof"]["proofValue"][1:])),
        GOOD,
        AT,
    ),
    "a list of one proof": (NOT_VALID, changed(lambda it: it.update(proof=[it["proof"]])), GOOD, AT),
    "two proofs": (NOT_VALID, changed(lambda it: it.update(proof=[it["proof"], it["proof"]])), GOOD, AT),
    "a proof of pairs": (
        NOT_VALID,
        changed(lambda it: it.update(proof=[[*pair] for pair in it["proof"].items()])),
        GOOD,
        AT,
    ),
    "no proof": (NOT_VALID, changed(lambda it: it.pop("proof")), GOOD, AT),
    "nothing": (CANNOT_TELL, b"", GOOD, AT),
    "a list": (CANNOT_TELL, b"[]", GOOD, AT),
    "an empty object": (NOT_VALID, b"{}", GOOD, AT),
    "a mark before it": (CANNOT_TELL, b"\xef\xbb\xbf" + issuer.credential(), GOOD, AT),
    "something after it": (NOT_VALID, issuer.credential() + b"{}", GOOD, AT),
    "a comment after it": (NOT_VALID, issuer.credential() + b"/**/", GOOD, AT),
    "in another encoding": (CANNOT_TELL, issuer.credential().decode().encode("utf-16"), GOOD, AT),
    "blanks around it": (VALID, b"\r\n " + issuer.credential() + b" \n", GOOD, AT),
    "a blank that is none": (CANNOT_TELL, b"\x0c" + issuer.credential(), GOOD, AT),
    "too deep": (NOT_VALID, b'{"a":' * 30_00 + b"1" + b"}" * 30_00, GOOD, AT),
    "too long": (CANNOT_TELL, b"{" + b" " * 70_000 + b"}", GOOD, AT),
}
