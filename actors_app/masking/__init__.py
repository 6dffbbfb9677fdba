"""The judge of secrets: which names and texts are secret, and masking them wherever logs, results and messages go.

A text is judged by the names in it (`API_KEY=…`, `'password': '…'`, `Authorization: …`) and by its form: JSON Web
Tokens, nonces of Abaco, private keys, addresses with a password. No judge finds everything, so pages say that a text
may contain secrets; `docs/safety.md` says what is not found. Time is linear in the length of a text, memory bounded.
"""

from actors_app.masking.masker import Masker, may_hold_secret
from actors_app.masking.names import MASK, is_secret_name

__all__ = ["MASK", "Masker", "is_secret_name", "may_hold_secret"]
