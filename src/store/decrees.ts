import type { Decree } from '../domain/decree.ts';
import { pauseReasons } from '../domain/pauses.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import { announceSurge } from './announce.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.decrees, { key: ['id'] });

const loading = 'select row_to_json(d) as head from decrees d';
type Loaded = Readonly<{ head: Record<string, unknown> }>;

/** How far a decree's beginning, or its early end, has gone through the open orders; `at` null: it is through. */
export type Walk = Readonly<{ at: Instant | null; after: string | null }>;

function assemble({ head }: Loaded): Readonly<{ decree: Decree; walk: Walk }> {
  const { walksAt, walked, ...decree } = fromJson(t.decrees, head);
  return { decree, walk: { at: walksAt, after: walked } };
}

const readDecree = async (from: Queryable, id: string) => {
  const { rows } = await from.query<Loaded>({ name: 'read decree', text: `${loading} where d.id = $1`, values: [id] });
  return rows[0] ? assemble(rows[0]) : null;
};

/** One decree, or null. */
export const findDecree = async (from: Queryable, id: string): Promise<Decree | null> =>
  (await readDecree(from, id))?.decree ?? null;

/** One decree and how far it has come, held until the transaction ends. */
export const lockDecree = locking(t.decrees, readDecree);

/** Writes one with its facts, about to go through the open orders from `walk` on; every process reads those in force again. */
export async function saveDecree(tx: Queryable, decree: Decree, walk: Walk, facts: readonly Fact[]): Promise<void> {
  await write(tx, [{ ...decree, walksAt: walk.at, walked: walk.after }]);
  await recordFacts(tx, { subject: 'decree', subjectId: decree.id }, facts);
  await announceSurge(tx);
}

/** Notes how far a decree has come. */
export const saveWalk = (tx: Queryable, id: string, { at, after }: Walk): Promise<unknown> =>
  tx.query({
    name: 'save walk',
    text: 'update decrees set walks_at = $2, walked = $3 where id = $1',
    values: [id, at === null ? null : new Date(at).toISOString(), after],
  });

/** Decrees that are in force or to come. */
export async function standingDecrees(from: Queryable, now: Instant): Promise<readonly Decree[]> {
  const { rows } = await from.query<Loaded>(
    `${loading} where d.state = 'published' and d.until > $1 order by d.begins_at, d.id`,
    [new Date(now).toISOString()],
  );
  return rows.map((row) => assemble(row).decree);
}

/** Decrees, newest first, past ones too. */
export async function findDecrees(
  from: Queryable,
  { cursor, limit }: Readonly<{ cursor?: string | undefined; limit: number }>,
): Promise<readonly Decree[]> {
  const { rows } = await from.query<Loaded>(
    `${loading} where $1::uuid is null or d.id < $1 order by d.id desc limit $2`,
    [cursor ?? null, limit],
  );
  return rows.map((row) => assemble(row).decree);
}

/** Decrees whose way through the orders goes on. */
export const dueDecrees: DueSql = (atMost) => `
  select id, walks_at as due_at from decrees
  where walks_at <= $1 and not (id = any($2)) order by walks_at, id limit ${atMost}`;

/** The next open orders a decree may be about whose clocks run, by id. What is about safety is the rules' to leave out. */
export async function runningUnder(
  from: Queryable,
  { categories, areas }: Pick<Decree, 'categories' | 'areas'>,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select w.id from work_orders w
     where w.ended_at is null and w.urgency = 'normal' and w.tier <> 'emergency' and w.area_path && $1::text[]
       and exists (select from unnest($2::text[]) c where w.category = c or starts_with(w.category, c || '/'))
       and exists (select from clocks k where k.order_id = w.id and k.state = 'running' and k.kind = any($3))
       and ($4::uuid is null or w.id > $4) order by w.id limit $5`,
    [areas, categories, pauseReasons.incident_decree, after, limit],
  );
  return rows.map(({ id }) => id);
}

const held = (number: string): string =>
  JSON.stringify([{ reason: 'incident_decree' satisfies keyof typeof pauseReasons, approver: number, to: null }]);

/** The next orders with a clock that a decree holds, by id. */
export async function heldUnder(
  from: Queryable,
  { number }: Pick<Decree, 'number'>,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select distinct order_id as id from clocks
     where state = 'paused' and pauses @> $1::jsonb and ($2::uuid is null or order_id > $2) order by order_id limit $3`,
    [held(number), after, limit],
  );
  return rows.map(({ id }) => id);
}

/** How many orders a decree holds now. */
export async function countHeld(from: Queryable, { number }: Pick<Decree, 'number'>): Promise<number> {
  const { rows } = await from.query<{ n: number }>(
    "select count(distinct order_id)::int as n from clocks where state = 'paused' and pauses @> $1::jsonb",
    [held(number)],
  );
  return rows[0]?.n ?? 0;
}
