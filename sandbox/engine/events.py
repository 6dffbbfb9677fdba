"""Events: an actor is ready or broken, an execution is complete; told to the actor's link and to its webhook.

The linked actor gets a message in its mailbox at once. A webhook gets one POST from the postman, a thread of its own,
so that a slow receiver holds up nobody's work.
"""

import logging
import threading
from typing import Any

import requests
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from sandbox import times
from sandbox.access import resolve_link
from sandbox.dialect import V2_DIALECT
from sandbox.endpoint import dbid
from sandbox.engine.running import WAKE
from sandbox.models import Actor, Delivery
from sandbox.views.messages import Sent, queue_message
from sandbox.webhooks import may_be_posted_to

logger = logging.getLogger(__name__)
READY, ERROR, COMPLETE = "ACTOR_READY", "ACTOR_ERROR", "EXECUTION_COMPLETE"
SENDER = "Abaco Event"
CONTENT_TYPE = "application/json"
SECONDS = 5.0


def publish(actor_id: str, kind: str, **details: Any) -> None:
    """Tell an actor's link and webhook, if it has any, what happened."""
    actor = Actor.objects.filter(id=actor_id).first()
    if actor is None or not (actor.link or actor.webhook):
        return
    target = resolve_link(actor.link)
    moment = times.now().isoformat(timespec="milliseconds") + "Z"
    event = {
        "event_type": kind,
        "event_time_utc": moment,
        "event_time_display": moment,
        "tenant_id": settings.SANDBOX_TENANT,
        "actor_id": actor.id,
        "actor_dbid": dbid(actor.id),
        "_abaco_link": dbid(target) if target else "",
        "_abaco_webhook": actor.webhook or "",
    } | details
    own = {"_abaco_username": SENDER, "_abaco_api_server": V2_DIALECT.api_server}
    linked = Actor.objects.filter(id=target).first()
    with transaction.atomic():
        if linked:
            queue_message(linked, Sent(event, CONTENT_TYPE), SENDER, own)
        if actor.webhook:
            body = event | own | {"_abaco_Content_Type": CONTENT_TYPE}
            Delivery.objects.create(actor_id=actor.id, url=actor.webhook, body=body)


class Postman(threading.Thread):
    """Post events to webhooks, each once, whether it arrives or not, in the order in which they happened."""

    def __init__(self, closing: threading.Event) -> None:
        super().__init__(name="postman", daemon=True)
        self._closing = closing
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no password of this machine

    def run(self) -> None:
        """Post what lies there, then wait for more, until closed."""
        while not self._closing.is_set():
            try:
                delivery = self._take()
            except DatabaseError:
                # A locked store is looked at again a second later; nothing is lost by waiting.
                logger.exception("The postman could not read its records.")
                delivery = None
            if delivery:
                self._post(delivery)
                continue
            with WAKE:
                WAKE.wait(1.0)
        connection.close()

    def _take(self) -> Delivery | None:
        if not Delivery.objects.exists():
            return None
        with transaction.atomic():
            delivery = Delivery.objects.order_by("id").first()
            if delivery:
                Delivery.objects.filter(id=delivery.id).delete()
        return delivery

    def _post(self, delivery: Delivery) -> None:
        # The address is not logged: it may hold somebody's key.
        if not may_be_posted_to(delivery.url):
            logger.warning("The webhook of actor %s is neither https nor on this machine.", delivery.actor_id)
            return
        try:
            answer = self._session.post(delivery.url, json=delivery.body, timeout=SECONDS, allow_redirects=False)
            logger.info("The webhook of actor %s answered %s.", delivery.actor_id, answer.status_code)
        except (requests.RequestException, ValueError) as error:
            logger.warning("The webhook of actor %s was not reached: %s.", delivery.actor_id, type(error).__name__)
