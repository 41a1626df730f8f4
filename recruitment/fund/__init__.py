"""The Debt Relief Fund: pots, plans and payments. Money leaves it through three people, and never twice."""
