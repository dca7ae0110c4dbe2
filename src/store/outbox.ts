import type { Pool, PoolClient } from 'pg';

export type { Pool, PoolClient };
/** A fact as it stands in PostgreSQL; `id` is a bigint in digits. */
export type StoredFact = Readonly<{
  id: string;
  subject: string;
  subjectId: string;
  type: string;
  at: Date;
  actor: unknown;
  unit: string | null;
  body: unknown;
}>;

/** Types of facts somebody acts on: wherever they happen, and those at units that have a webhook. */
export type Wanted = Readonly<{ everywhere: readonly string[] | 'all'; atWebhooks: readonly string[] | 'all' }>;
const everything: Wanted = { everywhere: 'all', atWebhooks: [] };

/** What was taken out of the outbox: `ids` are leased, `unwanted` others are handled, since nobody acts on them. */
export type Taken = Readonly<{ ids: string[]; unwanted: number }>;

/**
 * Takes up to `atMost` unpublished facts, oldest first: those that are wanted for `leaseMs`, the others for good. No
 * transaction stays open: what a relay that died had taken is free again when its lease has run out. This statement
 * sees the fact, so it sees every webhook that was set before the fact was committed; one set later may go without.
 * A fact listed as failed is always wanted.
 */
export async function leaseFacts(
  pool: Pool,
  atMost: number,
  leaseMs: number,
  { everywhere, atWebhooks }: Wanted = everything,
): Promise<Taken> {
  const { rows } = await pool.query<{ id: string; wanted: boolean }>({
    name: 'lease-facts',
    text: `with free as (
             select id, type, unit from facts
             where published_at is null and (leased_until is null or leased_until < now())
             order by id limit $1 for update skip locked),
           due as (
             select id, ($3 or type = any($4)
               or ($5 or type = any($6)) and exists (select from webhooks h where h.unit = free.unit and h.disabled_at is null)
               or exists (select from fact_failures x where x.fact_id = free.id)) as wanted
             from free)
           update facts set
             leased_until = case when wanted then now() + $2 * interval '1 millisecond' end,
             published_at = case when not wanted then now() end,
             handled_at = case when not wanted then now() end
           from due where facts.id = due.id returning facts.id, wanted`,
    values: [atMost, leaseMs, ...typesOf(everywhere), ...typesOf(atWebhooks)],
  });
  const ids = rows.filter(({ wanted }) => wanted).map(({ id }) => id);
  return { ids, unwanted: rows.length - ids.length };
}

const typesOf = (types: readonly string[] | 'all'): readonly [boolean, readonly string[]] =>
  types === 'all' ? [true, []] : [false, types];

export async function markPublished(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool.query('update facts set published_at = now(), leased_until = null where id = any($1::bigint[])', [ids]);
}

/** Gives leased facts back, when the queue did not take them. */
export async function releaseFacts(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool.query('update facts set leased_until = null where id = any($1::bigint[]) and published_at is null', [ids]);
}

/** Sends published facts back to the outbox, unless they were handled meanwhile; answers how many. */
export async function offerAgain(pool: Pool, ids: readonly string[]): Promise<number> {
  const { rowCount } = await pool.query(
    `update facts set published_at = null, leased_until = null
     where id = any($1::bigint[]) and published_at is not null and handled_at is null`,
    [ids],
  );
  return rowCount ?? 0;
}

/** How many facts the queue should have: published, not handled; `late` are those published over `lateMs` ago. */
export async function countUnhandled(pool: Pool, lateMs: number): Promise<{ all: number; late: number }> {
  const { rows } = await pool.query<{ all: number; late: number }>({
    name: 'count-unhandled',
    text: `select count(*)::int as all,
                  count(*) filter (where published_at < now() - $1 * interval '1 millisecond')::int as late
           from facts where published_at is not null and handled_at is null`,
    values: [lateMs],
  });
  return rows[0] ?? { all: 0, late: 0 };
}

/** Up to `atMost` facts that were published over `lateMs` ago and are not handled, those published longest ago first. */
export async function lateFacts(pool: Pool, lateMs: number, atMost: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'late-facts',
    text: `select id from facts
           where published_at < now() - $1 * interval '1 millisecond' and handled_at is null
           order by published_at limit $2`,
    values: [lateMs, atMost],
  });
  return rows.map(({ id }) => id);
}

/** The fact and the consumers that have acted on it; null when there is no such fact. */
export async function readFact(pool: Pool, id: string): Promise<{ fact: StoredFact; done: Set<string> } | null> {
  const { rows } = await pool.query<StoredFact & { done: string[] }>({
    name: 'read-fact',
    text: `select id, subject, subject_id as "subjectId", type, at, actor, unit, body,
                  array(select consumer from deliveries where fact_id = facts.id) as done
           from facts where id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (!row) return null;
  const { done, ...fact } = row;
  return { fact, done: new Set(done) };
}

/**
 * Runs `act` in a transaction that also records that `consumer` has acted on the fact; of several that try at once one
 * acts. Answers false, without acting, when it had been done before. A rejection of `act` undoes both.
 */
export async function deliverOnce(
  pool: Pool,
  factId: string,
  consumer: string,
  act: (tx: PoolClient) => Promise<void>,
): Promise<boolean> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const { rowCount } = await tx.query(
      'insert into deliveries (fact_id, consumer, done_at) values ($1, $2, now()) on conflict do nothing',
      [factId, consumer],
    );
    if (rowCount === 1) await act(tx);
    await tx.query('commit');
    return rowCount === 1;
  } catch (error) {
    await tx.query('rollback').catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}

/** Lists the fact as failed for `consumer`; `error` must hold no personal data. */
export async function recordFailure(
  pool: Pool,
  {
    factId,
    consumer,
    attempts,
    error,
  }: Readonly<{ factId: string; consumer: string; attempts: number; error: string }>,
): Promise<void> {
  await pool.query(
    `insert into fact_failures (fact_id, consumer, attempts, last_error, at) values ($1, $2, $3, $4, now())
     on conflict (fact_id, consumer) do update
     set attempts = fact_failures.attempts + excluded.attempts, last_error = excluded.last_error, at = excluded.at`,
    [factId, consumer, attempts, error.slice(0, 500)],
  );
}

/**
 * Takes the fact out of the reconciler's sight: every consumer has acted or is listed as failed. A consumer that has
 * acted at last is no longer listed.
 */
export async function markHandled(pool: Pool, factId: string): Promise<void> {
  await pool.query({
    name: 'mark-handled',
    text: `with recovered as (
             delete from fact_failures
             where fact_id = $1 and consumer in (select consumer from deliveries where fact_id = $1))
           update facts set handled_at = now() where id = $1 and handled_at is null`,
    values: [factId],
  });
}

/** Gives facts listed as failed another full round of attempts. */
export async function retryFailed(pool: Pool, factIds: readonly string[]): Promise<number> {
  const { rowCount } = await pool.query(
    `update facts set published_at = null, leased_until = null, handled_at = null
     where id = any($1::bigint[]) and exists (select from fact_failures where fact_id = facts.id)`,
    [factIds],
  );
  return rowCount ?? 0;
}

/** How many facts wait for the relay, how many for a consumer, and how many deliveries were given up. */
export async function countBacklog(
  pool: Pool,
): Promise<Readonly<{ unpublished: number; unhandled: number; failed: number }>> {
  const { rows } = await pool.query<{ unpublished: number; unhandled: number; failed: number }>({
    name: 'count-backlog',
    text: `select (select count(*)::int from facts where published_at is null) as unpublished,
                  (select count(*)::int from facts where published_at is not null and handled_at is null) as unhandled,
                  (select count(*)::int from fact_failures) as failed`,
  });
  return rows[0] ?? { unpublished: 0, unhandled: 0, failed: 0 };
}
