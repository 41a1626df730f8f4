"""The language below all rooms: money, days, identities, errors. Pure, no input or output."""
