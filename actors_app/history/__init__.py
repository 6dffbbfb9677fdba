"""The execution history: what the portal remembers of executions, and how it is found again.

`rights` says whose executions somebody may see now, `collecting` asks the API for what is new, `recording` writes it
down, `finding` reads it: pages, counts and charts at the same cost for a hundred executions as for a hundred thousand.
"""
