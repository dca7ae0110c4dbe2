import type { Instant } from '../domain/time.ts';
import type { Queryable } from './rows.ts';

/** A create as its client named it, and a digest of what it sent. */
export type Attempt = Readonly<{ client: string; key: string; hash: string }>;

/** An answer as it went out, to the byte. */
export type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: Buffer }>;

/** What is known of an attempt: nothing, running, done with this answer, or the key was used for something else. */
export type Known = Readonly<{ kind: 'new' | 'running' | 'mismatch' }> | Readonly<{ kind: 'done'; answer: Answer }>;

type Row = Readonly<{
  client: string;
  key: string;
  hash: string;
  status: number | null;
  headers: Record<string, string> | null;
  body: Buffer | null;
}>;

/** What is known of these attempts, in their order. Answers are kept 72 hours. */
export async function knownAttempts(
  from: Queryable,
  attempts: readonly Attempt[],
  now: Instant,
): Promise<readonly Known[]> {
  if (attempts.length === 0) return [];
  const { rows } = await from.query<Row>({
    name: 'known attempts',
    text: `select client, key, hash, status, headers, body from idempotency
      where (client, key) in (select * from unnest($1::text[], $2::text[])) and made_at > $3`,
    values: [attempts.map((a) => a.client), attempts.map((a) => a.key), new Date(now - keptMs).toISOString()],
  });
  return attempts.map((attempt) =>
    judge(
      attempt,
      rows.find((r) => r.client === attempt.client && r.key === attempt.key),
    ),
  );
}

const keptMs = 72 * 3_600_000;

function judge(attempt: Attempt, row: Row | undefined): Known {
  if (row === undefined) return { kind: 'new' };
  if (row.hash !== attempt.hash) return { kind: 'mismatch' };
  if (row.status === null || row.body === null) return { kind: 'running' };
  return { kind: 'done', answer: { status: row.status, headers: row.headers ?? {}, body: row.body } };
}

/** Somebody else has used an idempotency key in the meantime: what it led to can be read now. */
export class KeyTaken extends Error {}

/** Keeps the answers of creates in the transaction that makes them true. Throws `KeyTaken` where somebody else was first. */
export async function keepAnswers(
  tx: Queryable,
  kept: readonly Readonly<{ attempt: Attempt; answer: Answer }>[],
  now: Instant,
): Promise<void> {
  if (kept.length === 0) return;
  const { rowCount } = await tx.query({
    name: 'keep answers',
    text: `insert into idempotency (client, key, hash, status, headers, body, made_at)
      select client, key, hash, status, headers::jsonb, decode(body, 'base64'), $2
      from json_to_recordset($1) as k(client text, key text, hash text, status int, headers text, body text)
      on conflict (client, key) do update set hash = excluded.hash, status = excluded.status, headers = excluded.headers, body = excluded.body, made_at = excluded.made_at
      where idempotency.made_at <= $3`,
    values: [
      JSON.stringify(
        kept.map(({ attempt, answer }) => ({
          ...attempt,
          status: answer.status,
          headers: JSON.stringify(answer.headers),
          body: answer.body.toString('base64'),
        })),
      ),
      new Date(now).toISOString(),
      new Date(now - keptMs).toISOString(),
    ],
  });
  if (rowCount !== kept.length) throw new KeyTaken('an idempotency key was used by another create in the meantime');
}

/**
 * Marks an attempt as running, for 30 seconds of real time, so that a second one waits; one whose process died may be
 * tried again then. False when it is known already.
 */
export async function beginAttempt(to: Queryable, { client, key, hash }: Attempt, now: Instant): Promise<boolean> {
  const { rowCount } = await to.query({
    name: 'begin attempt',
    text: `insert into idempotency (client, key, hash, made_at, leased_until) values ($1, $2, $3, $4, now() + interval '30 seconds')
      on conflict (client, key) do update set hash = excluded.hash, made_at = excluded.made_at, leased_until = excluded.leased_until,
        status = null, headers = null, body = null
      where case when idempotency.status is null then coalesce(idempotency.leased_until < now(), true) else idempotency.made_at <= $5 end`,
    values: [client, key, hash, ...[now, now - keptMs].map((at) => new Date(at).toISOString())],
  });
  return rowCount === 1;
}

/** Says that an attempt still runs: 30 seconds more. */
export const prolongAttempt = (to: Queryable, { client, key }: Attempt): Promise<unknown> =>
  to.query({
    name: 'prolong attempt',
    text: `update idempotency set leased_until = now() + interval '30 seconds' where client = $1 and key = $2 and status is null`,
    values: [client, key],
  });

/** Keeps the answer of a running attempt. */
export const finishAttempt = (
  to: Queryable,
  { client, key }: Attempt,
  { status, headers, body }: Answer,
): Promise<unknown> =>
  to.query({
    name: 'finish attempt',
    text: 'update idempotency set status = $3, headers = $4, body = $5 where client = $1 and key = $2 and status is null',
    values: [client, key, status, JSON.stringify(headers), body],
  });

/** Nothing is kept of an attempt whose input was not valid. */
export const forgetAttempt = (to: Queryable, { client, key }: Attempt): Promise<unknown> =>
  to.query({
    name: 'forget attempt',
    text: 'delete from idempotency where client = $1 and key = $2 and status is null',
    values: [client, key],
  });

/** Throws away answers that are kept no longer, at most a thousand: they quote what residents said. */
export async function forgetOldAnswers(to: Queryable, now: Instant): Promise<void> {
  await to.query({
    name: 'forget old answers',
    text: `delete from idempotency where (client, key) in (
      select client, key from idempotency where made_at <= $1 order by made_at limit 1000 for update skip locked)`,
    values: [new Date(now - keptMs).toISOString()],
  });
}
