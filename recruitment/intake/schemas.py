"""What the endpoints that take files say of themselves: rows as JSON, and how a file ended.

The schema of a row is made from the same grammar that reads the rows, so the document of the API cannot tell another
story than the import. It is for the document alone: rows are read by ``sheets``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from recruitment.intake.rules import OWN_COLUMN, FileKind
from recruitment.intake.service import grammar_of
from recruitment.sheets.columns import CellType, kind_of
from recruitment.web.schemas import StrictSchema

if TYPE_CHECKING:
    from recruitment.sheets.columns import Column

ROWS_MAX = 5_000
_REFERENCE_LENGTH_MAX = 80


class SentArguments(StrictSchema):
    """The query of an endpoint that takes a file."""

    preview = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        metadata={"description": "check everything and save nothing; no Idempotency-Key is needed"},
    )


class DeclarationArguments(SentArguments):
    """The query of the endpoint that takes declarations."""

    supersedes = fields.String(
        load_default=None,
        validate=[
            validate.Length(1, _REFERENCE_LENGTH_MAX),
            validate.Predicate("isprintable", error="Not a reference."),
        ],
        metadata={
            "description": "the declaration of yours that this one takes the place of",
            "example": "FD-7Q2M-9KXR-4T",
        },
    )


class NoteSchema(Schema):
    """Something about a row that is not wrong, and worth a look."""

    pointer = fields.String(metadata={"description": "where it stands in a JSON body, such as #/rows/3/stage"})
    line = fields.Integer(metadata={"description": "the line of a file, the header being 1"})
    column = fields.String()
    code = fields.String(required=True)
    detail = fields.String(required=True)


class ListLineSchema(Schema):
    """A line of a name list, and what its sender calls the journey that it opened."""

    line = fields.Integer(required=True, metadata={"description": "the line of a file, the header being 1"})
    worker_number = fields.String(required=True, allow_none=True)
    journey = fields.String(required=True, metadata={"example": "WJ-7Q2M-9KXR-4T"})


class OutcomeSchema(Schema):
    """How a file ended. Counts are of its rows."""

    reference = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "what was made of the file: FD-… for a declaration, else IM-…; null when nothing was saved"
        },
    )
    kind = fields.String(required=True)
    saved = fields.Boolean(
        required=True, metadata={"description": "false for a preview, and when all was there before"}
    )
    replayed = fields.Boolean(required=True, metadata={"description": "whether every row was there already"})
    rows = fields.Integer(required=True)
    added = fields.Integer(required=True)
    corrected = fields.Integer(required=True, metadata={"description": "rows in place of earlier ones, which stay"})
    skipped = fields.Integer(required=True, metadata={"description": "rows that were there already, as they are"})
    warnings = fields.List(fields.Nested(NoteSchema), required=True)
    lines = fields.List(
        fields.Nested(ListLineSchema), metadata={"description": "name lists only: your own reference for each line"}
    )


def body_schema(kind: FileKind) -> type[Schema]:
    """Return the schema of the JSON body of a kind: ``{"rows": [{column: value}]}``."""
    name = "".join(word.capitalize() for word in kind.value.split("-"))
    row: type[Schema] = StrictSchema.from_dict(
        {
            column.name: _field(column, is_own=column.name == OWN_COLUMN.get(kind))
            for column in grammar_of(kind).columns
        },
        name=f"{name}Row",
    )
    body: dict[str, Any] = {
        "rows": fields.List(fields.Nested(row), required=True, validate=validate.Length(max=ROWS_MAX))
    }
    if kind is FileKind.DECLARATIONS:
        body["supersedes"] = fields.String(
            allow_none=True, metadata=DeclarationArguments().fields["supersedes"].metadata
        )
    if kind is FileKind.NAME_LISTS:
        body["demand_letter"] = fields.String(metadata={"description": "the letter of all rows that do not name it"})
    found: type[Schema] = StrictSchema.from_dict(body, name=f"{name}Rows")
    return found


def _field(column: Column, *, is_own: bool) -> fields.Field[Any]:
    kind = kind_of(column.parse)
    told = [column.about or kind.about]
    if column.refers_to:
        told.append(f"of a known {column.refers_to}")
    if is_own:
        told.append("your own may be left out")
    elif column.name == "journey":
        told.append("an agency or employer writes its own reference of the journey, WJ-…")
    types = {CellType.YES_NO: ["string", "boolean"], CellType.WHOLE_NUMBER: ["string", "integer"]}.get(
        kind.type, ["string"]
    )
    required = column.required and not is_own
    metadata: dict[str, Any] = {
        "description": "; ".join(told),
        "type": types if required else [*types, "null"],
        "format": kind.format,
        "example": kind.example or None,
        "maxLength": kind.longest,
        "minLength": 1 if required else None,
        "minimum": kind.lowest,
        "maximum": kind.highest,
    }
    if kind.values:
        metadata["enum"] = [*kind.values, *([True, False] if kind.type is CellType.YES_NO else [])]
        metadata["enum"] += [] if required else ["", None]
    return fields.Raw(
        required=required, metadata={name: value for name, value in metadata.items() if value is not None}
    )
