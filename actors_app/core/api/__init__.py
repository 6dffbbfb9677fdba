"""The JSON API at `/api/v1/`: the same services, forms, commands and audit trail as the pages.

How to add an endpoint, in a subject's folder:

1. `commands.py`: the write, one function each, which the page calls too. Input is validated by the form of `forms.py`,
   through `form_checks.checked`.
2. `serializers.py`: responses (`serializers.Serializer`, its fields with a `help_text`), bodies (`fields.Body`, which
   rejects unknown fields and other types) and parameters (`fields.Query`).
3. `api.py`: a class for each path, derived from `base.Resource`, with a method for each HTTP method and `@operation(…)`
   above it, which writes the schema. `self.http` is Django's request, `self.abaco` the API as this caller may use it,
   `self.body(Serializer)` the checked body and `self.params` the checked parameters.
   - A list: `return self.page(Serializer, rows, key=…)`, where `key` is a total order.
   - A write: `return self.command_response(commands.<verb>(self.http, …), show=…, status=…)`. It covers one-time
     keys, the audit trail and unknown outcomes.
   - An endpoint whose response holds a secret sets `secret = True`: the response is not stored, and a repeated request
     gets it without the secret.
   - Catch nothing: `exceptions.py` turns errors of the services into problems. `raise Problem(…)` for the portal's own.
4. `actors_app/api_urls.py`: the route, with the name of its page where there is one.
5. `docs/api-coverage.md`: the endpoint in the column "JSON"; `tests/test_docs.py` compares.
6. `tests/<subject>/test_api.py`, and a row for each endpoint in `tests/core/api/operations.py`, with which
   `test_contract.py` tries what holds for all: sign-in, CSRF, tenants, problems, headers, one-time keys.

`authentication.py` decides who the caller is, `problems.py` is the one shape of errors, `paging.py` the cursor,
`idempotency.py` the one-time keys, `schema.py` the schema.
"""
