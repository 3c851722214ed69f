"""The versions of the schema, oldest first; run by open_database, never by hand."""
