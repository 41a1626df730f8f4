"""The vault: what is sealed opens only in its place, with its person's key, under the right key file."""

from __future__ import annotations

import base64
import json
import os
import stat
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.database.vault import KeyFileMissing, KeyFileWrong, SealBroken, Vault, create_key_file

PERSON, OTHER = UUID(int=1), UUID(int=2)
COLUMN = "persons.name"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("vault") / "keys" / "recruitment.key"
    assert create_key_file(found)
    return found


@pytest.fixture(scope="module")
def vault(path) -> Vault:
    return Vault(path)


@pytest.fixture(scope="module")
def key(vault):
    return vault.new_person_key(PERSON)[0]


class TestSeal:
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_is_opened_in_its_place(self, key, text):
        assert key.open(key.seal(text, COLUMN, PERSON), COLUMN, PERSON) == text

    def test_of_nothing_is_nothing(self, key):
        assert key.seal(None, COLUMN, PERSON) is None
        assert key.open(None, COLUMN, PERSON) is None

    def test_of_an_empty_text_is_not_nothing(self, key):
        assert key.open(key.seal("", COLUMN, PERSON), COLUMN, PERSON) == ""

    def test_does_not_show_the_text(self, key):
        assert b"Khin" not in key.seal("Khin Khin Win", COLUMN, PERSON)

    def test_uses_no_nonce_twice(self, key):
        """One that is used twice under one key gives both texts away."""
        nonces = {key.seal("x", COLUMN, PERSON)[1:13] for _ in range(20_000)}
        assert len(nonces) == 20_000

    @pytest.mark.parametrize(("column", "row"), [(COLUMN, OTHER), ("persons.phone", PERSON), ("persons.nam", PERSON)])
    def test_is_not_opened_where_it_was_moved_to(self, key, column, row):
        sealed = key.seal("Khin", COLUMN, PERSON)
        with pytest.raises(SealBroken, match=column):
            key.open(sealed, column, row)

    def test_is_not_opened_by_the_key_of_another_person(self, vault, key):
        other, _ = vault.new_person_key(PERSON)
        with pytest.raises(SealBroken):
            other.open(key.seal("Khin", COLUMN, PERSON), COLUMN, PERSON)

    def test_is_not_opened_when_any_byte_was_changed(self, key):
        sealed = key.seal("Khin", COLUMN, PERSON)
        for position in range(len(sealed)):
            spoilt = bytearray(sealed)
            spoilt[position] ^= 1
            with pytest.raises(SealBroken):
                key.open(bytes(spoilt), COLUMN, PERSON)

    def test_is_not_opened_when_it_was_cut_short(self, key):
        sealed = key.seal("Khin", COLUMN, PERSON)
        for length in range(len(sealed)):
            with pytest.raises(SealBroken):
                key.open(sealed[:length], COLUMN, PERSON)


class TestPersonKey:
    def test_is_opened_again_by_another_process_with_the_same_file(self, path, vault):
        key, wrapped = vault.new_person_key(PERSON)
        sealed = key.seal("Khin", COLUMN, PERSON)
        assert Vault(path).person_key(wrapped, PERSON).open(sealed, COLUMN, PERSON) == "Khin"

    def test_of_another_person_is_refused(self, vault):
        _, wrapped = vault.new_person_key(PERSON)
        with pytest.raises(SealBroken, match="somebody else"):
            vault.person_key(wrapped, OTHER)

    def test_that_was_changed_or_cut_is_refused(self, vault):
        _, wrapped = vault.new_person_key(PERSON)
        for spoilt in (wrapped.wrapped[:-1], wrapped.wrapped[:-1] + b"\x00\x00", wrapped.wrapped[:5], b""):
            with pytest.raises(SealBroken):
                vault.person_key(replace(wrapped, wrapped=spoilt), PERSON)

    def test_under_another_key_file_is_told_by_its_name(self, vault, tmp_path):
        _, wrapped = vault.new_person_key(PERSON)
        create_key_file(tmp_path / "other.key")
        with pytest.raises(KeyFileWrong, match=f"does not hold the key {wrapped.kek_id}"):
            Vault(tmp_path / "other.key").person_key(wrapped, PERSON)

    def test_under_another_key_of_the_same_name_is_refused(self, vault, path, tmp_path):
        _, wrapped = vault.new_person_key(PERSON)
        content = json.loads(path.read_text())
        content["keks"][wrapped.kek_id] = base64.b64encode(bytes(32)).decode()
        (tmp_path / "forged.key").write_text(json.dumps(content))
        with pytest.raises(SealBroken):
            Vault(tmp_path / "forged.key").person_key(wrapped, PERSON)

    def test_is_wrapped_by_the_newest_key_and_older_ones_still_open(self, vault, path, tmp_path):
        _, old = vault.new_person_key(PERSON)
        content = json.loads(path.read_text())
        content["keks"]["newer"] = base64.b64encode(os.urandom(32)).decode()
        content["newest"] = "newer"
        (tmp_path / "rotated.key").write_text(json.dumps(content))
        rotated = Vault(tmp_path / "rotated.key")
        assert rotated.new_person_key(PERSON)[1].kek_id == "newer"
        rotated.person_key(old, PERSON)


class TestKeyedHash:
    def test_is_the_same_for_the_same_text_and_file(self, path, vault):
        assert vault.keyed_hash("phone", "+66812345678") == Vault(path).keyed_hash("phone", "+66812345678")
        assert len(vault.keyed_hash("phone", "")) == 32

    def test_differs_by_domain_by_text_and_by_file(self, vault, tmp_path):
        create_key_file(tmp_path / "other.key")
        other = Vault(tmp_path / "other.key")
        found = [
            vault.keyed_hash("phone", "1"),
            vault.keyed_hash("passport", "1"),
            vault.keyed_hash("phone", "2"),
            other.keyed_hash("phone", "1"),
        ]
        assert len(set(found)) == 4

    @given(st.tuples(st.from_regex("[a-z_.]{1,6}", fullmatch=True), st.text(st.characters(codec="utf-8"), max_size=6)),
           st.tuples(st.from_regex("[a-z_.]{1,6}", fullmatch=True), st.text(st.characters(codec="utf-8"), max_size=6)))  # fmt: skip
    def test_keeps_domains_apart_whatever_the_texts_are(self, vault, one, two):
        assert (vault.keyed_hash(*one) == vault.keyed_hash(*two)) is (one == two)


class TestCreateKeyFile:
    def test_is_for_its_owner_only(self, tmp_path):
        before = os.umask(0)
        try:
            create_key_file(tmp_path / "a.key")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600

    def test_makes_the_folder(self, tmp_path):
        assert create_key_file(tmp_path / "a" / "b" / "c.key")

    def test_never_overwrites(self, tmp_path):
        path = tmp_path / "a.key"
        path.write_text("precious")
        assert create_key_file(path) is False
        assert path.read_text() == "precious"

    def test_does_not_write_through_a_link(self, tmp_path):
        (tmp_path / "a.key").symlink_to(tmp_path / "elsewhere")
        assert create_key_file(tmp_path / "a.key") is False
        assert not (tmp_path / "elsewhere").exists()

    def test_makes_another_key_each_time(self, tmp_path):
        for name in ("a.key", "b.key"):
            create_key_file(tmp_path / name)
        one, two = (json.loads((tmp_path / name).read_text()) for name in ("a.key", "b.key"))
        assert one["index"] != two["index"]
        assert set(one["keks"].values()).isdisjoint(two["keks"].values())


class TestKeyFile:
    def test_that_is_missing_is_told_with_what_to_do(self, tmp_path):
        with pytest.raises(KeyFileMissing, match="Put it back, or set RECRUITMENT_KEY") as refused:
            Vault(tmp_path / "none.key").keyed_hash("phone", "1")
        assert "none.key" in refused.value.detail

    def test_is_not_read_before_it_is_needed(self, tmp_path):
        vault = Vault(tmp_path / "late.key")
        create_key_file(tmp_path / "late.key")
        assert len(vault.keyed_hash("phone", "1")) == 32

    @pytest.mark.parametrize(
        "content",
        ["", "not json", "[]", "{}", '"text"', '{"newest": "a", "keks": [], "index": ""}', "\udcff",
         '{"newest": "a", "keks": {"a": "x"}, "index": "x"}'],
    )  # fmt: skip
    def test_that_is_none_is_told(self, tmp_path, content):
        (tmp_path / "a.key").write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(KeyFileWrong, match="cannot be read as one"):
            Vault(tmp_path / "a.key").keyed_hash("phone", "1")

    @pytest.mark.parametrize("change", [{"newest": "b"}, {"index": "YQ=="}, {"keks": {"a": "YQ=="}}], ids=str)
    def test_that_is_damaged_is_told(self, tmp_path, change):
        key = base64.b64encode(bytes(32)).decode()
        (tmp_path / "a.key").write_text(json.dumps({"newest": "a", "keks": {"a": key}, "index": key} | change))
        with pytest.raises(KeyFileWrong, match="is damaged"):
            Vault(tmp_path / "a.key").keyed_hash("phone", "1")

    def test_that_is_a_folder_is_told(self, tmp_path):
        with pytest.raises(KeyFileWrong):
            Vault(tmp_path).keyed_hash("phone", "1")

    def test_knows_its_own_keys_only(self, path, vault):
        assert vault.knows(json.loads(path.read_text())["newest"])
        assert not vault.knows("other")
