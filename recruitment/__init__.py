"""First Mile: the system of record for honest recruitment."""

__version__ = "0.1.0"
