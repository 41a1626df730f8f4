"""What agencies and employers are told: on fixed days, frozen, and never about one person."""
