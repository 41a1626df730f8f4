"""The endpoints of the fund: money that comes in, plans and payments, what banks answer, and the figures."""

from recruitment.fund.api.answers import answers, suspense
from recruitment.fund.api.figures import figures
from recruitment.fund.api.payments import payments
from recruitment.fund.api.plans import plans
from recruitment.fund.api.pots import dues, payees, pots, receipts

BLUEPRINTS = (pots, receipts, payees, dues, plans, payments, answers, suspense, figures)
"""In the order in which the document lists them."""

__all__ = ["BLUEPRINTS"]
