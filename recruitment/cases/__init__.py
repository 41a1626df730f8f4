"""What is done about findings: cases, their clock, and what the worker says of it."""
