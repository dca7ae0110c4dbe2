import type { Instant } from '../domain/time.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** A table that somebody asked for. Its lease and its expiry are in real time. */
export type Export = typeof t.exports.$inferSelect;

const leaseSeconds = 120;
const write = writer(t.exports, { without: ['leasedUntil'] });
const read = (rows: readonly { row: Record<string, unknown> }[]): Export | null =>
  rows[0] === undefined ? null : fromJson(t.exports, rows[0].row);
const returning = 'returning row_to_json(exports) as row';

/** Writes a new one; whoever asked works on it first. */
export async function beginExport(to: Queryable, asked: Export): Promise<void> {
  await write(to, [{ ...asked, state: 'waiting' }]);
}

export async function findExport(from: Queryable, id: string): Promise<Export | null> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'find export',
    text: 'select row_to_json(e) as row from exports e where id = $1',
    values: [id],
  });
  return read(rows);
}

/** The exports of one client, newest first. */
export async function exportsOf(
  from: Queryable,
  client: string,
  { cursor, limit }: Readonly<{ cursor?: string | undefined; limit: number }>,
): Promise<readonly Export[]> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>({
    name: 'exports of',
    text: `select row_to_json(e) as row from exports e
           where client = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    values: [client, cursor ?? null, limit],
  });
  return rows.map(({ row }) => fromJson(t.exports, row));
}

/** How many exports of a client are not done yet. Until the transaction ends nobody else counts them. */
export async function countUndone(tx: Queryable, client: string): Promise<number> {
  await tx.query('select pg_advisory_xact_lock(7348, hashtext($1))', [client]);
  const { rows } = await tx.query<{ n: number }>(
    "select count(*)::int as n from exports where client = $1 and state in ('waiting', 'running')",
    [client],
  );
  return rows[0]?.n ?? 0;
}

/** Takes one that waits, or that whoever worked on it has left; this one where `id` is given. Nobody else takes it meanwhile. */
export async function takeExport(from: Queryable, id: string | null): Promise<Export | null> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    `update exports set state = 'running', attempts = attempts + 1, leased_until = now() + $2 * interval '1 second'
     where id = (select id from exports where (state = 'waiting' or state = 'running' and leased_until < now())
       and ($1::uuid is null or id = $1) order by id limit 1 for update skip locked) ${returning}`,
    [id, leaseSeconds],
  );
  return read(rows);
}

/** Still at work on it. */
export const keepExport = (to: Queryable, id: string): Promise<unknown> =>
  to.query("update exports set leased_until = now() + $2 * interval '1 second' where id = $1 and state = 'running'", [
    id,
    leaseSeconds,
  ]);

/** What came of it, unless somebody else has finished it meanwhile. */
export async function finishExport(
  to: Queryable,
  { id, attempts }: Pick<Export, 'id' | 'attempts'>,
  ending:
    | Readonly<{ state: 'ready'; rows: number; bytes: number; expiresAt: Instant }>
    | Readonly<{ state: 'failed'; failure: string }>
    | Readonly<{ state: 'waiting' }>,
): Promise<Export | null> {
  const of = { rows: null, bytes: null, expiresAt: null, failure: null, ...ending };
  const { rows } = await to.query<{ row: Record<string, unknown> }>(
    `update exports set state = $3, rows = $4, bytes = $5, expires_at = $6, failure = $7, leased_until = null
     where id = $1 and state = 'running' and attempts = $2 ${returning}`,
    [
      id,
      attempts,
      of.state,
      of.rows,
      of.bytes,
      of.expiresAt === null ? null : new Date(of.expiresAt).toISOString(),
      of.failure,
    ],
  );
  return read(rows);
}

/** Ends exports whose link has run out, and answers whose files go. */
export async function expireExports(from: Queryable): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    "update exports set state = 'expired' where state = 'ready' and expires_at < now() returning id",
  );
  return rows.map(({ id }) => id);
}
