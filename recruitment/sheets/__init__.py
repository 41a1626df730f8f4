"""Spreadsheets as the field sends them: reading, columns, and the all-or-nothing import of rows."""
