"""Relief as it is told (``told``), and what is sent to it (``sent``)."""
