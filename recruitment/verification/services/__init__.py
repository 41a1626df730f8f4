"""What may be done with decisions about what a worker bore. Comparisons have ``service.py``."""
