"""What may be done about relief."""
