"""Fields that several schemas of the fund share: references, amounts, days, codes, and who may be named."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, validate

from recruitment.core.currencies import EXPONENTS
from recruitment.core.errors import InvalidInput
from recruitment.core.money import AMOUNT_CAP, to_minor, to_text
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import REFERENCE_LENGTH_MAX
from recruitment.web.schemas import StrictSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_MAX = 140
_AMOUNT = re.compile(r"\d{1,17}(\.\d{1,4})?")
_VISIBLE = validate.Predicate("isprintable", error="Only visible characters, please.")


def reference(**options: Any) -> fields.String:
    """Return the field of a reference: up to 80 visible characters."""
    return fields.String(validate=[validate.Length(min=1, max=REFERENCE_LENGTH_MAX), _VISIBLE], **options)


def text(longest: int = TEXT_MAX, **options: Any) -> fields.String:
    """Return the field of a short text on one line."""
    return fields.String(validate=[validate.Length(min=1, max=longest), _VISIBLE], **options)


def amount(**options: Any) -> fields.String:
    """Return the field of an amount in major units, as text; ``minor`` makes minor units of it."""
    return fields.String(
        required=True,
        validate=validate.Regexp(_AMOUNT, error='Write digits with a dot for decimals, such as "1250.00".'),
        metadata={"format": "decimal", "example": "1250.00"},
        **options,
    )


def currency(**options: Any) -> fields.String:
    """Return the field of a currency of ISO 4217."""
    return fields.String(
        validate=validate.OneOf(sorted(EXPONENTS), error="This is no currency of ISO 4217, such as THB or MMK."),
        metadata={"example": "THB"},
        **options,
    )


def minor(data: Mapping[str, Any]) -> int:
    """Return the ``amount`` of a loaded body in minor units of its ``currency``. Raises ``ValidationError``."""
    given = data["amount"]
    if not _AMOUNT.fullmatch(given):
        raise ValidationError('Write digits with a dot for decimals, such as "1250.00".', "amount")
    try:
        found = int(to_minor(Decimal(given), data["currency"]))
    except InvalidInput as refused:
        raise ValidationError(refused.detail, "amount") from None
    if not 0 < found <= AMOUNT_CAP:
        raise ValidationError("An amount is above zero, and not larger than any payment. Check the digits.", "amount")
    return found


def money_of(amount_minor: int, code: str) -> dict[str, str]:
    """Return minor units as an amount of the API."""
    return {"amount": to_text(amount_minor, code), "currency": code}


class OfOperator(PageArguments):
    """A page of a list; of one operator of the fund, for who sees several."""

    operator = reference(load_default=None, metadata={"description": "the code of an operator of the fund"})


class StepSchema(StrictSchema):
    """What was read, and the second factor for this one act."""

    lock_hash = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="The digest of what is locked has 64 hexadecimal digits."),
        metadata={"description": "the digest of the locked plan, as you read it"},
    )
    code = fields.String(
        required=True,
        load_only=True,
        validate=validate.Regexp(r"[0-9 ]{6,12}\Z", error="The code of your app has six digits."),
        metadata={"description": "the code that your app shows now; it counts once, and is kept nowhere"},
    )
