"""The person: registration, consent, contact, and the keys that guard them."""
