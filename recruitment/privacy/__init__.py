"""What a person may ask of us: a copy of their record, its erasure, and how long anything is kept."""
