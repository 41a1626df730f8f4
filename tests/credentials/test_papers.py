"""Papers: signed so that three programmes agree, and answered quickly whatever a stranger puts into one."""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
import time
import tracemalloc
import zlib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from recruitment.core import clock
from recruitment.credentials import log, proofs, signed_data, statement
from recruitment.credentials.keys import PaperKey, load_paper_key
from recruitment.credentials.paper_signature import REASON, PaperSigner
from recruitment.credentials.verifier import CANNOT_TELL, NOT_VALID, REASONS, VALID, papers, verify
from recruitment.credentials.verifier.__main__ import main
from tests.credentials import issuer, mutants
from tests.credentials.issuer import AT, own_pkcs12


def found(content: bytes, trust=None, **known) -> tuple[str, str]:
    verdict = verify(content, trust or issuer.trust(), AT, **known)
    assert verdict.sentence == REASONS[verdict.reason][1]
    return verdict.word, verdict.reason


@pytest.fixture(scope="module")
def rsa_key(tmp_path_factory) -> PaperKey:
    path = tmp_path_factory.mktemp("own") / "own.p12"
    path.write_bytes(own_pkcs12(rsa.generate_private_key(65537, 2048)))
    return load_paper_key(path, "open sesame")


def opinion_of_pyhanko(content: bytes, key: PaperKey):
    (certificate,) = load_certs_from_pemder_data(key.der)
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=AT)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, signer_validation_context=context)


class TestSigned:
    def test_a_paper_of_ours_is_valid(self):
        verdict = verify(issuer.paper(), issuer.trust(), AT)
        assert verdict.is_valid
        assert verdict.canonical == statement.canonical(issuer.about_person())
        assert verdict.subject is None

    def test_what_was_drawn_is_in_it_unchanged(self):
        assert issuer.paper().startswith(issuer.drawn())
        (signature,) = PdfFileReader(io.BytesIO(issuer.paper())).embedded_signatures
        assert signature.sig_object["/Reason"] == REASON
        assert signature.self_reported_timestamp == issuer.ISSUED

    def test_everything_that_was_attached_comes_out_again(self):
        leaves = [statement.leaf(issuer.about_person()), log.new_padding()]
        shown = issuer.spell(log.inclusion(issuer.signed_head(leaves), leaves, 0))
        others = issuer.subject_file() | {"log.json": shown}
        files = papers.attachments(issuer.paper(others=others))
        assert files == {"credential.vc.json": issuer.credential()} | others

    def test_an_organisations_own_rsa_certificate_signs_too(self, rsa_key):
        content = PaperSigner(rsa_key).sign(issuer.drawn(), {"credential.vc.json": issuer.credential()}, issuer.ISSUED)
        pinned = issuer.document(*issuer.history(), rsa_key.public_key(issuer.MADE))
        assert found(content, issuer.trust(with_document=pinned)) == (VALID, "valid")
        assert found(content) == (CANNOT_TELL, "paper_key_unknown")
        assert opinion_of_pyhanko(content, rsa_key).bottom_line

    def test_signing_one_leaves_time_for_drawing_it(self):
        signer, files = PaperSigner(issuer.keys().paper), {"credential.vc.json": issuer.credential()}
        begins = time.perf_counter()
        for _ in range(20):
            signer.sign(issuer.drawn(), files, issuer.ISSUED)
        rate = 20 / (time.perf_counter() - begins)
        print(f"{rate:.0f} papers signed a second")
        assert rate > 25


class TestSecondOpinions:
    def test_pyhanko_finds_ours_whole_and_unchanged(self):
        status = opinion_of_pyhanko(issuer.paper(), issuer.keys().paper)
        assert status.bottom_line
        assert status.modification_level == ModificationLevel.NONE
        assert status.docmdp_ok

    @pytest.mark.parametrize("way", [mutants.attach_another, mutants.attach_more, mutants.retitle])
    def test_pyhanko_finds_an_appended_revision(self, way):
        changed = way(random.Random(1), issuer.paper())
        assert not opinion_of_pyhanko(changed, issuer.keys().paper).bottom_line
        assert found(changed) == (CANNOT_TELL, "paper_unsigned")

    @pytest.mark.debian
    @pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
    def test_pdfsig_agrees(self, tmp_path):
        path = tmp_path / "paper.pdf"

        def told(content: bytes) -> str:
            path.write_bytes(content)
            return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout

        content = issuer.paper()
        assert "Signature is Valid" in told(content)
        assert "Total document signed" in told(content)
        assert "ETSI.CAdES.detached" in told(content)
        changed = content.replace(b"/Helvetica", b"/Helvetikx", 1)
        assert changed != content
        assert "Digest Mismatch" in told(changed)
        assert found(changed) == (CANNOT_TELL, "paper_changed")
        assert "Not total document signed" in told(mutants.attach_another(random.Random(1), content))


class TestReasons:
    def test_a_paper_that_nobody_signed(self):
        assert found(issuer.drawn()) == (CANNOT_TELL, "paper_unsigned")

    def test_a_paper_that_another_signed(self):
        assert found(issuer.paper(number=2)) == (CANNOT_TELL, "paper_key_unknown")

    def test_a_paper_whose_key_was_withdrawn(self):
        proof, paper = issuer.history()
        pinned = issuer.document(proof, replace(paper, revoked_at=AT))
        assert found(issuer.paper(), issuer.trust(with_document=pinned)) == (CANNOT_TELL, "paper_key_revoked")

    def test_a_paper_whose_key_was_followed_by_another(self):
        proof, paper = issuer.history()
        pinned = issuer.document(proof, replace(paper, ended_at=issuer.ISSUED), issuer.keys(2).public_keys(AT)[1])
        assert found(issuer.paper(), issuer.trust(with_document=pinned)) == (VALID, "valid")

    def test_a_paper_without_certificate(self):
        bare = PaperSigner(issuer.keys().paper).sign(issuer.drawn(), {"log.json": b"{}"}, issuer.ISSUED)
        assert found(bare) == (CANNOT_TELL, "paper_unreadable")
        nothing = PaperSigner(issuer.keys().paper).sign(issuer.drawn(), {}, issuer.ISSUED)
        assert found(nothing) == (CANNOT_TELL, "paper_unreadable")

    @pytest.mark.parametrize(
        ("places", "expected"),
        [
            ({"revocation": issuer.REVOKED_AT}, (NOT_VALID, "revoked")),
            ({"suspension": issuer.SUSPENDED_AT}, (CANNOT_TELL, "re_check")),
        ],
        ids=["revoked", "suspended"],
    )
    def test_a_true_paper_says_what_its_certificate_says(self, places, expected):
        assert found(issuer.paper(issuer.credential(**places))) == expected

    def test_padding_of_the_signature_must_be_empty(self):
        content = issuer.paper()
        place = content.index(b">", content.index(b"/Contents <")) - 1
        assert content[place : place + 1] == b"0"
        assert found(content[:place] + b"1" + content[place + 1 :]) == (CANNOT_TELL, "paper_changed")


class TestContainer:
    """Containers that the issuer's own key signed, and that are still not the signature of this paper."""

    def signed(self, change) -> bytes:
        signer = PaperSigner(issuer.keys().paper)
        change(signer._container)
        signer._reserved += 200
        return signer.sign(issuer.drawn(), {"credential.vc.json": issuer.credential()}, issuer.ISSUED)

    def test_left_as_it_is_it_is_valid(self):
        assert found(self.signed(lambda container: None)) == (VALID, "valid")

    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("_fixed_attributes", lambda made: made[:1], "paper_changed"),
            ("_fixed_attributes", lambda made: made[1:], "paper_changed"),
            ("_fixed_attributes", lambda made: (*made, made[0]), "paper_changed"),
            ("_fixed_attributes", lambda made: (made[0].replace(b"\x07\x01", b"\x07\x02"), made[1]), "paper_changed"),
            ("_fixed_attributes", lambda made: (made[0], made[1][:-1] + b"\x00"), "paper_key_unknown"),
            ("_signer", lambda made: made[:-1] + bytes([made[-1] ^ 1]), "paper_key_unknown"),
            ("_algorithm", lambda made: signed_data._RSA_SHA256, "paper_changed"),
            ("_certificates", lambda made: b"", "valid"),
        ],
        ids=count(),
    )
    def test_another_form_is_refused(self, name, value, reason):
        content = self.signed(lambda container: setattr(container, name, value(getattr(container, name))))
        assert found(content)[1] == reason

    def test_the_digest_of_another_file_is_refused(self):
        def change(container):
            sign = container.sign
            container.sign = lambda digest: sign(bytes(32))

        assert found(self.signed(change)) == (CANNOT_TELL, "paper_changed")

    def test_hexadecimal_that_does_not_come_in_pairs_is_refused(self):
        content = issuer.paper()
        place = content.index(b"/Contents <") + 20
        assert found(content[:place] + b" " + content[place + 1 :]) == (CANNOT_TELL, "paper_unsigned")


class TestPerson:
    def test_the_name_is_told_when_it_is_that_of_the_certificate(self):
        assert verify(issuer.paper(others=issuer.subject_file()), issuer.trust(), AT).subject == issuer.NAME

    @pytest.mark.parametrize(
        "other",
        [
            issuer.subject_file("Another"),
            issuer.subject_file(salt="00"),
            {"subject.json": b"{}"},
            {"subject.json": b'{"name":1,"salt":2}'},
        ],
        ids=["name", "salt", "empty", "numbers"],
    )
    def test_another_name_makes_the_paper_false(self, other):
        verdict = verify(issuer.paper(others=other), issuer.trust(), AT)
        assert (verdict.word, verdict.reason, verdict.subject) == (NOT_VALID, "subject_mismatch", None)


class TestKnown:
    def test_a_paper_that_we_drew_is_told_by_its_digest(self):
        unsigned = issuer.drawn()
        known = {hashlib.sha256(unsigned).hexdigest(): issuer.credential()}
        assert found(unsigned, known_papers=known) == (VALID, "valid")
        assert found(unsigned + b"\n", known_papers=known) == (CANNOT_TELL, "paper_unsigned")


@cache
def hostile() -> dict[str, bytes]:
    """Return papers that a stranger made to keep a programme busy, to fill its memory, or to break it."""
    chance, head = random.Random(5), b"%PDF-1.7\n"
    content = issuer.paper()
    begins, ends = content.index(b"/Contents <") + 11, content.index(b">", content.index(b"/Contents <"))
    room = ends - begins

    def signed_by(container: bytes) -> bytes:
        return content[:begins] + container.hex().encode().ljust(room, b"0")[:room] + content[ends:]

    bomb = zlib.compress(bytes(100_000_000), 1)
    stream = b"1 0 obj<</Type/ObjStm/Filter/FlateDecode/N 99999999/First 9/Length %d>>stream\n" % len(bomb)
    return {
        "empty": head,
        "too_long": head + bytes(papers.PAPER_BYTES_MAX),
        "as_long_as_may_be": head + b"/ByteRange [0 9 9 9]" + b" " * (papers.PAPER_BYTES_MAX - 40),
        "deep": head + b"<<" * 1_000_000 + b"[" * 1_000_000,
        "bomb": head + stream + bomb + b"endstream endobj /ByteRange [0 1 2 3]",
        "recursive": head + b"xref\n0 1\ntrailer<</Prev 9/Root 1 0 R/XRefStm 9>>\nstartxref\n9\n%%EOF",
        "thousands_of_ranges": head + b"/ByteRange [0 1 2 3]" * 200_000,
        "long_range": head + b"/ByteRange [" + b" " * 4_000_000 + b"]",
        "long_numbers": head + b"/ByteRange [0 " + b"9" * 4_000_000 + b" 1 1]",
        "empty_range": head + b"/ByteRange [0 0 0 " + b"0" * 10 + b"]",
        "random": head + chance.randbytes(3_000_000),
        "long_signature": head + b"/Contents <" + b"30" * 2_000_000 + b">/ByteRange [0 20 4000021 32]",
        "nested_der": signed_by(b"\x30\x80" * 400),
        "long_der": signed_by(b"\x30\x84\x7f\xff\xff\xff" + b"\xff" * 100),
        "random_der": signed_by(chance.randbytes(400)),
        "no_der": signed_by(b""),
    }


class TestHostile:
    @pytest.mark.parametrize("name", sorted(hostile()))
    def test_each_is_answered_soon_and_in_little_memory(self, name):
        content, trust = hostile()[name], issuer.trust()
        begins = time.perf_counter()
        answer = found(content, trust)
        taken = time.perf_counter() - begins
        tracemalloc.start()
        try:
            found(content, trust)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        print(f"{name}: {answer[1]} in {taken * 1000:.1f} ms, {peak:,} bytes")
        assert answer[0] == CANNOT_TELL
        assert peak < 8_000_000

    @pytest.mark.slow
    @pytest.mark.parametrize("name", sorted(hostile()))
    def test_each_is_answered_within_a_second(self, name):
        content, trust = hostile()[name], issuer.trust()
        begins = time.perf_counter()
        found(content, trust)
        assert time.perf_counter() - begins < 1.0


class TestAlone:
    """The verifier as a buyer has it: a folder, copied into another place, with nothing of ours beside it."""

    @pytest.fixture
    def copied(self, tmp_path):
        shutil.copytree(
            Path(papers.__file__).parent, tmp_path / "checker", ignore=shutil.ignore_patterns("__pycache__")
        )
        (tmp_path / "bundle.json").write_bytes(issuer.bundle())
        return tmp_path

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "checker", *arguments]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "", "PYTHONUTF8": "1"}
        )

    def test_it_needs_nothing_of_ours(self, copied):
        # The credential's own dates are ahead of or behind the clock of this machine, so only what is signed is looked at.
        (copied / "paper.pdf").write_bytes(issuer.paper())
        done = self.run(copied, "paper.pdf", "--trust", "bundle.json")
        assert done.stderr == ""
        assert done.returncode in {0, 1, 2}
        word, _, reason, *_ = done.stdout.splitlines()
        assert word in {VALID, NOT_VALID, CANNOT_TELL}
        assert reason.removeprefix("reason: ") in {"valid", "not_yet_valid", "expired", "status_stale"}

    def test_papers_need_no_library_to_be_loaded_before(self, copied):
        # The library for papers teaches the one for signatures new words; the check must not depend on that.
        (copied / "paper.pdf").write_bytes(issuer.paper(number=2))
        done = self.run(copied, "paper.pdf", "--trust", "bundle.json")
        assert (done.returncode, done.stdout.splitlines()[2]) == (2, "reason: paper_key_unknown")

    def test_a_file_that_is_not_there_is_told(self, copied):
        done = self.run(copied, "nothing.pdf", "--trust", "bundle.json")
        assert (done.returncode, done.stderr) == (3, "nothing.pdf cannot be read: No such file or directory.\n")
        (copied / "bundle.json").write_text("{}")
        done = self.run(copied, "bundle.json", "--trust", "bundle.json")
        assert (done.returncode, done.stderr) == (
            3,
            "This is not a bundle (malformed). Fetch one from the issuer's address.\n",
        )

    def test_one_in_force_ends_with_0(self, tmp_path, capsys):
        now = clock.now()
        made, begins, ends = now - timedelta(days=9), now - timedelta(days=1), now + timedelta(days=80)
        said = issuer.about_person() | {"valid_from": proofs.spell(begins), "valid_until": proofs.spell(ends)}
        lists = [issuer.status_list(purpose, (), begins) for purpose in ("revocation", "suspension")]
        bundle = {"did": issuer.document(*issuer.keys().public_keys(made)), "status": lists, "head": None}
        (tmp_path / "bundle.json").write_bytes(issuer.spell(bundle | {"fetched_at": proofs.spell(now)}))
        (tmp_path / "file").write_bytes(issuer.spell(issuer.sign(issuer.unsigned(said), created=begins)))
        assert main([str(tmp_path / "file"), "--trust", str(tmp_path / "bundle.json")]) == 0
        told = capsys.readouterr().out.splitlines()
        assert told[:3] == [VALID, REASONS["valid"][1], "reason: valid"]
        assert "kind: deployment" in told

    def test_it_imports_nothing_of_ours(self):
        for path in Path(papers.__file__).parent.glob("*.py"):
            assert "import recruitment" not in path.read_text()
            assert "from recruitment" not in path.read_text()
        assert json.loads(issuer.bundle())
