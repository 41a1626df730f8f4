"""Text on paper in the scripts of the workers: fonts, catalogues, and paragraphs that are shaped and broken rightly."""
