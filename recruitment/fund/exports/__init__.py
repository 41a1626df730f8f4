"""What can be handed out of the fund: its statement, on paper and as a workbook."""
