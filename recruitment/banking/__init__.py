"""Payment files that banks take, and the answers that they send back. No database, no web."""
