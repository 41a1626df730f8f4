"""What the environment decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from recruitment.core.settings import SettingInvalid, Settings


class TestFromEnvironment:
    def test_without_anything_is_an_sqlite_file_in_the_users_data_folder(self):
        found = Settings.from_environment({"XDG_DATA_HOME": "/data"})
        assert found.database_url == "sqlite:////data/first-mile/recruitment.sqlite3"
        assert found.key_path == Path("/data/first-mile/recruitment.key")
        assert found.port == 8000

    def test_without_a_data_folder_takes_that_of_the_user(self):
        expected = Path.home() / ".local" / "share" / "first-mile" / "recruitment.key"
        assert Settings.from_environment({}).key_path == expected

    def test_at_home_has_database_and_key(self):
        found = Settings.from_environment({"RECRUITMENT_HOME": "/srv/books"})
        assert found.database_url == "sqlite:////srv/books/recruitment.sqlite3"
        assert found.key_path == Path("/srv/books/recruitment.key")

    def test_keeps_the_key_beside_an_sqlite_file(self):
        found = Settings.from_environment({"DATABASE_URL": "sqlite:////srv/a/b.sqlite3", "RECRUITMENT_HOME": "/home"})
        assert found.key_path == Path("/srv/a/b.key")

    @pytest.mark.parametrize("url", ["postgresql://localhost/books", "postgres://localhost/books"])
    def test_keeps_the_key_of_a_server_at_home(self, url):
        found = Settings.from_environment({"DATABASE_URL": url, "RECRUITMENT_HOME": "/home"})
        assert (found.database_url, found.key_path) == (url, Path("/home/recruitment.key"))

    def test_takes_the_key_and_the_port_that_are_named(self):
        found = Settings.from_environment({"RECRUITMENT_KEY": "/run/key", "PORT": "80"})
        assert (found.key_path, found.port) == (Path("/run/key"), 80)

    def test_takes_an_empty_variable_for_none(self):
        names = ("DATABASE_URL", "RECRUITMENT_HOME", "RECRUITMENT_KEY", "PORT", "XDG_DATA_HOME")
        assert Settings.from_environment(dict.fromkeys(names, "")) == Settings.from_environment({})

    def test_reads_the_environment_of_the_process(self, monkeypatch):
        monkeypatch.setenv("RECRUITMENT_KEY", "/run/other-key")
        assert Settings.from_environment().key_path == Path("/run/other-key")

    @pytest.mark.parametrize("port", ["65536", "-1", "80a", "8.0", "٨٠", " "])
    def test_refuses_a_port_that_is_none(self, port):
        with pytest.raises(SettingInvalid, match="between 0 and 65535"):
            Settings.from_environment({"PORT": port})

    def test_keeps_the_seal_key_beside_the_key_unless_it_is_named(self):
        assert Settings.from_environment({"RECRUITMENT_HOME": "/srv"}).seal_key_path == Path(
            "/srv/recruitment.seal-key"
        )
        named = Settings.from_environment({"RECRUITMENT_HOME": "/srv", "RECRUITMENT_SEAL_KEY": "/run/seal"})
        assert named.seal_key_path == Path("/run/seal")


class TestSecondPerson:
    def test_the_fund_has_a_limit_and_a_share_of_its_own(self):
        given = {"RECRUITMENT_SECOND_APPROVER_ABOVE": "MMK 5.00", "RECRUITMENT_VICTIM_SUPPORT_SHARE": "0.25"}
        found = Settings.from_environment(given)
        assert found.second_approver_above == (("MMK", 500),)
        assert str(found.victim_support_share) == "0.25"
        assert dict(Settings.from_environment({}).second_approver_above)["THB"] == 100_000_00
        for name in given:
            with pytest.raises(SettingInvalid, match=name):
                Settings.from_environment({name: "a lot"})

    def test_limits_are_read_by_currency_in_minor_units(self):
        given = {"RECRUITMENT_SECOND_PERSON_ABOVE": "THB 3000.50, JPY 900"}
        assert Settings.from_environment(given).second_person_above == (("THB", 3000_50), ("JPY", 900))

    def test_there_are_some_without_any(self):
        limits = dict(Settings.from_environment({}).second_person_above)
        assert limits == {"THB": 5000_00, "MYR": 650_00, "JPY": 22_000}

    @pytest.mark.parametrize("text", ["THB", "5000", "THB 1.001", "THB x", "THB -1", "XX9 1", "THB 1,THB 2", "THB 1,,"])
    def test_what_is_none_is_refused(self, text):
        with pytest.raises(SettingInvalid, match="RECRUITMENT_SECOND_PERSON_ABOVE"):
            Settings.from_environment({"RECRUITMENT_SECOND_PERSON_ABOVE": text})
