"""Webhooks, hosts and deliveries as the API tells and takes them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema
from recruitment.webhooks.rules import URL_CHARACTERS_MAX, DeliveryState, Failure, HostState, MessageType, WebhookState

_VISIBLE = validate.Predicate("isprintable", error="This holds characters that cannot be seen.")


class WebhookSchema(Schema):
    """An address to which messages are sent, while it is on and its host is approved."""

    reference = fields.String(required=True, metadata={"example": "WB-7Q2M-9KXR-4T"})
    url = fields.String(required=True)
    state = fields.Enum(WebhookState, by_value=True, required=True)
    host_state = fields.Enum(
        HostState, by_value=True, required=True, metadata={"description": "whether an operator approved the host"}
    )
    is_gone = fields.Boolean(required=True, metadata={"description": "switched off because the receiver answered 410"})


class NewWebhookSchema(StrictSchema):
    """The webhook to register."""

    url = fields.String(
        required=True,
        validate=[validate.Length(1, URL_CHARACTERS_MAX), _VISIBLE],
        metadata={"example": "https://hooks.brand.example/first-mile"},
    )


class WebhookMadeSchema(Schema):
    """A webhook, and its new secret. A repetition of the same request is told it without the secret."""

    webhook = fields.Nested(WebhookSchema, required=True)
    secret = fields.String(metadata={"description": "whsec_ and base64, shown this once"})


class WebhookSwitchSchema(StrictSchema):
    """What to do with a webhook: switch it on or off, or remove it for good."""

    state = fields.Enum(WebhookState, by_value=True, required=True)


class DeliverySchema(Schema):
    """A message to a webhook, and how far it is."""

    message_id = fields.String(required=True, metadata={"description": "the header webhook-id"})
    type = fields.Enum(MessageType, by_value=True, required=True)
    timestamp = fields.String(required=True, metadata={"description": "as in the body of the message"})
    state = fields.Enum(DeliveryState, by_value=True, required=True)
    attempts = fields.Integer(required=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_failure = fields.Enum(Failure, by_value=True, required=True, allow_none=True)


class WebhookHostSchema(Schema):
    """A host to which the messages of a partner may go, or may not."""

    reference = fields.String(required=True, metadata={"example": "WH-7Q2M-9KXR-4T"})
    partner = fields.String(required=True, metadata={"description": "the code of the partner"})
    host = fields.String(required=True)
    state = fields.Enum(HostState, by_value=True, required=True)


class ApprovedHostSchema(StrictSchema):
    """The host to approve, for one partner."""

    partner = fields.String(required=True, validate=[validate.Length(1, 80), _VISIBLE])
    host = fields.String(required=True, validate=[validate.Length(1, 253), _VISIBLE])


WebhookPageSchema = page_schema("webhooks", WebhookSchema)
DeliveryPageSchema = page_schema("deliveries", DeliverySchema)
WebhookHostPageSchema = page_schema("hosts", WebhookHostSchema)
