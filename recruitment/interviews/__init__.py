"""Whom to ask when, by whom, and how they can be reached safely."""
