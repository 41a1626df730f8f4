"""What is decided about people and their access; pure."""
