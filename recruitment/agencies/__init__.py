"""What is true of a recruitment agency without any fee: its licences."""
