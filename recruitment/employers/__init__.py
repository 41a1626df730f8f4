"""Employers and the demand letters that they give to agencies."""
