"""PostgreSQL: the embedded server, connections, schema, durability."""
