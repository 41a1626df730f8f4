"""Double entry. Knows books, accounts, entries and postings; no person, agency or fee item."""
