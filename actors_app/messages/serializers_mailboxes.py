"""Mailboxes of all actors that have executions waiting."""

from rest_framework import serializers


class WaitingMailbox(serializers.Serializer):
    """One mailbox."""

    actor_id = serializers.CharField()
    actor_name = serializers.CharField(help_text="Its name, or its id where you may not read the actor.")
    messages = serializers.IntegerField(allow_null=True, help_text="How many are in it; null where not said.")
    executions = serializers.IntegerField(help_text="How many executions of the actor wait.")


class Mailboxes(serializers.Serializer):
    """The mailboxes that were asked for, the fullest first."""

    items = WaitingMailbox(many=True)
    not_asked = serializers.IntegerField(help_text="How many more actors have executions that wait.")
    is_cut = serializers.BooleanField(
        help_text="Whether more executions wait than were read, so that `executions` and `not_asked` are the least."
    )
