"""The one way to the database: engine, session, unit of work, column types, the vault."""
