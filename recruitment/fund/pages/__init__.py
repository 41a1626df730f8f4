"""The pages of the fund: what is in it, plans of payments through three hands, and what banks answer."""

from recruitment.fund.pages import answers, overview, payments, plans
from recruitment.fund.pages.shown import pages

__all__ = ["answers", "overview", "pages", "payments", "plans"]
