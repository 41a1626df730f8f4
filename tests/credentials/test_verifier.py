"""Every reason of the verifier, each brought about by one change; nothing is valid by default."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from recruitment.credentials import proofs, statement, status
from recruitment.credentials.verifier import (
    CANNOT_TELL,
    NOT_VALID,
    REASONS,
    VALID,
    Trust,
    TrustUnreadable,
    is_subject,
    verify,
)
from tests.credentials import issuer
from tests.credentials.issuer import AT
from tests.docs.pages import page

MINUTE = timedelta(minutes=1)


def found(content: bytes, trust: Trust | None = None, at=AT) -> tuple[str, str]:
    verdict = verify(content, trust or issuer.trust(), at)
    assert (verdict.word, verdict.sentence) == REASONS[verdict.reason]
    assert (verdict.statement is None) == (verdict.canonical is None)
    return verdict.word, verdict.reason


def changed(**parts):
    """Return a credential that the issuer signed with these parts in it."""
    return issuer.spell(issuer.sign(issuer.unsigned(issuer.about_person()) | parts))


def stating(**parts):
    """Return a credential whose statement alone has these parts, signed by the issuer."""
    cover = issuer.unsigned(issuer.about_person())
    cover["credentialSubject"]["statement"] |= parts
    return issuer.spell(issuer.sign(cover))


def entered(place: int, **parts):
    """Return a credential with one of its status entries changed, signed by the issuer."""
    cover = issuer.unsigned(issuer.about_person())
    cover["credentialStatus"][place] |= parts
    return issuer.spell(issuer.sign(cover))


def forged(**parts):
    """Return a signed credential with parts of its proof changed afterwards."""
    made = json.loads(issuer.credential())
    made["proof"] |= parts
    return issuer.spell(made)


class TestValid:
    @pytest.mark.parametrize("said", [issuer.about_person(), issuer.about_cohort()], ids=["person", "cohort"])
    def test_a_certificate_of_the_issuer_is(self, said):
        verdict = verify(issuer.credential(said), issuer.trust(), AT)
        assert verdict.is_valid
        assert verdict.word == VALID
        assert verdict.statement == said
        assert verdict.canonical == statement.canonical(said)

    def test_spaces_around_and_between_do_not_matter(self):
        made = json.loads(issuer.credential())
        for content in (json.dumps(made).encode(), json.dumps(made, indent=8).encode(), b"\n\t " + issuer.credential()):
            assert found(content) == (VALID, "valid")

    def test_an_older_key_still_vouches_for_what_it_signed(self):
        old = [replace(key, ended_at=AT - timedelta(hours=1)) for key in issuer.history(1)]
        trust = issuer.trust(with_document=issuer.document(*old, *issuer.history(2)))
        assert found(issuer.credential(), trust) == (VALID, "valid")

    def test_both_implementations_agree(self):
        made = json.loads(issuer.credential())
        assert proofs.is_signed(made, issuer.keys().proof.public_key().public_bytes_raw())

    @pytest.mark.parametrize(("at", "reason"), [("2026-12-01T08:29:30", "valid"), ("2027-03-01T00:01:00", "valid")])
    def test_clocks_may_differ_by_a_minute(self, at, reason):
        instant = AT.fromisoformat(at + "+00:00")
        lists = [
            issuer.status_list(purpose, (), instant - timedelta(days=1)) for purpose in ("revocation", "suspension")
        ]
        assert found(issuer.credential(), issuer.trust(lists), instant)[1] == reason


class TestWhatItIs:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"{}", "malformed"),
            (b"{", "malformed"),
            (b'{"a": nul}', "malformed"),
            (b'{"a": "\xff"}', "malformed"),
            (b'{"a": 1} {}', "malformed"),
            (b'{"a": 1, "a": 1}', "duplicate_key"),
            (b'{"a": {"b": 1, "\\u0062": 1}}', "duplicate_key"),
            (b'{"a": 1.0}', "number_unfit"),
            (b'{"a": 1e0}', "number_unfit"),
            (b'{"a": -0}', "number_unfit"),
            (b'{"a": NaN}', "number_unfit"),
            (b'{"a": -Infinity}', "number_unfit"),
            (b'{"a": 9007199254740992}', "number_unfit"),
            (b'{"a": ' + b"9" * 5000 + b"}", "number_unfit"),
            (b'{"a": "\\ud800"}', "text_unfit"),
            (b'{"a": "e\\u0301"}', "text_unfit"),
            (b'{"a": "\\u202e"}', "text_unfit"),
            (b'{"\\u2066": 1}', "text_unfit"),
            (b'{"a": "\\u0000"}', "text_unfit"),
            (b'{"a":' * 21 + b"1" + b"}" * 21, "too_deep"),
            (b'{"a":' + b"[" * 30_000, "too_deep"),
            (b'{"a": "' + b'\\"' * 30_000, "malformed"),
            (b"{" + b" " * 65_536, "too_long"),
            (b"", "other_file"),
            (b"[1]", "other_file"),
            (b"\xff\xd8\xff\xe0 a photograph", "other_file"),
            (b"\xef\xbb\xbf{}", "other_file"),
        ],
        ids=count(),
    )
    def test_what_cannot_be_one_is_not_read_further(self, content, reason):
        assert found(content) == (REASONS[reason][0], reason)

    def test_brackets_in_text_are_not_depth(self):
        assert found(b'{"a": "' + b"[{" * 100 + b'\\"[[["}') == (NOT_VALID, "malformed")

    @pytest.mark.parametrize("part", sorted(json.loads(issuer.credential())))
    def test_no_part_can_be_left_out(self, part):
        made = json.loads(issuer.credential())
        del made[part]
        assert found(issuer.spell(made)) == (NOT_VALID, "malformed")

    def test_no_part_can_be_added(self):
        assert found(changed(id="urn:uuid:1")) == (NOT_VALID, "malformed")
        assert found(forged(domain="x")) == (NOT_VALID, "malformed")
        assert found(forged(previousProof="x")) == (NOT_VALID, "malformed")

    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            (2, (CANNOT_TELL, "version_unknown")),
            (0, (NOT_VALID, "malformed")),
            ("1", (NOT_VALID, "malformed")),
            (True, (NOT_VALID, "malformed")),
            (None, (NOT_VALID, "malformed")),
        ],
    )
    def test_a_version_that_is_not_known_is_not_guessed(self, version, expected):
        assert found(stating(version=version)) == expected


class TestWhoSigned:
    @pytest.mark.parametrize("did", ["did:web:first-mi1e.example", "did:web:first-mile.example:x", "", None, ["x"]])
    def test_another_issuer(self, did):
        assert found(changed(issuer=did)) == (NOT_VALID, "wrong_issuer")

    def test_a_key_of_another_issuer(self):
        method = f"did:web:other.example#{issuer.keys().proof_id}"
        assert found(forged(verificationMethod=method)) == (NOT_VALID, "wrong_issuer")
        assert found(forged(verificationMethod=None)) == (NOT_VALID, "wrong_issuer")

    @pytest.mark.parametrize(
        "parts",
        [
            {"cryptosuite": "eddsa-rdfc-2022"},
            {"cryptosuite": "ecdsa-jcs-2019"},
            {"cryptosuite": "none"},
            {"type": "Ed25519Signature2020"},
            {"proofPurpose": "authentication"},
        ],
    )
    def test_another_algorithm(self, parts):
        assert found(forged(**parts)) == (NOT_VALID, "wrong_algorithm")

    @pytest.mark.parametrize("value", ["", "z", "z1", None, 5, "u" + "A" * 86, "z" + "1" * 64, "z" + "5" * 10_000])
    def test_no_signature(self, value):
        assert found(forged(proofValue=value)) == (NOT_VALID, "signature_wrong")

    def test_a_signature_by_another_key_under_the_name_of_ours(self):
        made = proofs.sign(
            issuer.unsigned(issuer.about_person()), issuer.keys(2).proof, issuer.method(1), issuer.ISSUED
        )
        assert found(issuer.spell(made)) == (NOT_VALID, "signature_wrong")

    def test_the_name_of_another_of_our_keys(self):
        trust = issuer.trust(with_document=issuer.document(*issuer.history(1, 2)))
        assert found(forged(verificationMethod=issuer.method(2)), trust) == (NOT_VALID, "signature_wrong")

    def test_another_date_of_the_proof(self):
        assert found(forged(created="2026-12-02T00:00:00Z")) == (NOT_VALID, "signature_wrong")
        assert found(forged(created="2026-12-02T00:00:00+00:00")) == (NOT_VALID, "malformed")

    def test_contexts_of_the_proof_that_are_not_those_of_the_certificate(self):
        assert found(forged(**{"@context": []})) == (NOT_VALID, "signature_wrong")

    def test_a_key_that_the_bundle_does_not_have(self):
        made = issuer.sign(issuer.unsigned(issuer.about_person()), number=2)
        assert found(issuer.spell(made)) == (CANNOT_TELL, "key_unknown")

    @pytest.mark.parametrize(
        ("times", "expected"),
        [
            ({"made_at": issuer.ISSUED + timedelta(hours=1)}, (NOT_VALID, "key_not_made")),
            ({"ended_at": issuer.ISSUED - timedelta(hours=1)}, (NOT_VALID, "key_expired")),
            ({"revoked_at": issuer.ISSUED - timedelta(hours=1)}, (NOT_VALID, "key_revoked")),
            ({"revoked_at": issuer.ISSUED + timedelta(hours=1)}, (CANNOT_TELL, "key_revoked_since")),
        ],
    )
    def test_a_key_out_of_its_time(self, times, expected):
        keys = [replace(key, **times) for key in issuer.history()]
        assert found(issuer.credential(), issuer.trust(with_document=issuer.document(*keys))) == expected


class TestAgreement:
    @pytest.mark.parametrize(
        "parts",
        [
            {"issuer": "did:web:other.example"},
            {"valid_from": "2026-12-02T00:00:00Z"},
            {"valid_until": "2028-01-01T00:00:00Z"},
            {"kind": "cohort"},
            {"kind": "something"},
            {"kind": None},
            {"subject": None},
        ],
    )
    def test_a_statement_that_its_cover_contradicts(self, parts):
        assert found(stating(**parts)) == (NOT_VALID, "disagreement")

    @pytest.mark.parametrize(
        "parts",
        [
            {"@context": ["https://www.w3.org/ns/credentials/v2"]},
            {"type": ["DebtFreeRecruitmentCertificate", "VerifiableCredential"]},
            {"type": "VerifiableCredential"},
            {"validUntil": "2028-01-01T00:00:00Z"},
            {"credentialSubject": {"type": "Other", "statement": issuer.about_person()}},
            {"credentialSubject": {"type": "DebtFreeRecruitment", "statement": []}},
        ],
    )
    def test_a_cover_that_is_not_exactly_ours(self, parts):
        assert found(changed(**parts)) == (NOT_VALID, "disagreement")


class TestDates:
    def test_not_yet(self):
        assert found(issuer.credential(), at=issuer.ISSUED - 2 * MINUTE) == (NOT_VALID, "not_yet_valid")
        said = issuer.about_person() | {"valid_from": "2026-12-06T00:00:00Z"}
        assert found(issuer.credential(said)) == (NOT_VALID, "not_yet_valid")

    def test_no_more(self):
        said = issuer.about_person() | {"valid_until": "2026-12-05T11:58:59Z"}
        assert found(issuer.credential(said)) == (NOT_VALID, "expired")

    def test_a_certificate_that_ends_before_it_begins(self):
        said = issuer.about_person() | {"valid_until": "2026-12-01T00:00:00Z"}
        assert found(issuer.credential(said), at=issuer.ISSUED - timedelta(hours=8))[0] == NOT_VALID

    @pytest.mark.parametrize(
        "date", ["2026-12-01", "2026-12-01T00:00:00.0Z", "2026-13-01T00:00:00Z", "２026-12-01T00:00:00Z"]
    )
    def test_a_date_that_is_spelled_otherwise(self, date):
        said = issuer.about_person() | {"valid_from": date}
        assert found(issuer.credential(said)) == (NOT_VALID, "malformed")


class TestStatus:
    def test_revoked(self):
        assert found(issuer.credential(revocation=issuer.REVOKED_AT)) == (NOT_VALID, "revoked")

    def test_being_checked_again(self):
        assert found(issuer.credential(suspension=issuer.SUSPENDED_AT)) == (CANNOT_TELL, "re_check")

    def test_what_is_certain_and_bad_is_said_first(self):
        both = issuer.credential(revocation=issuer.REVOKED_AT, suspension=issuer.SUSPENDED_AT)
        assert found(both) == (NOT_VALID, "revoked")
        assert found(both, at=AT + timedelta(days=30)) == (NOT_VALID, "revoked")
        revoked = issuer.credential(revocation=issuer.REVOKED_AT)
        assert found(revoked, issuer.trust(issuer.lists()[:1])) == (NOT_VALID, "revoked")
        assert found(issuer.credential(), issuer.trust([]), AT + timedelta(days=300)) == (NOT_VALID, "expired")

    @pytest.mark.parametrize("left", [0, 1])
    def test_a_list_that_is_missing(self, left):
        assert found(issuer.credential(), issuer.trust([issuer.lists()[left]])) == (CANNOT_TELL, "status_missing")
        assert found(issuer.credential(), issuer.trust([])) == (CANNOT_TELL, "status_missing")

    @pytest.mark.parametrize("days", [-3, 3])
    def test_a_list_of_another_day(self, days):
        lists = [issuer.lists()[0], issuer.status_list("suspension", (), AT - timedelta(days=1 - days) - MINUTE)]
        stale = issuer.trust([lists[0], issuer.status_list("suspension", (), AT - timedelta(days=4))])
        early = issuer.trust([lists[0], issuer.status_list("suspension", (), AT + timedelta(days=1))])
        assert found(issuer.credential(), stale if days < 0 else early) == (CANNOT_TELL, "status_stale")

    @pytest.mark.parametrize("number", [0, 1])
    @pytest.mark.parametrize(
        "change",
        [
            lambda made: made["credentialSubject"].update(encodedList=status.encode({1})),
            lambda made: made.update(issuer="did:web:other.example"),
            lambda made: made.pop("proof"),
            lambda made: made["proof"].update(created="2026-12-04T12:00:01Z"),
            lambda made: made.update(more=1),
        ],
        ids=count(),
    )
    def test_a_list_that_the_issuer_did_not_sign(self, number, change):
        lists = issuer.lists()
        change(lists[number])
        assert found(issuer.credential(), issuer.trust(lists)) == (CANNOT_TELL, "status_unsigned")

    @pytest.mark.parametrize(
        "change",
        [
            lambda made: made["credentialSubject"].update(statusPurpose="suspension"),
            lambda made: made["credentialSubject"].update(statusPurpose=["revocation"]),
            lambda made: made["credentialSubject"].update(encodedList="u" + "A" * 40),
            lambda made: made["credentialSubject"].update(encodedList=bomb()),
            lambda made: made["credentialSubject"].update(type="Other"),
            lambda made: made.update(type=["VerifiableCredential"]),
            lambda made: made.update(validFrom="yesterday"),
        ],
        ids=count(),
    )
    def test_a_list_that_cannot_be_read_as_one(self, change):
        lists = issuer.lists()
        del lists[0]["proof"]
        change(lists[0])
        lists[0] = issuer.sign(lists[0], created=AT)
        assert found(issuer.credential(), issuer.trust(lists)) == (CANNOT_TELL, "status_unfit")

    def test_the_list_of_the_other_purpose(self):
        other = status.list_address(issuer.BASE, "revocation", 1)
        assert found(entered(1, statusListCredential=other)) == (CANNOT_TELL, "status_unfit")

    def test_a_place_that_the_list_does_not_have(self):
        assert found(entered(1, statusListIndex="131072")) == (CANNOT_TELL, "status_out_of_range")

    @pytest.mark.parametrize(
        "parts",
        [
            {"statusListIndex": "-1"},
            {"statusListIndex": "05"},
            {"statusListIndex": 5},
            {"statusListIndex": "٥"},
            {"statusPurpose": "message"},
            {"type": "Other"},
            {"statusListCredential": None},
            {"statusSize": 2},
        ],
    )
    def test_an_entry_that_is_not_exactly_ours(self, parts):
        assert found(entered(0, **parts)) == (NOT_VALID, "malformed")

    @pytest.mark.parametrize("which", [[], [0], [1], [1, 0], [0, 0], [0, 1, 1]])
    def test_entries_are_two_and_in_order(self, which):
        entries = issuer.unsigned(issuer.about_person())["credentialStatus"]
        assert found(changed(credentialStatus=[entries[place] for place in which])) == (NOT_VALID, "malformed")

    def test_a_list_is_checked_once_for_all_certificates(self):
        trust = issuer.trust()
        assert found(issuer.credential(), trust) == found(issuer.credential(), trust) == (VALID, "valid")
        assert len(trust.checked) == 2


def bomb() -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(30_000_000))).decode().rstrip("=")


class TestBundle:
    def test_it_is_read_as_it_was_written(self):
        assert found(issuer.credential(), Trust.read(issuer.bundle())) == (VALID, "valid")

    @pytest.mark.parametrize(
        "change",
        [
            lambda made: made.pop("did"),
            lambda made: made.update(more=1),
            lambda made: made.update(fetched_at="today"),
            lambda made: made["did"].pop("id"),
            lambda made: made["did"]["verificationMethod"].append(copy.deepcopy(made["did"]["verificationMethod"][0])),
            lambda made: made["did"]["verificationMethod"][0].update(controller="did:web:other.example"),
            lambda made: made["did"]["verificationMethod"][0].update(type="JsonWebKey"),
            lambda made: made["did"]["verificationMethod"][0].update(publicKeyMultibase="z6Mk"),
            lambda made: made["did"]["verificationMethod"][0].pop("created"),
            lambda made: made["did"]["verificationMethod"][0].update(revoked="never"),
            lambda made: made["did"]["paperCertificates"][0].update(sha256="00" * 32),
            lambda made: made["did"]["paperCertificates"][0].update(der="!"),
            lambda made: made.update(status=[{}]),
            lambda made: made.update(status=5),
        ],
        ids=count(),
    )
    def test_what_is_none_is_refused(self, change):
        made = json.loads(issuer.bundle())
        change(made)
        with pytest.raises(TrustUnreadable, match="from the issuer"):
            Trust.read(issuer.spell(made))


class TestSubject:
    def test_the_name_is_shown_to_be_that_of_the_certificate(self):
        said = issuer.about_person()
        assert is_subject(said, issuer.NAME, issuer.SALT)
        assert not is_subject(said, issuer.NAME + "x", issuer.SALT)
        assert not is_subject(said, issuer.NAME, "00")
        assert not is_subject(said, "\ud800", issuer.SALT)
        assert not is_subject(issuer.about_cohort(), issuer.NAME, issuer.SALT)


class TestSentences:
    def test_each_ends_and_tells_what_to_do_when_nothing_can_be_told(self):
        for word, sentence in REASONS.values():
            assert sentence.endswith(".")
            assert len(sentence) < 220
            told = ("Ask for", "Fetch a new", "Get a newer", "Until that is done", "Install it")
            assert word != CANNOT_TELL or any(cure in sentence for cure in told)
            assert "error" not in sentence.lower()

    def test_each_is_in_the_chapter_under_its_word(self):
        section = page("docs/certificates.md").section("Checking without us (the verifier)")
        rows = [line for line in section.splitlines() if line.startswith("| ")]
        for reason, (word, _) in REASONS.items():
            assert [row.startswith(f"| {word}") for row in rows if f"`{reason}`" in row] == [True], reason

    def test_only_one_reason_is_valid(self):
        assert [reason for reason, (word, _) in REASONS.items() if word == VALID] == ["valid"]
