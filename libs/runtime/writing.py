"""What a service says on Kafka: events of its aggregates, refusals, signed commands, records of compacted topics."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from libs.contracts import ids
from libs.contracts.envelope import CONTENT_TYPE, SPEC_VERSION, Actor, Envelope, encode_time, milliseconds, sign
from libs.contracts.messages import Command
from libs.contracts.outcomes import CommandRefused
from libs.contracts.topics import Service, journal, mailbox
from libs.runtime.aggregates import FollowUp, Incoming, Recorded, TopicRecord, parted
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import key
from libs.runtime.outbox import Outgoing


class Writer:
    """Makes the messages of one service; sends none."""

    def __init__(self, service: Service, signing: VersionedKey, refused: type[CommandRefused]) -> None:
        self._service = service
        self._source = f"/simpul/{service}"
        self._encoded_source = self._source.encode()
        self._journal = journal(service)
        self._signing = signing
        self._refused = refused

    def event(self, recorded: Recorded, written: Mapping[str, Any] | None, traceparent: str | None) -> Outgoing:
        """
        Args:
            written: its entry in the history, where that was made a moment ago: what is stored is what is sent.
        """
        event = recorded.event
        if written is None:
            public, _ = parted(event, event.private)
            written = {"id": str(recorded.id), "cause": str(recorded.cause), "data": public}
        headers = [
            ("ce_specversion", SPEC_VERSION),
            ("ce_id", written["id"].encode()),
            ("ce_type", event.type_name.encode()),
            ("ce_source", self._encoded_source),
            ("ce_subject", recorded.aggregate_id.encode()),
            ("ce_time", encode_time(recorded.at)),
            ("ce_tenant", recorded.tenant.encode()),
            ("ce_correlationid", recorded.correlation_id.encode()),
            ("content-type", CONTENT_TYPE),
            ("ce_causationid", written["cause"].encode()),
            ("ce_sequence", b"%d" % recorded.sequence),
        ]
        if recorded.actor is not None:
            headers.append(("ce_actor", recorded.actor.encode()))
        if traceparent is not None:
            headers.append(("ce_traceparent", traceparent.encode()))
        return Outgoing(
            self._journal, key(recorded.tenant, recorded.aggregate_id).encode(), orjson.dumps(written["data"]), headers
        )

    def refusal(self, item: Incoming, problem: str | None, fields: Sequence[str]) -> Outgoing:
        event = self._refused(command=item.command.type_name, problem=problem or "internal", fields=tuple(fields))
        # The first body under this id has an outcome already; each other body's refusal is a message of its own.
        step = f"refused|{item.command.body_hash}" if problem == "key_reused" else "refused"
        envelope = Envelope(
            id=ids.follow_up_id(item.context.id, step),
            type=event.type_name,
            source=self._source,
            subject=item.command.target,
            time=milliseconds(item.context.at),
            tenant=item.context.tenant,
            correlation_id=item.context.correlation_id,
            causation_id=item.context.id,
            traceparent=item.context.traceparent,
        )
        return Outgoing(
            self._journal,
            key(item.context.tenant, item.command.target).encode(),
            event.model_dump_json().encode(),
            envelope.headers(),
        )

    def follow_ups(self, follow_ups: Iterable[FollowUp], recorded: Recorded, traceparent: str | None) -> list[Outgoing]:
        return [
            self.command(
                follow_up.command,
                command_id=ids.follow_up_id(recorded.id, follow_up.step),
                tenant=recorded.tenant,
                at=recorded.at,
                causation_id=recorded.id,
                correlation_id=recorded.correlation_id,
                actor=recorded.actor,
                traceparent=traceparent,
            )
            for follow_up in follow_ups
        ]

    def command(
        self,
        command: Command,
        *,
        command_id: UUID,
        tenant: str,
        at: datetime,
        causation_id: UUID | None = None,
        correlation_id: str = "",
        actor: Actor | None = None,
        traceparent: str | None = None,
    ) -> Outgoing:
        """A command of this service to itself, signed and ready for its own mailbox."""
        envelope = Envelope(
            id=command_id,
            type=command.type_name,
            source=self._source,
            subject=command.target,
            time=milliseconds(at),
            tenant=tenant,
            correlation_id=correlation_id or str(command_id),
            causation_id=causation_id,
            actor=actor,
            traceparent=traceparent,
        )
        return address(command, envelope, to=self._service, by=self._service, keys=self._signing)


def address(command: Command, envelope: Envelope, *, to: Service, by: Service, keys: VersionedKey) -> Outgoing:
    """A signed command for a mailbox. Its key decides which member of the group takes it."""
    body = command.model_dump_json().encode()
    target = "" if command.keyed_by_tenant else command.target
    signed = sign(envelope, body, by=by, key_id=keys.active, key=keys.current)
    return Outgoing(mailbox(to, command.mailbox), key(envelope.tenant, target).encode(), body, signed.headers())


def record_message(record: TopicRecord) -> Outgoing:
    return Outgoing(record.topic, record.key.encode(), record.value or None, [])
