"""What the room of webhooks refuses.

InvalidInput   AddressInvalid
NotFound       WebhookUnknown, HostUnknown, PartnerUnknown
Conflict       WebhookRemoved, WebhookKnown
RuleBroken     TooManyWebhooks
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken


class AddressInvalid(InvalidInput):
    """The address is none to which a webhook may be sent."""

    code = "webhooks.address_invalid"


class WebhookUnknown(NotFound):
    """There is no such webhook of the actor's organisation."""

    code = "webhooks.webhook_unknown"


class HostUnknown(NotFound):
    """No partner asked for this host, and nobody approved it."""

    code = "webhooks.host_unknown"


class PartnerUnknown(NotFound):
    """There is no such partner."""

    code = "webhooks.partner_unknown"


class WebhookRemoved(Conflict):
    """The webhook was removed, and does not come back."""

    code = "webhooks.webhook_removed"


class WebhookKnown(Conflict):
    """The partner has a webhook to this address already."""

    code = "webhooks.webhook_known"


class TooManyWebhooks(RuleBroken):
    """The partner has as many webhooks as it may."""

    code = "webhooks.too_many_webhooks"
