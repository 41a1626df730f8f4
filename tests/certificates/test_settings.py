"""The settings of certificates."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from recruitment.core.settings import SettingInvalid, Settings


def settings(**given: str) -> Settings:
    return Settings.from_environment({"RECRUITMENT_HOME": "nowhere"} | given)


def test_the_keys_lie_beside_the_key_file_unless_they_lie_elsewhere():
    assert settings().certificate_key_path == Path("nowhere/recruitment.certificate-key")
    assert settings(RECRUITMENT_CERTIFICATE_KEY="vault/keys").certificate_key_path == Path("vault/keys")


def test_an_organisation_brings_its_own_key_for_papers():
    found = settings(RECRUITMENT_PAPER_KEY="theirs.p12", RECRUITMENT_PAPER_KEY_PASSWORD="between us")
    assert (found.paper_key_path, found.paper_key_password) == (Path("theirs.p12"), "between us")
    assert "between us" not in repr(found)
    assert settings().paper_key_path is None


def test_days_and_lots_are_as_they_are_set():
    assert (settings().certificate_days, settings().certificate_lots) == (90, Decimal("0.1"))
    found = settings(RECRUITMENT_CERTIFICATE_DAYS="60", RECRUITMENT_CERTIFICATE_LOTS="0.25")
    assert (found.certificate_days, found.certificate_lots) == (60, Decimal("0.25"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECRUITMENT_CERTIFICATE_DAYS", "29"), ("RECRUITMENT_CERTIFICATE_DAYS", "366"), ("RECRUITMENT_CERTIFICATE_DAYS", "90.5"),
        ("RECRUITMENT_CERTIFICATE_LOTS", "1.5"), ("RECRUITMENT_CERTIFICATE_LOTS", "-0.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(name, value):
    with pytest.raises(SettingInvalid, match=name):
        settings(**{name: value})


def test_others_reach_us_by_the_public_address_or_not_at_all():
    assert settings(PUBLIC_URL="https://certs.example").base_url == "https://certs.example"
    assert settings(PORT="8123").base_url == "http://127.0.0.1:8123"
