"""A seal holds: whatever is changed afterwards, by whoever has the owner's rights, is named."""

# ruff: noqa: S608 - the statements are made of our own names

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger import chain, checking, sealing
from tests import factories

# A place of an operation and a record of it, as bytes.
OTHER = r"decode(repeat('ab', 32), 'hex')"
LOOK_PACKED = (
    "select log_packed('consultation', 'tests.look', 'area', decode(repeat('cd', 64), 'hex'),"
    " '{}', '{q}', null, null)"
)
LOOK = "select log_access('consultation', 'tests.look', cast(:seen as jsonb), '{q}')"


@pytest.fixture
def do(engine):
    """Run a statement with the owner's rights, and commit."""

    def run(statement, **values):
        with engine.begin() as connection:
            found = connection.execute(sa.text(statement), values)
            return found.fetchall() if found.returns_rows else None

    return run


@pytest.fixture
def look(do):
    """Log a look at something."""
    seen = '[{"kind": "site", "operation": null, "ids": ["one", "two"]}]'
    return lambda: do(LOOK, seen=seen)


@pytest.fixture
def sealed(engine, do, look):
    """A ledger with rows in both tables under two seals."""
    for _ in range(2):
        factories.operation()
        look()
        db.session.commit()
        sealing.seal(engine)
    return do


def test_a_whole_ledger_passes(engine, sealed):
    verdict = checking.verify(engine)

    [(rows,)] = sealed("select (select count(*) from change) + (select count(*) from log_entry)")
    assert verdict.fault is None
    assert (verdict.sealed, verdict.seals, verdict.waiting) == (rows, 2, 0)


@pytest.mark.parametrize("changed", ["packed_kind = 'site'", "packed = {} || packed"])
def test_one_changed_byte_of_what_was_seen_by_the_thousand_is_named(engine, do, changed):
    do(LOOK_PACKED)
    [(row_id,)] = do("select id from log_entry")
    sealing.seal(engine)
    assert checking.verify(engine).fault is None

    do(f"update log_entry set {changed.format(OTHER)}")

    fault = checking.verify(engine).fault
    assert (fault.source, fault.id) == ("log_entry", row_id)


CONTENT = {
    "change": 'update change set after = \'{"name": "Other"}\' where id = :id',
    "log_entry": "update log_entry set asked = '{r}' where id = :id",
}


@pytest.mark.parametrize("table", ["change", "log_entry"])
@pytest.mark.parametrize("how", ["content", "digest too", "who", "when"])
def test_one_changed_byte_is_named(engine, sealed, table, how):
    [(row_id,)] = sealed(f"select id from {table} order by id limit 1")
    content = f"update {table} set reason = 'x' where id = :id"
    changed = {
        "content": [CONTENT[table]],
        "digest too": [
            content,
            f"update {table} set content_digest = digest_of(salt, jsonb_build_array("
            + ("before, after" if table == "change" else "seen, asked, recipient")
            + ", reason)) where id = :id",
        ],
        "who": [f"update {table} set actor = gen_random_uuid() where id = :id"],
        "when": [f"update {table} set at = at + interval '1 microsecond' where id = :id"],
    }

    for statement in changed[how]:
        sealed(statement, id=row_id)

    fault = checking.verify(engine).fault
    assert (fault.source, fault.id) == (table, row_id)
    assert "changed" in fault.what


@pytest.mark.parametrize("table", ["change", "log_entry"])
def test_a_removed_row_is_named(engine, sealed, table):
    [(row_id,)] = sealed(
        f"delete from {table} where id in (select id from {table} limit 1) returning id"
    )

    fault = checking.verify(engine).fault
    assert (fault.source, fault.id, fault.what) == (table, row_id, "it was removed")


@pytest.mark.parametrize("table", ["change", "log_entry"])
def test_a_row_inserted_among_the_sealed_is_named(engine, sealed, table):
    columns = {
        "change": "actor, object, object_id, txid",
        "log_entry": "actor, act, endpoint, operations, count, at, txid, seen, asked",
    }[table]
    made = "" if table == "change" else ", id, salt, content_digest"
    values = made and (
        ", gen_random_uuid(), salt,"
        " digest_of(salt, jsonb_build_array(seen, asked, recipient, reason))"
    )
    [(row_id,)] = sealed(
        f"insert into {table} ({columns}{made}) select {columns}{values} from {table} limit 1"
        " returning id"
    )

    fault = checking.verify(engine).fault
    assert (fault.source, fault.id) == (table, row_id)
    assert "inserted" in fault.what


def test_a_row_inserted_with_a_time_long_past_is_named_before_and_after_it_is_sealed(
    engine, sealed
):
    [(row_id,)] = sealed(
        "insert into change (at, object, object_id)"
        " values (now() - interval '1 year', 'site', gen_random_uuid()) returning id"
    )

    faults = [checking.verify(engine).fault]
    sealing.seal(engine)
    faults.append(checking.verify(engine).fault)

    assert [fault.id for fault in faults] == [row_id, row_id]
    assert all("inserted" in fault.what for fault in faults)


@pytest.mark.parametrize("table", ["change", "log_entry"])
def test_two_rows_that_changed_places_are_named(engine, sealed, table):
    # Each takes what the other says, and keeps its own name.
    columns = "actor, at" if table == "change" else "at, endpoint"
    pair = sealed(f"select id from {table} order by id limit 2")
    values = {"first": pair[0].id, "second": pair[1].id}
    sealed(
        f"update {table} set ({columns}) = (select {columns} from {table} other where"
        f" other.id = case {table}.id when :first then cast(:second as uuid)"
        f" else cast(:first as uuid) end) where id in (:first, :second)",
        **values,
    )

    fault = checking.verify(engine).fault

    assert (fault.source, fault.id) == (table, pair[0].id)


def test_links_that_changed_places_are_named(engine, sealed):
    sealed("update sealed set position = -position where position in (1, 2)")
    sealed("update sealed set position = 3 + position where position < 0")

    fault = checking.verify(engine).fault

    [(first,)] = sealed("select row_id from sealed where position = 1")
    assert fault.id == first
    assert "in another's place" in fault.what


def test_rows_in_another_order_are_named_though_every_hash_was_made_anew(engine, sealed):
    rows = sealed("select position, source, row_id from sealed order by position")
    first = sealed("select last_position from seal order by first_position limit 1")[0][0]
    sealed("update sealed set position = -position where position <= :last", last=first)
    sealed("update sealed set position = 1 + :last + position where position < 0", last=first)
    _chain_anew(engine)

    fault = checking.verify(engine).fault

    assert fault.what.endswith("re-ordered")
    assert fault.id == rows[first - 2].row_id


def test_a_link_that_was_removed_is_named(engine, sealed):
    sealed("delete from sealed where position = 2")

    fault = checking.verify(engine).fault

    [(after,)] = sealed("select row_id from sealed where position = 3")
    assert (fault.id, fault.what) == (after, "the link before it, number 2, was removed")


def test_a_link_that_was_changed_is_named(engine, sealed):
    sealed("update sealed set hash = sha256('') where position = 2")

    fault = checking.verify(engine).fault

    assert fault.id == sealed("select row_id from sealed where position = 2")[0][0]


@pytest.mark.parametrize(
    "change",
    [
        "at = at - interval '1 second'",
        "horizon = horizon + 1",
        "next_txid = next_txid + 1",
        "cluster = cluster + 1",
        "hash = sha256('')",
        "id = gen_random_uuid()",
    ],
)
def test_a_seal_that_was_changed_is_named(engine, sealed, change):
    [(first,)] = sealed("select first_position from seal order by first_position limit 1")
    sealed(f"update seal set {change} where first_position = :first", first=first)

    fault = checking.verify(engine).fault

    assert (fault.source, fault.id) == (
        "seal",
        sealed("select id from seal order by first_position limit 1")[0][0],
    )


def test_a_seal_that_was_removed_is_found_out(engine, sealed):
    sealed("delete from seal where first_position = 1")

    assert checking.verify(engine).fault is not None


def test_who_rewrites_the_whole_chain_is_caught_by_the_seals_kept_elsewhere(engine, sealed):
    kept = [checking.told(each) for each in sealed("select * from seal order by first_position")]
    [(row_id,)] = sealed(
        "select row_id from sealed where source = 'change' order by position limit 1"
    )
    sealed("update change set actor = gen_random_uuid() where id = :id", id=row_id)
    _chain_anew(engine)

    alone, against = checking.verify(engine), checking.verify(engine, iter(kept))

    assert alone.fault is None
    assert (against.fault.source, str(against.fault.id)) == ("seal", kept[0]["id"])


def test_what_is_erased_and_said_to_be_leaves_the_chain_whole(engine, sealed):
    [(row_id,)] = sealed("select row_id from sealed where source = 'change' limit 1")
    erased = "update change set before = null, after = null, reason = null, salt = null"
    sealed(f"{erased} where id = :id", id=row_id)

    silent = checking.verify(engine).fault
    sealed(
        "select log_access('erasure', 'retention.erase', jsonb_build_array("
        "jsonb_build_object('kind', 'change', 'operation', null,"
        " 'ids', jsonb_build_array(cast(:id as text)))), null, null, 'Review')",
        id=str(row_id),
    )

    assert (silent.id, "no entry" in silent.what) == (row_id, True)
    assert checking.verify(engine).fault is None


def test_a_transaction_open_while_others_are_sealed_is_sealed_by_the_next(engine, sealed, look):
    with engine.connect() as open_one:
        slow = open_one.begin()
        open_one.execute(
            sa.text("insert into change (object, object_id) values ('site', gen_random_uuid())")
        )
        look()
        sealing.seal(engine)
        during = checking.verify(engine)
        slow.commit()

    after = checking.verify(engine)
    count = sealing.seal(engine)

    assert (during.fault, after.fault) == (None, None)
    assert count == after.waiting == during.waiting + 1
    assert checking.verify(engine).waiting == 0


def test_two_seals_at_once_take_turns(engine, sealed, look):
    for _ in range(5):
        look()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: sealing.seal(engine), range(4)))

    assert sorted(counts) == [0, 0, 0, 5]
    assert checking.verify(engine).fault is None


def test_what_came_along_from_another_server_is_sealed_here(engine, sealed, look):
    # As after a restore: the numbers of transactions are another server's, far ahead of here.
    sealed("update change set txid = txid + 1000000000000")
    sealed("update log_entry set txid = txid + 1000000000000")
    sealed("update seal set cluster = 1, horizon = horizon + 1000000000000")
    sealed("truncate sealed")
    sealed("truncate seal")
    look()

    count = sealing.seal(engine)

    look()
    assert count > 4
    assert sealing.seal(engine) == 1
    assert checking.verify(engine).fault is None


def _chain_anew(engine):
    """Do what somebody with every right could: make each hash anew."""
    with engine.begin() as connection:
        rows = connection.execute(
            sa.text(
                f"select position, r.hash from sealed join ({chain.ROWS}) r"
                " on r.source = sealed.source and r.id = sealed.row_id order by position"
            )
        ).all()
        seals = connection.execute(sa.text("select * from seal order by first_position")).all()
        previous = chain.GENESIS
        for seal in seals:
            for position, row_hash in rows[seal.first_position - 1 : seal.last_position]:
                previous = chain.link(previous, row_hash)
                connection.execute(
                    sa.text("update sealed set hash = :hash where position = :position"),
                    {"hash": previous, "position": position},
                )
            facts = checking.told(seal)
            previous = checking.facts_of(seal).hash(previous)
            connection.execute(
                sa.text("update seal set hash = :hash where id = :id"),
                {"hash": previous, "id": facts["id"]},
            )
