"""The execution history: an index of all executions, and its queries.

`visibility` decides whose executions a person may see now. `collector` and `sync` read new executions from the API,
`ingest` stores them. `query` reads them: pages, counts and charts cost the same for a hundred executions as for a
hundred thousand.
"""
