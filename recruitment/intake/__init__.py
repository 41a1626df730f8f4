"""Files from the field: one command that reads any of them."""
