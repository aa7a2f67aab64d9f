"""The wire of subscriptions and their deliveries."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Text
from ops.subscriptions.cot import TYPES
from ops.subscriptions.models import DELIVERY_STATES, EVENTS

MOST_OPERATIONS = 100


class SubscriptionChangeSchema(ma.Schema):
    """What of a subscription can be changed"""

    label = Text(100)
    address = ma.fields.String(
        validate=ma.validate.Length(1, 2000),
        metadata={"description": "Where deliveries are sent by POST; https"},
    )
    events = ma.fields.List(Code(EVENTS), validate=ma.validate.Length(1, len(EVENTS)))
    all_operations = ma.fields.Boolean(
        metadata={"description": "All that its owner sees but those that are covert"}
    )
    operations = ma.fields.List(
        ma.fields.UUID(),
        validate=ma.validate.Length(0, MOST_OPERATIONS),
        metadata={"description": "The operations it is of, one that is covert too"},
    )
    with_records = ma.fields.Boolean(
        metadata={"description": "Tell what the records say; each is a disclosure"}
    )
    recipient = Text(200, allow_none=True, metadata={"description": "Who gets the records"})
    reason = Text(500, allow_none=True, metadata={"description": "What they get them for"})


class SubscriptionPlanSchema(SubscriptionChangeSchema):
    """A new subscription"""

    label = Text(100, required=True)
    address = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))
    events = ma.fields.List(
        Code(EVENTS), required=True, validate=ma.validate.Length(1, len(EVENTS))
    )
    all_operations = ma.fields.Boolean(load_default=False)
    with_records = ma.fields.Boolean(load_default=False)


class OwnerOfSubscriptionSchema(ma.Schema):
    """Whose it is"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    organisation = ma.fields.String()


class SubscriptionSchema(ma.Schema):
    """A subscription; of somebody else's, what it is of is left out"""

    id = ma.fields.UUID(required=True)
    owner = ma.fields.Nested(OwnerOfSubscriptionSchema, required=True)
    label = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    events = ma.fields.List(ma.fields.String(), required=True)
    all_operations = ma.fields.Boolean(required=True)
    operations = ma.fields.List(ma.fields.UUID(), required=True)
    with_records = ma.fields.Boolean(required=True)
    recipient = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    paused_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    paused_because = ma.fields.String(required=True, allow_none=True)
    is_own = ma.fields.Boolean(required=True)
    waiting = ma.fields.Integer(required=True)
    dead = ma.fields.Integer(required=True, metadata={"description": "How many were given up"})
    sent_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When something arrived last"}
    )
    version = ma.fields.Integer(required=True)


class NewSubscriptionSchema(SubscriptionSchema):
    """A new subscription with its secret, which is not shown again"""

    secret = ma.fields.String(required=True)


class SecretSchema(ma.Schema):
    """A new secret, which is not shown again"""

    secret = ma.fields.String(required=True)


class DeliveryFilterSchema(PageSchema):
    """Which deliveries"""

    state = Code(DELIVERY_STATES)


class DeliverySchema(ma.Schema):
    """An event, and how its delivery stands; `id` is the `webhook-id` that the receiver is sent"""

    id = ma.fields.UUID(required=True)
    event = ma.fields.String(required=True)
    operation = ma.fields.UUID(required=True, allow_none=True, attribute="operation_id")
    kind = ma.fields.String(required=True, allow_none=True)
    record = ma.fields.UUID(required=True, allow_none=True)
    state = Code(DELIVERY_STATES, required=True)
    attempts = ma.fields.Integer(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    next_at = ma.fields.AwareDateTime(required=True)
    tried_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "What the receiver answered"}
    )
    error = ma.fields.String(required=True, allow_none=True)


class TakSwitchSchema(ma.Schema):
    """What of an operation is fed to the TAK server"""

    is_on = ma.fields.Boolean(required=True)
    with_areas = ma.fields.Boolean(required=True)
    kinds = ma.fields.List(
        Code(TYPES),
        required=True,
        validate=ma.validate.Length(0, len(TYPES)),
        metadata={"description": "The kinds of results that are shown at their points"},
    )


class TakFeedSchema(TakSwitchSchema):
    """How the feed of an operation stands"""

    switched_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    has_server = ma.fields.Boolean(
        required=True, metadata={"description": "A TAK server is set up for this installation"}
    )
    marking_allowed = ma.fields.Boolean(
        required=True,
        metadata={"description": "The operation's marking is one that the server may be sent"},
    )
