"""The database session, and the one place that commits."""

import functools
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeAlias, TypeVar

import flask
import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction
from sqlalchemy import event, orm
from sqlalchemy.engine import result_tuple
from uuid_utils.compat import uuid7

from ops.config import Settings
from ops.errors import Conflict, Missing, Stale, Unavailable, sentence_for

# Only what the database names itself, so that each can have its sentence in ops.errors.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(orm.DeclarativeBase):
    """A table of ours."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {str: sa.Text()}


T = TypeVar("T", bound=Model)
Made = TypeVar("Made")
Given = ParamSpec("Given")

# A statement that reads rows, whatever is in them, and what a list can be ordered by.
Query: TypeAlias = sa.Select[*tuple[Any, ...]]
Key: TypeAlias = sa.ColumnElement[Any] | orm.InstrumentedAttribute[Any]

session = orm.scoped_session(orm.sessionmaker(expire_on_commit=False))

# The database role that requests run as: it owns no table, so row-level security holds for it.
APPLICATION = "ops_application"

# How the database says whose policy refused a row.
_POLICY = re.compile(r'row-level security policy for table "(\w+)"')

# How a value is written in a statement for the driver.
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")

# A transaction sees what was there when its first statement began.
_STILL = {"isolation_level": "REPEATABLE READ"}

# Requests of one worker run on this many threads, and each holds one connection.
POOL_SIZE = 4

# How long a server that is gone without a word is believed to be there: another may have taken its
# place. An address that says so itself has the last word.
_PATIENCE: Mapping[str, object] = {
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}

# One for all that is shared, since it may be made of other such.
_making = threading.RLock()

# What the server has said beside its answer is heard on the thread that asked.
_heard = threading.local()


def new_id() -> uuid.UUID:
    """Make a UUIDv7: ordered by time, so that indexes grow at one end."""
    return uuid7()


def init_app(app: flask.Flask) -> None:
    """Bind the session to the app's database, and give it back after each request."""
    settings: Settings = app.config["SETTINGS"]
    engine = engine_of(app.config["DATABASE_URL"], settings)
    app.extensions["engine"] = engine
    session.remove()
    session.configure(bind=engine)
    app.teardown_appcontext(lambda _error: session.remove())


def engine_of(url: str, settings: Settings, connect_s: int = 5, **options: Any) -> sa.Engine:
    """Give the connections to a database that the requests of one worker share."""
    said = sa.make_url(url).query
    patience = {"connect_timeout": connect_s, **_PATIENCE}
    arguments = {name: value for name, value in patience.items() if name not in said}
    if not settings.database_prepare:
        # Prepared statements are the one thing of ours that outlives a transaction.
        arguments["prepare_threshold"] = None
    engine = sa.create_engine(
        url, pool_size=POOL_SIZE, max_overflow=4, connect_args=arguments, **options
    )
    event.listen(engine, "handle_error", _give_up_a_standby)
    event.listen(engine, "connect", lambda driver, _record: driver.add_notice_handler(_hear))
    return engine


def is_standby(error: BaseException | None) -> bool:
    """Tell whether a write met a server that only follows another, so that it's not the one."""
    return isinstance(error, ReadOnlySqlTransaction)


def _hear(said: psycopg.errors.Diagnostic) -> None:
    """Note that no standby confirmed a commit: cancelled there, it still says that all is well.

    It is on the primary's disk alone, and would be lost with it.
    """
    if said.source_function == "SyncRepWaitForLSN":
        _heard.is_unconfirmed = True


def _make_sure() -> None:
    """Refuse to call stored what was just committed without a standby that has it."""
    if _heard.__dict__.pop("is_unconfirmed", False):
        raise Unavailable(
            "This could not be stored safely just now. Send the same once more; it is kept once."
        )


def _give_up_a_standby(context: sa.engine.ExceptionContext) -> None:
    """Make all connections anew once one of them leads to a standby: the primary is elsewhere."""
    if is_standby(context.original_exception):
        context.is_disconnect = True


@event.listens_for(orm.Session, "after_begin")
def _name_the_actor(
    session: orm.Session, _transaction: orm.SessionTransaction, connection: sa.Connection
) -> None:
    """Tell the database who acts, for this transaction alone, so that its policies can decide.

    The first transaction of a request begins before the person is known; the
    statement that finds the person also names them.
    """
    if actor := session.info.get("actor"):
        settings = {"ops.actor": str(actor), "role": APPLICATION}
        if patience := session.info.get("patience"):
            settings["statement_timeout"] = patience
        connection.execute(
            sa.select(*(sa.func.set_config(name, value, True) for name, value in settings.items()))
        )


def act_as(person_id: uuid.UUID, patience: str | None = None) -> None:
    """Make this person the actor of the session's transactions to come.

    `patience` is how long each statement may take; without it, as long as the database lets it.
    """
    session().info.update(actor=person_id, patience=patience)


def give_reason(reason: str) -> None:
    """Write this reason beside every change of the running transaction."""
    session.execute(sa.select(sa.func.set_config("ops.reason", reason, True)))


def read_one_state() -> None:
    """Let all that is read until the transaction ends be of one state of the database.

    A figure and its parts, or the figures of one page, take several statements; what is committed
    between two of them would be in one figure and not in another. A page holds still once, and what
    it calls reads as it does.
    """
    if _STILL.items() <= session.connection().get_execution_options().items():
        return
    session.commit()
    # Where a transaction goes around the session, as in tests, that one decides.
    if isinstance(session.get_bind(), sa.Engine):
        session.connection(execution_options=_STILL)


@contextmanager
def read_by(connection: sa.Connection) -> Iterator[None]:
    """Let all that is read in the block come by this connection, in its transaction."""
    session.commit()
    ours = session()
    usual, ours.bind = ours.bind, connection
    try:
        yield
    finally:
        session.rollback()
        ours.bind = usual


class Undone(Exception):
    """Raised in a transaction of which nothing is to be kept: it was tried, or a row is bad."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or nothing of it; after `Undone` go on behind the block."""
    try:
        yield
        session.commit()
        _make_sure()
    except Undone:
        session.rollback()
    except orm.exc.StaleDataError as error:
        session.rollback()
        raise Stale() from error
    except (sa.exc.IntegrityError, sa.exc.ProgrammingError) as error:
        session.rollback()
        constraint = broken(error)
        if constraint is None:
            raise
        conflict = Conflict(said(error))
        conflict.constraint = constraint
        raise conflict from error
    except BaseException:
        session.rollback()
        raise


def written(query: Query) -> str:
    """Write a statement for the driver with its constants in it; what is named stays open.

    A long statement has a thousand constants, which would be sent again whenever it runs.
    """
    compiled: Any = query.compile(dialect=session.get_bind().dialect)
    is_open = {bound.key: None for bound in compiled.binds.values() if bound.required}
    state = compiled.construct_expanded_state(is_open)
    constants = {
        name: sql.Literal(value).as_string().replace("%", "%%")
        for name, value in state.parameters.items()
        if name not in is_open
    }
    return _PLACEHOLDER.sub(lambda found: constants.get(found[1], found[0]), state.statement)


def run(
    statement: str, values: Mapping[str, object], *, is_binary: bool = False
) -> Sequence[sa.Row[Any]]:
    """Run a statement that is written for the driver, as those of every request are.

    Gives its rows. To find a statement again and to describe its columns takes SQLAlchemy longer
    than to run it. Bytes come as they are where all is binary; as text of twice
    the length, each side takes its time over them.
    """
    connection = session.connection()
    driver: Any = connection.connection
    try:
        with driver.cursor(binary=is_binary, row_factory=_rows) as cursor:
            # Whoever listens to what SQLAlchemy runs hears of this too.
            connection.dispatch.before_cursor_execute(
                connection, cursor, statement, values, None, False
            )
            rows: Sequence[sa.Row[Any]] = cursor.execute(statement, values).fetchall()
            return rows
    except psycopg.Error as error:
        # As SQLAlchemy does, which is not between here.
        known: Any = error
        if is_standby(error):
            connection.engine.dispose()
        if is_standby(error) or connection.dialect.is_disconnect(
            known, driver.dbapi_connection, None
        ):
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], sa.Row[Any]]:
    """Make rows such as SQLAlchemy gives.

    The cursor's description would look each column's type up to name it.
    """
    found = cursor.pgresult
    names = (found.fname(number) for number in range(found.nfields)) if found else ()
    return _rows_of(tuple(names))


@functools.cache
def _rows_of(names: tuple[bytes, ...]) -> Callable[[Sequence[Any]], sa.Row[Any]]:
    return result_tuple(tuple(name.decode() for name in names))


def shared(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Let all statements have the same object of what this makes, for what it is given.

    A part that is named in several places of a statement has to be one and the same in each. Where
    two threads make it at once, as a plain cache lets them, either may find both.
    """
    kept = functools.cache(make)

    @functools.wraps(make)
    def give(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with _making:
            return kept(*args, **kwargs)  # type: ignore[arg-type]

    return give


def made_once(key: str, make: Callable[[], Made]) -> Made:
    """Make something under an id that the client chose, whose primary key is `key`.

    Of the same sent twice at once, the one that comes too late finds what the first one made.
    """
    try:
        return make()
    except Conflict as conflict:
        if conflict.constraint != key:
            raise
        return make()


def broken(error: sa.exc.DBAPIError) -> str | None:
    """Name the rule of the database that was broken: a constraint, or a table's policy.

    A policy says the same of what is not there as of what this person doesn't see.
    """
    if isinstance(error.orig, InsufficientPrivilege):
        table = _POLICY.search(str(error.orig))
        return table and f"policy_{table[1]}"
    if isinstance(error, sa.exc.IntegrityError):
        return error.orig.diag.constraint_name or ""  # type: ignore[union-attr]
    return None


def said(error: sa.exc.DBAPIError) -> str:
    """Say what a broken rule means; a rule of our own may add what it was broken by."""
    sentence = sentence_for(broken(error))
    # Constraints that the database checks by itself give no hint.
    hint = getattr(error.orig, "diag", None) and error.orig.diag.message_hint  # type: ignore[union-attr]
    return f"{sentence} {hint}" if hint else sentence


def find(model: type[T], key: object, called: str) -> T:
    """Fetch one record by its key, or say that there is none."""
    found = session.get(model, key)
    if found is None:
        raise Missing(f"There is no such {called}.")
    return found
