"""The rules of relief, pure."""
