"""Who may come in: people, their roles, how they sign in, the tokens of programmes."""
