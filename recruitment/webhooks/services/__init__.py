"""What is done with webhooks: registering, approving hosts, announcing, delivering."""

from recruitment.webhooks.services.delivering import Delivered, announce, deliver_due, forget_old
from recruitment.webhooks.services.hosts import approve, hosts, withdraw, withdraw_named
from recruitment.webhooks.services.registering import deliveries, register, rotate, switch, webhook_of, webhooks
from recruitment.webhooks.services.sending import Limits, Sender

__all__ = [
    "Delivered",
    "Limits",
    "Sender",
    "announce",
    "approve",
    "deliver_due",
    "deliveries",
    "forget_old",
    "hosts",
    "register",
    "rotate",
    "switch",
    "webhook_of",
    "webhooks",
    "withdraw",
    "withdraw_named",
]
