"""The wire of guided plans, national weeks and exit criteria."""

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Code, Moment, Text
from ops.plans.models import CONTACT_ROLES, LISTS, SEARCHED
from ops.results.fields import Codes, Day

_LOG_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/._-]{1,39}")
_PHONE = re.compile(r"[0-9+][0-9 ()-]{4,29}")


def _log_number(text: str) -> None:
    if not _LOG_NUMBER.fullmatch(text):
        raise ma.ValidationError(
            "Give the log number alone, such as INT/1234/26: nothing of what the intelligence says."
        )


def _phone(text: str) -> None:
    if not _PHONE.fullmatch(text):
        raise ma.ValidationError("Give a telephone number, such as 0161 496 0000.")


class SitesOfDaySchema(ma.Schema):
    """How many sites are planned for a day"""

    on = Day(required=True)
    sites = ma.fields.Integer(
        required=True,
        allow_none=True,
        validate=ma.validate.Range(0, 500, error="Give a number from 0 to 500."),
    )


class ContactSchema(ma.Schema):
    """Whom to reach for an organisation: a professional contact, never a private one"""

    role = Code(CONTACT_ROLES, required=True)
    name = Text(120, required=True)
    post = Text(120, allow_none=True)
    organisation = Text(120, allow_none=True)
    site = ma.fields.UUID(allow_none=True)
    phone = ma.fields.String(allow_none=True, validate=_phone)


class SearchAreaSchema(ma.Schema):
    """A part of a prison to search"""

    site = ma.fields.UUID(required=True)
    where = Code(SEARCHED, required=True)
    name = Text(120, allow_none=True)


class MeetingSchema(ma.Schema):
    """A review meeting; `outcome` once it was held"""

    at = Moment(required=True)
    place = Text(120, allow_none=True)
    outcome = Text(1000, allow_none=True)


def _list(of: Any, most: int) -> ma.fields.List:
    return ma.fields.List(of, validate=ma.validate.Length(max=most))


class GuidedPlanChangeSchema(ma.Schema):
    """What a guided plan can be told; a list is sent whole, and each kind asks for its own part"""

    is_national = ma.fields.Boolean(allow_none=True)
    national_week = ma.fields.UUID(
        allow_none=True, metadata={"description": "The operation's period follows it"}
    )
    priorities = _list(Text(200), 20)
    districts = _list(Text(40), 60)
    sites_by_day = _list(ma.fields.Nested(SitesOfDaySchema), 62)
    contacts = _list(ma.fields.Nested(ContactSchema), 60)
    establishments = _list(ma.fields.UUID(), 30)
    search_areas = _list(ma.fields.Nested(SearchAreaSchema), 200)
    teams_asked = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(0, 500))
    dogs_asked = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(0, 500))
    lists = Codes(LISTS)
    intelligence_logs = _list(ma.fields.String(validate=_log_number), 100)
    meetings = _list(ma.fields.Nested(MeetingSchema), 100)


class NationalWeekChangeSchema(ma.Schema):
    """What of a national week can be changed; both days belong to it"""

    name = Text(120)
    starts_on = Day()
    ends_on = Day()


class NationalWeekSchema(NationalWeekChangeSchema):
    """A week that is named for the whole country"""

    id = ma.fields.UUID(dump_only=True)
    name = Text(120, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def ends_after_it_starts(self, week: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a week that ends before it starts."""
        if week["ends_on"] < week["starts_on"]:
            raise ma.ValidationError("Must not be before the first day.", "ends_on")


class TaskSchema(ma.Schema):
    """One thing that the kind of operation asks for, and what is missing of it"""

    name = ma.fields.String()
    title = ma.fields.String()
    is_optional = ma.fields.Boolean()
    is_done = ma.fields.Boolean()
    missing = ma.fields.List(ma.fields.String())


class GuidedPlanSchema(GuidedPlanChangeSchema):
    """A guided plan, and the tasks of its kind"""

    operation = ma.fields.UUID()
    kind = ma.fields.String()
    national_week = ma.fields.Nested(  # type: ignore[assignment]
        NationalWeekSchema, allow_none=True
    )
    tasks = ma.fields.List(ma.fields.Nested(TaskSchema))
    version = ma.fields.Integer()


class CriterionPlanSchema(ma.Schema):
    """What must hold before a phase is left"""

    phase = ma.fields.UUID(required=True)
    text = Text(300, required=True)


class CriterionChangeSchema(ma.Schema):
    """What of a criterion can be changed; whether it is met is said by whoever sends it, now"""

    text = Text(300)
    is_met = ma.fields.Boolean()
    note = Text(500, allow_none=True)


class CriterionSchema(ma.Schema):
    """An exit criterion; `is_met` is null until somebody has judged it"""

    id = ma.fields.UUID()
    operation = ma.fields.UUID()
    phase = ma.fields.UUID()
    text = ma.fields.String()
    is_met = ma.fields.Boolean(allow_none=True)
    judged_by = ma.fields.String(allow_none=True)
    judged_at = ma.fields.AwareDateTime(allow_none=True)
    note = ma.fields.String(allow_none=True)
    version = ma.fields.Integer()
