"""What the fund tells over its API and at the command line, and what is sent to it."""
