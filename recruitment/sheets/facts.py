"""Reference data files: facts in TOML, read into frozen records, with everything that is wrong with them said at once.

Each room keeps its own files and records (``reference.py``); this is what they share. A record's annotations are its
schema; what has a default may be left out of the file; unknown keys are refused.
"""

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from typing import ClassVar, NewType, TypeVar

import moneyed
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

Document = Mapping[str, object]
Citation = NewType("Citation", str)  # an address, or "cite: …" where the page is not named

_DECIMAL = re.compile(r"\d+(\.\d+)?")
_SOURCE = re.compile(r"(https?://\S+|cite: .+)\Z")
_NO_SOURCE = "'{input}' is neither an address nor begins with 'cite: '."


class Basis(StrEnum):
    """Where a fact was found; `memory` means that nobody has read it up again."""

    PAGE = "page"
    MEMORY = "memory"
    DERIVED = "derived"
    UNSTATED = "unstated"


class Confidence(StrEnum):
    """How sure the researcher was; `unstated` where nobody said."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNSTATED = "unstated"


class ReferenceDataInvalid(Exception):
    """A reference data file cannot be used; says everything that is wrong with it."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        """Keep the file's name and all its problems."""
        super().__init__(f"{path}: " + "; ".join(problems))
        self.path = path
        self.problems = problems


class Fact:
    """A record of a reference data file; says itself what is wrong with it beyond the shape."""

    __slots__ = ()

    def problems(self) -> Iterator[str]:
        """Name what contradicts itself inside this record."""
        yield from ()


FactT = TypeVar("FactT", bound=Fact)


class _DecimalString(fields.Field[Decimal]):
    """A number written as a decimal string, so that no binary fraction ever comes near money."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Decimal:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            message = 'Not a decimal string such as "1250.00".'
            raise ValidationError(message)
        return Decimal(value)


class _TomlDate(fields.Field[date]):
    """A date as TOML has it: no text, no time of day."""

    def _deserialize(self, value: object, *_: object, **__: object) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            message = "Not a date."
            raise ValidationError(message)
        return value


class _RecordSchema(Schema):
    """What all records share: unknown keys are refused, and a loaded record checks itself."""

    record: ClassVar[type[Fact]]

    class Meta:
        """Refuse what is not known."""

        unknown = RAISE

    @post_load
    def build(self, data: Mapping[str, object], **_: object) -> Fact:
        """Make the frozen record, or say what contradicts itself."""
        record = self.record(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})
        problems = list(record.problems())
        if problems:
            raise ValidationError(problems)
        return record


def _plain_field(kind: type, *, required: bool) -> fields.Field[typing.Any]:
    made: fields.Field[typing.Any]
    if issubclass(kind, StrEnum):
        made = fields.Enum(kind, by_value=True, required=required)
    elif issubclass(kind, Fact):
        made = fields.Nested(schema_of(kind), required=required)
    elif issubclass(kind, bool):
        made = fields.Boolean(truthy={True}, falsy={False}, required=required)
    elif issubclass(kind, int):
        made = fields.Integer(strict=True, required=required)
    elif issubclass(kind, Decimal):
        made = _DecimalString(required=required)
    elif issubclass(kind, date):
        made = _TomlDate(required=required)
    else:
        made = fields.String(required=required, validate=validate.Length(min=1) if required else None)
    return made


def _field(annotation: object, *, required: bool) -> fields.Field[typing.Any]:
    if typing.get_origin(annotation) is tuple:
        return fields.List(_field(typing.get_args(annotation)[0], required=True), required=required)
    if annotation is Citation:
        return fields.String(validate=validate.Regexp(_SOURCE, error=_NO_SOURCE), required=required)
    if isinstance(annotation, types.UnionType):
        annotation = typing.get_args(annotation)[0]
    if not isinstance(annotation, type):
        message = f"a fact cannot hold {annotation}"
        raise TypeError(message)
    return _plain_field(annotation, required=required)


def schema_of(record: type[Fact]) -> type[Schema]:
    """Derive the schema of a record from its annotations; what has a default may be left out of the file."""
    hints = typing.get_type_hints(record)
    attributes: dict[str, object] = {
        one.name: _field(
            hints[one.name],
            required=one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING,
        )
        for one in dataclasses.fields(typing.cast("typing.Any", record))
    }
    return type(f"{record.__name__}Schema", (_RecordSchema,), {**attributes, "record": record})


def rows_of(document: Document, table: str) -> list[Mapping[str, object]]:
    """Give the rows of a table as the file has them, however broken the rest may be."""
    rows = document.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def texts_of(row: Mapping[str, object], key: str) -> list[str]:
    """Give the texts of a list in a row, however broken the rest may be."""
    values = row.get(key)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def repeated_in(document: Document, table: str, key: str) -> Iterator[str]:
    """Name every code that two rows of a table share."""
    seen: set[object] = set()
    for row in rows_of(document, table):
        value = row.get(key)
        if isinstance(value, str) and value in seen:
            yield f"{table}: {key} {value} appears twice"
        seen.add(value if isinstance(value, str) else None)


def keys_of(document: Document, table: str, key: str) -> frozenset[str]:
    """Give the codes that the rows of a table have."""
    return frozenset(value for row in rows_of(document, table) if isinstance(value := row.get(key), str))


def unknown_in(document: Document, table: str, key: str, known: frozenset[str]) -> Iterator[str]:
    """Name every code, or code of a list, in a table's column that is not known."""
    for row in rows_of(document, table):
        single = row.get(key)
        found = [single] if isinstance(single, str) else texts_of(row, key)
        name = row.get("code") or row.get("id") or row.get("label")
        yield from (f"{table}[{name}].{key}: unknown {value}" for value in found if value and value not in known)


def wrong_money(amount: Decimal | None, currency: str) -> Iterator[str]:
    """Say what a currency cannot hold."""
    if not currency:
        if amount is not None:
            yield "an amount without a currency"
        return
    try:
        decimals = len(str(moneyed.get_currency(currency).sub_unit)) - 1
    except moneyed.CurrencyDoesNotExist:
        yield f"unknown currency {currency}"
        return
    exponent = 0 if amount is None else amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        yield f"{currency} has no more than {decimals} decimals, {amount} has {-exponent}"


def wrong_dates(valid_from: date | None, valid_until: date | None) -> Iterator[str]:
    """Say when something ends before it begins."""
    if valid_from is not None and valid_until is not None and valid_from > valid_until:
        yield f"ends on {valid_until}, before it begins on {valid_from}"


def _flatten(messages: object, where: str, raw: object) -> Iterator[str]:
    """Turn marshmallow's tree of messages into sentences that name the record."""
    if not isinstance(messages, dict):
        found = messages if isinstance(messages, list) else [messages]
        yield from (f"{where}: {message}" for message in found)
        return
    for key, inner in messages.items():
        if isinstance(key, int):
            row = raw[key] if isinstance(raw, list) and key < len(raw) else None
            name = (row.get("code") or row.get("id")) if isinstance(row, dict) else None
            yield from _flatten(inner, f"{where}[{name or key}]", row)
        elif key == "_schema":
            yield from _flatten(inner, where, raw)
        else:
            deeper = raw.get(key) if isinstance(raw, dict) else None
            yield from _flatten(inner, f"{where}.{key}" if where else str(key), deeper)


def read_facts(
    text: str, path: str, record: type[FactT], across: Callable[[Document], Iterator[str]] | None = None
) -> FactT:
    """Read a whole file into its record; `across` checks what only the file as a whole can tell.

    Refuses with every problem at once: of shape, inside a record, and across records.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReferenceDataInvalid(path, (f"not TOML: {error}",)) from error
    problems: list[str] = []
    if document.get("version") != 1:
        problems.append(f"version {document.get('version')} is not understood")
    try:
        loaded = schema_of(record)().load(document)
    except ValidationError as error:
        problems.extend(_flatten(error.messages, "", document))
    if across is not None:
        problems.extend(across(document))
    if problems:
        raise ReferenceDataInvalid(path, tuple(problems))
    return typing.cast("FactT", loaded)


def data_text(package: str, name: str) -> str:
    """Give the text of a data file that a package carries."""
    return (files(package) / "data" / name).read_text(encoding="utf-8")
