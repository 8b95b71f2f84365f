"""Dagster's SQLite event log with kept connections and batches.

Here belongs only what makes events affordable: the stock storage opens, commits with a flush to the disk and closes two
databases for every event, and a run has about a thousand (on a busy disk 20 s instead of 5 s for 260 events; 143
months of 12 assets 27 s instead of 3 s). Not here: what is logged, or where (environment.py names this class in
dagster.yaml).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from orchestration.dagster.private import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType,
    EventLogEntry,
    SqliteEventLogStorage,
    create_engine,
)

_WAIT_S = 60
_SHOWN_AT_ONCE = {
    DagsterEventType.STEP_START,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
    *EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
}


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """As SqliteEventLogStorage, but a database stays open, and a batch of events is committed once.

    DAGSTER_EVENT_BATCH_SIZE turns batches on. The last events before a power cut may be missing: they are not data.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Any] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> KeptSqliteEventLogStorage:
        """From dagster.yaml: `base_dir` is the folder of the event databases."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether the index holds a table: asked for each asset event, for which the stock storage opens a database."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Generator[Any]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Any:
        engine = self._engines.get(shard)
        if engine is None:
            engine = create_engine(self.conn_string_for_shard(shard), creator=lambda: _open(self.path_for_shard(shard)))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            self._engines[shard] = engine
        return engine

    def store_event(self, event: EventLogEntry) -> None:
        """Stores one event; where a step begins or ends the run's database is closed, which moves its journal into it:
        the web page watches the file itself.
        """
        super().store_event(event)
        if event.is_dagster_event and event.dagster_event_type in _SHOWN_AT_ONCE:
            with self._db_lock:
                if engine := self._engines.pop(event.run_id, None):
                    engine.dispose()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Stores asset events of one run together: once in the run's database, once in the index; checks, too, and
        others singly.
        """
        kinds = {_is_asset_event: self._store_asset_events, _is_check_event: self._store_check_events}
        for is_kind, store in kinds.items():
            if found := [event for event in events if is_kind(event)]:
                store(found)
        if others := [event for event in events if not any(is_kind(event) for is_kind in kinds)]:
            super().store_event_batch(others)

    def _store_check_events(self, events: Sequence[EventLogEntry]) -> None:
        inserts = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for insert in inserts:
                connection.execute(insert)
        with self.index_connection() as connection:
            keys = [connection.execute(insert).inserted_primary_key for insert in inserts]
        ids = [key[0] for key in keys if key is not None]
        for event, id_ in zip(events, ids, strict=True):
            self.store_asset_check_event(event, id_)

    def _store_asset_events(self, events: Sequence[EventLogEntry]) -> None:
        inserts = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for insert in inserts:
                connection.execute(insert)
        with self.index_transaction() as connection:
            keys = [connection.execute(insert).inserted_primary_key for insert in inserts]
            ids = [key[0] for key in keys if key is not None]
            self._store_asset_event_tags(connection, events, ids)
            latest = {
                event.dagster_event.asset_key: (event, id_)
                for event, id_ in zip(events, ids, strict=True)
                if event.dagster_event
            }
            for event, id_ in latest.values():
                self._store_asset_event(connection, event, id_)

    def dispose(self) -> None:
        """Closes every database."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _open(path: str) -> sqlite3.Connection:
    # The lock of the storage keeps threads apart. NORMAL: with the write-ahead log a commit need not wait for the disk.
    connection = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def _is_check_event(event: EventLogEntry) -> bool:
    return event.is_dagster_event and event.dagster_event_type in ASSET_CHECK_EVENTS


def _is_asset_event(event: EventLogEntry) -> bool:
    found = event.dagster_event
    return found is not None and found.event_type in ASSET_EVENTS and found.asset_key is not None
