"""The import files about money: what their columns are, and how a row is read."""

from recruitment.fees.files.accounts import COMMITMENTS, DECLARATIONS, REPORTS
from recruitment.fees.files.earnings import EARNINGS
from recruitment.fees.files.follow_ups import COLLATERAL, DEBTS, REPAYMENTS
from recruitment.fees.files.rates import RATES

__all__ = ["COLLATERAL", "COMMITMENTS", "DEBTS", "DECLARATIONS", "EARNINGS", "RATES", "REPAYMENTS", "REPORTS"]
