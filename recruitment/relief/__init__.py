"""Relief: from a debt to money that the worker confirms."""
