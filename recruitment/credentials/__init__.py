"""Codes, keys, proofs, status lists and signatures of certificates, and the verifier. No database, no network, no web."""
