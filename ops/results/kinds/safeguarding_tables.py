"""The tables of safeguarding."""

import datetime as dt
import decimal
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.kinds.base import Scoped
from ops.results.kinds.tallies import Tallied


class Safeguarding(Tallied, Scoped, Model):
    """What was done for one or more people, known by a reference alone.

    `number` is all of them; the rows of people may split only some of it.
    """

    __tablename__ = "safeguarding"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    actions: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    number: Mapped[decimal.Decimal | None]
    qualifier: Mapped[str | None]
    addresses: Mapped[decimal.Decimal | None]
    addresses_qualifier: Mapped[str | None]
    cuckooed: Mapped[str | None]
    address_ref: Mapped[str | None]
    person_ref: Mapped[str | None] = mapped_column(index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    concerns: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    consent: Mapped[bool | None]
    notified_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    authority_told_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    first_responder: Mapped[str | None]
    nrm_reference: Mapped[str | None]
    age_group: Mapped[str | None] = mapped_column(info={"wire": False})
    sex: Mapped[str | None] = mapped_column(info={"wire": False})
    referral_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    decision_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})


class SafeguardedPeople(Scoped, Model):
    """How many of one age group and sex."""

    __tablename__ = "safeguarded_people"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("safeguarding.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    age_group: Mapped[str]
    sex: Mapped[str]
    number: Mapped[decimal.Decimal]
    qualifier: Mapped[str]


class Referral(Scoped, Model):
    """A referral to a service, and what came of it."""

    __tablename__ = "referral"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("safeguarding.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    outcome: Mapped[str | None]


class NrmDecision(Scoped, Model):
    """A decision of the competent authority."""

    __tablename__ = "nrm_decision"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("safeguarding.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str]
    on: Mapped[dt.date]
