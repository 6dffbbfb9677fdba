"""Django's backend for PostgreSQL, with patience for a pool that is busy and none for a server that is away."""
