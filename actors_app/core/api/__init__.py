"""The JSON API at `/api/v1/`: the second face of the same services, forms, acts and audit trail as the pages.

How to add a resource, in the order in which one does it:

1. What it does to the API is in `actors_app/acts/<resource>.py`, one function a write, which the page calls too. A page
   that still calls `writes.perform` itself is moved there first. What may be sent is decided by the form in
   `actors_app/forms/`, through `checking.checked`.
2. `serializers/<resource>.py`: what goes out (`serializers.Serializer`, its fields with a `help_text`), what comes in
   (`fields.Body`, strict: no field beside those named, no other type) and what stands after the `?` (`fields.Query`).
3. `views/<resource>.py`: a class for each address, derived from `base.Resource`, a method for each method of HTTP, with
   `@operation(…)` above it, which makes the schema. Inside, `self.http` is Django's own request, `self.abaco` the API
   as this caller may use it, `self.body(Serializer)` what was sent and `self.asked` what stands after the `?`,
   checked.
   - A list: `return self.page(Serializer, rows, key=…)`, where `key` is the order, the same for nobody else.
   - A write: `return self.written(acts.<resource>.<verb>(self.http, …), show=…, status=…)`. That is all there is to
     one-time keys, to the audit trail and to outcomes nobody knows.
   - What shows a secret says `secret = True`: nobody keeps such an answer, and a repeated one comes without it.
   - Nothing is caught: `exceptions.py` makes problems of the services' errors. `raise Problem(…)` for what is ours.
4. `urls.py`: the address, its name the page's where there is one.
5. `docs/api-coverage.md`: the address in the column "JSON"; `tests/test_docs.py` compares.
6. `tests/<subject>/test_api.py`; `tests/core/api/operations.py` gets a row for each operation, which
   `test_contract.py` tries with everything that holds for all: sign-in, CSRF, tenants, problems, headers, keys.

What holds everywhere: `authentication.py` who is asked for, `problems.py` the one shape of errors, `paging.py` the
cursor, `idempotency.py` the one-time keys, `schema.py` what the schema says of all operations.
"""
