"""The register of organisations: one code for one organisation, whatever it does."""
