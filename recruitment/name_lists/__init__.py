"""The names that an agency or an employer sends for a demand letter, and what is matched inside."""
