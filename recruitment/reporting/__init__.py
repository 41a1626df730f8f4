"""Pages that read across rooms. Reads only."""
