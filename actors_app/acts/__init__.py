"""The writes themselves, one file a resource: what a page and the JSON API do alike, whoever of them was asked.

Each function makes one write through `writes.perform`, with what the audit trail keeps of it and what is said when it
is done. What may be sent at all is decided by the forms before; what is shown afterwards, by the views.
"""
