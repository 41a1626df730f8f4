"""Telling a partner that something changed: signed, without personal data, to approved hosts and checked addresses only."""
