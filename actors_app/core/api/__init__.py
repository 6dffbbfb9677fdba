"""The JSON API at `/api/v1/`: the same services, forms, commands and audit log as the pages.

`base.py` has the class of endpoints, `authentication.py` decides who the caller is, `fields.py` and `serializers.py`
read bodies and parameters and write responses, `exceptions.py` turns errors into problems, `paging.py` is the cursor,
`idempotency.py` the one-time keys, `schema.py` the schema. `CONTRIBUTING.md` describes how to add an endpoint.
"""
