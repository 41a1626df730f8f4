"""What the environment decides: which database, where our own files lie, which key guards personal fields.

========================  ===================================================================================
``DATABASE_URL``          the database; ``sqlite:///…`` or ``postgresql://…``. Default: SQLite in the home folder
``RECRUITMENT_HOME``      the folder of our own files. Default: ``first-mile`` in the user's data folder
``RECRUITMENT_KEY``       the key file. Default: beside an SQLite database, else ``recruitment.key`` at home
``RECRUITMENT_SEAL_KEY``  the file of the key that signs seals. Default: beside the key file, ``….seal-key``
``PORT``                  where ``recruitment serve`` listens on 127.0.0.1. Default: 8000
========================  ===================================================================================
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recruitment.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQLITE = "sqlite:///"


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

    @property
    def seal_key_path(self) -> Path:
        """Where the private half of the seal key lies: beside the key file unless the environment says otherwise."""
        return self.given_seal_key_path or self.key_path.with_suffix(".seal-key")

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
            port=_port(given.get("PORT") or "8000"),
        )


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise SettingInvalid(f"PORT must be a number between 0 and 65535; it is {text!r}.")


def _user_data_folder(given: Mapping[str, str]) -> Path:
    base = given.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "first-mile"


def _default_key(url: str, home: Path) -> Path:
    """A key beside its SQLite file moves with it; a server's database keeps its key at home."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        return Path(url.removeprefix(_SQLITE)).with_suffix(".key")
    return home / "recruitment.key"
