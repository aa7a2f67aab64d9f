"""The tables of searches."""

import decimal
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.kinds.base import Scoped
from ops.results.kinds.tallies import Tallied


class Search(Tallied, Scoped, Model):
    """A search; `establishment` is the prison, by the name of its site where that is known.

    The codes of its rows are kept so that a total is one scan.
    """

    __tablename__ = "search"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    site_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("site.id"))
    establishment: Mapped[str | None]
    methods: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    searched_by: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    found_in: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    conveyed_by: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    held_by: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    lists: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    dry_reason: Mapped[str | None]
    power: Mapped[str | None]
    looked_for: Mapped[str | None]
    stop_outcome: Mapped[str | None]
    is_linked: Mapped[bool | None]
    outer_clothing: Mapped[bool | None]
    age_band: Mapped[str | None]
    sex: Mapped[str | None]
    ethnicity: Mapped[str | None]
    target_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    outcome_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    find_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})


class SearchCount(Scoped, Model):
    """How many of what were searched; of several together, where nobody knows the split."""

    __tablename__ = "search_count"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("search.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    number: Mapped[decimal.Decimal]
    qualifier: Mapped[str]


class SearchOutcome(Scoped, Model):
    """What became of how many who were searched."""

    __tablename__ = "search_outcome"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("search.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    number: Mapped[decimal.Decimal]
    qualifier: Mapped[str]


class SearchFind(Scoped, Model):
    """A category that something was found in; the items themselves are seizures."""

    __tablename__ = "search_find"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("search.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str]
    number: Mapped[decimal.Decimal | None]
    qualifier: Mapped[str]
