"""What the environment decides: which database, where our own files lie, which key guards personal fields.

=====================================  =========================================================================
``DATABASE_URL``                       the database; ``sqlite:///…`` or ``postgresql://…``. Default: SQLite in the
                                       home folder
``RECRUITMENT_HOME``                   the folder of our own files. Default: ``first-mile`` in the user's data folder
``RECRUITMENT_KEY``                    the key file. Default: beside an SQLite database, else ``recruitment.key`` at
                                       home
``RECRUITMENT_SEAL_KEY``               the key that signs seals. Default: beside the key file, ``….seal-key``
``RECRUITMENT_KEY_STORE``              the database of persons' keys. Default: SQLite beside the key file,
                                       ``….person-keys.sqlite3``
``PUBLIC_URL``                         where a proxy with TLS serves us, ``https://…``. Default: none, so this
                                       machine only
``RECRUITMENT_SECOND_PERSON_ABOVE``    above how much a second person confirms a decision, by currency of
                                       comparison; one that is left out: always. Default:
                                       ``THB 5000.00,MYR 650.00,JPY 22000``
``RECRUITMENT_RELEASE_DAY``            the day of the month on which releases are due, 1 to 28. Default: 1
``RECRUITMENT_RECHECK_RATE``           how likely a demand letter is looked at again by lot, 0 to 1. Default: 0.2
``RECRUITMENT_CERTIFICATE_KEY``        the keys that sign certificates. Default: beside the key file,
                                       ``….certificate-key``
``RECRUITMENT_PAPER_KEY``              a PKCS#12 file of an organisation that readers of PDF trust, to sign papers in
                                       place of our own key. Default: none
``RECRUITMENT_PAPER_KEY_PASSWORD``     what opens that file. Default: nothing
``RECRUITMENT_CERTIFICATE_DAYS``       how many days a certificate is valid, 30 to 365. Default: 90
``RECRUITMENT_CERTIFICATE_LOTS``       how likely a certificate is checked again by lot at a release, 0 to 1.
                                       Default: 0.1
``RECRUITMENT_VICTIM_SUPPORT_SHARE``   what part of a partner's annual contribution goes to the Victim Support Fund, 0 to
                                       1. Default: 0.1
``RECRUITMENT_SECOND_APPROVER_ABOVE``  above how much a second person approves a payment plan, by currency; one that is
                                       left out: always. Default: ``THB 100000.00,MYR 13000.00,JPY 440000``
``RECRUITMENT_INCENTIVE_PER_PERSON``   how much of an owner's money the fund matches at most for one person, by currency;
                                       one that is left out: nothing. Default: ``THB 5000.00,MYR 650.00,JPY 22000``
``RECRUITMENT_INCENTIVE_PER_CREW``     the same for the whole crew of a vessel.
                                       Default: ``THB 50000.00,MYR 6500.00,JPY 220000``
``PORT``                               where ``recruitment serve`` listens on 127.0.0.1. Default: 8000
=====================================  =========================================================================
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from recruitment.core.errors import InvalidInput
from recruitment.core.money import to_minor

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQLITE = "sqlite:///"
_SECOND_PERSON_ABOVE = (("THB", 5_000_00), ("MYR", 650_00), ("JPY", 22_000))
_SECOND_APPROVER_ABOVE = (("THB", 100_000_00), ("MYR", 13_000_00), ("JPY", 440_000))
_PER_PERSON = (("THB", 5_000_00), ("MYR", 650_00), ("JPY", 22_000))
_PER_CREW = (("THB", 50_000_00), ("MYR", 6_500_00), ("JPY", 220_000))


class SettingInvalid(InvalidInput):
    """The environment sets something that cannot be."""

    code = "settings.invalid"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    database_url: str
    key_path: Path
    port: int
    given_seal_key_path: Path | None = None
    given_key_store_url: str | None = None
    public_url: str | None = None
    release_day: int = 1
    recheck_rate: Decimal = Decimal("0.2")
    second_person_above: tuple[tuple[str, int], ...] = _SECOND_PERSON_ABOVE
    given_certificate_key_path: Path | None = None
    paper_key_path: Path | None = None
    paper_key_password: str = field(default="", repr=False)
    certificate_days: int = 90
    certificate_lots: Decimal = Decimal("0.1")
    victim_support_share: Decimal = Decimal("0.1")
    second_approver_above: tuple[tuple[str, int], ...] = _SECOND_APPROVER_ABOVE
    incentive_per_person: tuple[tuple[str, int], ...] = _PER_PERSON
    incentive_per_crew: tuple[tuple[str, int], ...] = _PER_CREW

    @property
    def certificate_key_path(self) -> Path:
        """Where the private halves of the keys of certificates lie: beside the key file unless the environment says otherwise."""
        return self.given_certificate_key_path or self.key_path.with_suffix(".certificate-key")

    @property
    def base_url(self) -> str:
        """How others reach us: the public address, or this machine where there is none."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def key_store_url(self) -> str:
        """Where the wrapped keys of persons lie: beside the key file unless the environment says otherwise."""
        return self.given_key_store_url or f"{_SQLITE}{self.key_path.with_suffix('.person-keys.sqlite3')}"

    @property
    def seal_key_path(self) -> Path:
        """Where the private half of the seal key lies: beside the key file unless the environment says otherwise."""
        return self.given_seal_key_path or self.key_path.with_suffix(".seal-key")

    @property
    def public_host(self) -> str | None:
        """The name by which the world knows the service, without a port; None when only this machine does."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from ``environment`` (the process's own when not given)."""
        given = os.environ if environment is None else environment
        home = Path(given.get("RECRUITMENT_HOME") or _user_data_folder(given))
        url = given.get("DATABASE_URL") or f"{_SQLITE}{home / 'recruitment.sqlite3'}"
        seal_key = given.get("RECRUITMENT_SEAL_KEY")
        return cls(
            database_url=url,
            key_path=Path(given.get("RECRUITMENT_KEY") or _default_key(url, home)),
            given_seal_key_path=Path(seal_key) if seal_key else None,
            given_key_store_url=given.get("RECRUITMENT_KEY_STORE") or None,
            port=_port(given.get("PORT") or "8000"),
            public_url=_public_url(given.get("PUBLIC_URL")),
            release_day=_release_day(given.get("RECRUITMENT_RELEASE_DAY") or "1"),
            recheck_rate=_rate("RECRUITMENT_RECHECK_RATE", given.get("RECRUITMENT_RECHECK_RATE") or "0.2"),
            second_person_above=_limits(given, "RECRUITMENT_SECOND_PERSON_ABOVE", _SECOND_PERSON_ABOVE),
            given_certificate_key_path=_path(given.get("RECRUITMENT_CERTIFICATE_KEY")),
            paper_key_path=_path(given.get("RECRUITMENT_PAPER_KEY")),
            paper_key_password=given.get("RECRUITMENT_PAPER_KEY_PASSWORD") or "",
            certificate_days=_certificate_days(given.get("RECRUITMENT_CERTIFICATE_DAYS") or "90"),
            certificate_lots=_rate("RECRUITMENT_CERTIFICATE_LOTS", given.get("RECRUITMENT_CERTIFICATE_LOTS") or "0.1"),
            victim_support_share=_rate(
                "RECRUITMENT_VICTIM_SUPPORT_SHARE", given.get("RECRUITMENT_VICTIM_SUPPORT_SHARE") or "0.1"
            ),
            second_approver_above=_limits(given, "RECRUITMENT_SECOND_APPROVER_ABOVE", _SECOND_APPROVER_ABOVE),
            incentive_per_person=_limits(given, "RECRUITMENT_INCENTIVE_PER_PERSON", _PER_PERSON),
            incentive_per_crew=_limits(given, "RECRUITMENT_INCENTIVE_PER_CREW", _PER_CREW),
        )


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise SettingInvalid(f"PORT must be a number between 0 and 65535; it is {text!r}.")


def _limits(given: Mapping[str, str], name: str, default: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Return amounts by currency, in minor units."""
    text = given.get(name)
    if not text or not text.strip():
        return default
    found: dict[str, int] = {}
    try:
        for part in text.split(","):
            currency, amount = part.split()
            found[currency] = int(to_minor(Decimal(amount), currency))
        is_right = len(found) == text.count(",") + 1 and min(found.values()) >= 0
    except (ValueError, InvalidOperation, InvalidInput):
        is_right = False
    if not is_right:
        raise SettingInvalid(f"{name} must be like 'THB 5000.00,MYR 650.00,JPY 22000'; it is {text!r}.")
    return tuple(found.items())


def _release_day(text: str) -> int:
    """Return a day that every month has."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 28:
        return int(text)
    raise SettingInvalid(f"RECRUITMENT_RELEASE_DAY must be a day from 1 to 28; it is {text!r}.")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _certificate_days(text: str) -> int:
    if text.isascii() and text.isdigit() and 30 <= int(text) <= 365:
        return int(text)
    raise SettingInvalid(f"RECRUITMENT_CERTIFICATE_DAYS must be a number from 30 to 365; it is {text!r}.")


def _rate(name: str, text: str) -> Decimal:
    if re.fullmatch(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?", text):
        return Decimal(text)
    raise SettingInvalid(f"{name} must be a decimal from 0 to 1, such as 0.2; it is {text!r}.")


def _public_url(text: str | None) -> str | None:
    """Return an address as a browser writes the origin of its pages: no path, no slash at the end, in lower case."""
    if not text:
        return None
    try:
        parts = urlsplit(text.strip())
        port = f":{parts.port}" if parts.port not in {None, 443} else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme != "https" or not parts.hostname or parts.path not in {"", "/"}:
        raise SettingInvalid(f"PUBLIC_URL must be like https://first-mile.example; it is {text!r}.")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise SettingInvalid("PUBLIC_URL must be a scheme and a name alone, like https://first-mile.example.")
    return f"https://{parts.hostname}{port}"


def _user_data_folder(given: Mapping[str, str]) -> Path:
    base = given.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "first-mile"


def _default_key(url: str, home: Path) -> Path:
    """A key beside its SQLite file moves with it; a server's database keeps its key at home."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        return Path(url.removeprefix(_SQLITE)).with_suffix(".key")
    return home / "recruitment.key"
