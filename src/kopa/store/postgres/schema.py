"""Tables of the scale-out store, and how an older database becomes one of today."""

from __future__ import annotations

import asyncpg

from kopa.store.errors import VersionError
from kopa.store.times import DAY, MOMENT

MIGRATING, AUDITING, DAYS = 0x6B6F7061_01, 0x6B6F7061_02, 0x6B6F7061_03
"""Advisory locks: to migrate, to chain the audit log, to add and drop days."""

_VALUES = 'number float8, text text COLLATE "C", instant bigint'
MIGRATIONS: tuple[str, ...] = (
    f"""
    CREATE EXTENSION IF NOT EXISTS postgis;
    CREATE TABLE tenant (key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE);
    CREATE TABLE entity (key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant integer NOT NULL, id text COLLATE "C" NOT NULL, types text NOT NULL,
        scopes text NOT NULL, created bigint NOT NULL, modified bigint NOT NULL,
        version bigint NOT NULL, UNIQUE (tenant, id));
    CREATE TABLE entity_type (tenant integer, type text COLLATE "C", id text COLLATE "C",
        entity bigint, PRIMARY KEY (tenant, type, id));
    CREATE INDEX entity_type_entity ON entity_type (entity);
    CREATE TABLE entity_scope (tenant integer, scope text COLLATE "C", entity bigint,
        PRIMARY KEY (tenant, scope, entity));
    CREATE INDEX entity_scope_entity ON entity_scope (entity);
    CREATE TABLE attribute (entity bigint, name text COLLATE "C", dataset text COLLATE "C",
        tenant integer NOT NULL, document text NOT NULL, relationship smallint NOT NULL,
        {_VALUES}, created bigint NOT NULL, modified bigint NOT NULL,
        PRIMARY KEY (entity, name, dataset));
    CREATE INDEX attribute_number ON attribute (tenant, name, number);
    CREATE INDEX attribute_text ON attribute (tenant, name, left(text, 200));
    CREATE INDEX attribute_instant ON attribute (tenant, name, instant) WHERE instant IS NOT NULL;
    CREATE TABLE item (entity bigint, name text COLLATE "C", dataset text COLLATE "C",
        position integer, tenant integer NOT NULL, relationship smallint NOT NULL, {_VALUES},
        PRIMARY KEY (entity, name, dataset, position));
    CREATE INDEX item_name ON item (tenant, name, number);
    CREATE TABLE place (key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity bigint, name text COLLATE "C", shape geometry(Geometry, 4326));
    CREATE INDEX place_entity ON place (entity, name);
    CREATE INDEX place_shape ON place USING gist (shape);
    CREATE INDEX place_sphere ON place USING gist ((shape::geography));
    CREATE FUNCTION moment(given text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE parts text[] := regexp_match(given, '{MOMENT}');
    BEGIN
        IF parts IS NULL THEN RETURN NULL; END IF;
        IF parts[4] IS NULL THEN given := given || 'T00:00:00Z'; END IF;
        given := regexp_replace(replace(given, ',', '.'), '([.][0-9]{{6}})[0-9]+', '\\1');
        RETURN extract(epoch FROM given::timestamptz) * 1000000;
    EXCEPTION WHEN data_exception THEN RETURN NULL;
    END $$;
    """,
    """
    CREATE TABLE document (tenant integer, kind text COLLATE "C", id text COLLATE "C",
        content bytea NOT NULL, modified bigint NOT NULL, version bigint NOT NULL,
        PRIMARY KEY (tenant, kind, id));
    CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant integer NOT NULL, target text NOT NULL, content bytea NOT NULL,
        due bigint NOT NULL, attempts integer NOT NULL DEFAULT 0);
    CREATE INDEX outbox_due ON outbox (due);
    CREATE TABLE audit (sequence bigint PRIMARY KEY, tenant integer NOT NULL,
        record text NOT NULL, hash text NOT NULL);
    CREATE INDEX audit_tenant ON audit (tenant, sequence);
    CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION append_only();
    """,
    """
    CREATE TABLE label (key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, unit text,
        quality text, simulated boolean, UNIQUE (unit, quality, simulated));
    CREATE TABLE series (key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant integer,
        entity text COLLATE "C", attribute text COLLATE "C", dataset text COLLATE "C",
        UNIQUE (tenant, entity, attribute, dataset));
    CREATE TABLE last (series bigint PRIMARY KEY, at bigint NOT NULL, value float8, text text,
        label integer NOT NULL, raw text);
    CREATE TABLE observation (series bigint NOT NULL, at bigint NOT NULL, value float8, text text,
        label integer NOT NULL, raw text, PRIMARY KEY (series, at)) PARTITION BY RANGE (at);
    CREATE INDEX observation_at ON observation USING brin (at);
    CREATE TABLE day (day integer PRIMARY KEY);
    """,
)
"""What makes each version of the schema out of the one before."""


async def migrate(connection: asyncpg.Connection, now: int) -> None:
    """Bring the schema to the newest version; several processes may do so at a time.

    Raises
    ------
    VersionError
        If the database is of a newer version.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATING)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (version integer PRIMARY KEY, at bigint)"
        )
        version = await connection.fetchval("SELECT coalesce(max(version), 0) FROM migration")
        if version > len(MIGRATIONS):
            raise VersionError(
                f"a newer Kopa wrote this database (schema {version}, known {len(MIGRATIONS)}): "
                "use that one, or restore a backup made with this one"
            )
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            await connection.execute(statements)
            await connection.execute("INSERT INTO migration VALUES ($1, $2)", number, now)


def partition(day: int) -> str:
    """Name of the partition of a day."""
    return f"observation_{day}" if day >= 0 else f"observation_before_{-day}"


async def add_day(connection: asyncpg.Connection, day: int) -> None:
    """See that a day has its partition; ATTACH lets others read and write meanwhile."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", DAYS)
        if await connection.fetchval("SELECT true FROM day WHERE day = $1", day):
            return
        name, low, high = partition(day), day * DAY, (day + 1) * DAY
        await connection.execute(f"CREATE TABLE {name} (LIKE observation INCLUDING DEFAULTS)")
        await connection.execute(
            f"ALTER TABLE observation ATTACH PARTITION {name} FOR VALUES FROM ({low}) TO ({high})"
        )
        await connection.execute("INSERT INTO day VALUES ($1)", day)


async def drop_days(connection: asyncpg.Connection, since: int) -> int:
    """Drop the partitions of all days that end before a moment; how many rows they had."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", DAYS)
        rows = 0
        for (day,) in await connection.fetch("SELECT day FROM day WHERE day < $1", since // DAY):
            rows += await connection.fetchval(f"SELECT count(*) FROM {partition(day)}")
            await connection.execute(f"DROP TABLE {partition(day)}")
        await connection.execute("DELETE FROM day WHERE day < $1", since // DAY)
        return rows
