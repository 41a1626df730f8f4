"""The comparison of the three accounts and its findings."""
