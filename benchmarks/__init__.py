"""How fast we are beside the driver alone, on the same machine, in the same minute. Run: ``python -m benchmarks``."""
