"""What was said about money: commitments, declarations, reports, repayments, debts, rates."""
