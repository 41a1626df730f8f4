"""What every page and endpoint shares: the gate, error answers, headers, templates."""
