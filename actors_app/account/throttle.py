"""Failed sign-ins, counted before the API is asked: by account and by address, in the store, for all processes.

A bucket holds as many attempts as may fail in a day and fills up evenly. An attempt takes one out before the API is
asked, so that many at once cannot be more than there are, and puts it back when it did not fail. Unknown accounts have
buckets as known ones have, so that nothing is learned from an answer.
"""

import math
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from actors_app.account.models import SignInBucket
from actors_app.core.security.crypto import digest
from actors_app.services.blanks import normal_form

DAY = timedelta(days=1)


class TooManyAttempts(Exception):  # noqa: N818 - it says what happened
    """No attempt is left; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"no attempt is left for {wait} s")
        self.wait = wait


class Attempt:
    """One attempt to sign in: taken from the buckets, then given back unless the API refused it."""

    def __init__(self, request: HttpRequest, account: str = "") -> None:
        """Take one attempt of the address and, where it is known, of the account; raise TooManyAttempts."""
        self._buckets = {_name("address", address_of(request)): settings.SIGN_INS_PER_ADDRESS}
        self._account = _name("account", normal_form("NFKC", account).strip().casefold()) if account else ""
        if self._account:
            self._buckets[self._account] = settings.SIGN_INS_PER_ACCOUNT
        SignInBucket.objects.filter(at__lt=timezone.now() - DAY).delete()  # they are full again
        waits = self._change(-1)
        if waits:
            raise TooManyAttempts(max(waits))

    def was_not_refused(self) -> None:
        """Give the attempt back: the API did not say that it was wrong."""
        self._change(+1)

    def succeeded(self) -> None:
        """Give the attempt back, and the account all that it had."""
        self.was_not_refused()
        SignInBucket.objects.filter(name=self._account).delete()

    def _change(self, attempts: int) -> list[int]:
        """Put attempts into every bucket, or into none; return how long to wait for those that have too few."""
        now = timezone.now()
        with transaction.atomic():
            # Rows that are there can be locked, always in the same order; two that make one at once make one.
            full = [SignInBucket(name=name, left=size, at=now) for name, size in self._buckets.items()]
            SignInBucket.objects.bulk_create(full, ignore_conflicts=True)
            rows = list(SignInBucket.objects.select_for_update().filter(name__in=self._buckets).order_by("name"))
            for row in rows:
                size = self._buckets[row.name]
                row.left = min(size, row.left + size * max(now - row.at, timedelta()) / DAY + attempts)
                row.at = now
            waits = [_wait(row.left, self._buckets[row.name]) for row in rows if row.left < 0]
            if not waits:
                SignInBucket.objects.bulk_update(rows, ["left", "at"])
        return waits


def address_of(request: HttpRequest) -> str:
    """Return the network address that counts: what the proxy saw where there is one, an IPv6 network as a whole."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # Only the last one was written by our proxy; what stands before it is what the visitor claimed.
        text = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or text
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _name(kind: str, value: str) -> str:
    return digest(f"actors.sign-in-{kind}", value)


def _wait(balance: float, size: int) -> int:
    """Return after how many seconds a bucket that lacks a part of an attempt has all of it."""
    return math.ceil(-balance * DAY.total_seconds() / size)
