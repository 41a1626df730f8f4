"""Who did what, and who read a worker's word and why: append-only, in the same transaction, sealed."""
