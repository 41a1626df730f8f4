"""What may be done with the books as a whole."""
