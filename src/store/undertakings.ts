import { firstRungAt } from '../domain/ladder.ts';
import { subjectOfUndertaking } from '../domain/ladder-fire.ts';
import type { Instant } from '../domain/time.ts';
import type { Undertaking, UndertakingKind } from '../domain/undertaking.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import type { Climbing } from './orders.ts';
import { fromJson, locking, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.undertakings, { key: ['id'] });
const loading = 'select row_to_json(u) as undertaking from undertakings u';
type Loaded = Readonly<{ undertaking: Record<string, unknown> }>;

function assemble({ undertaking }: Loaded): Undertaking {
  const { memberUnits: _m, nextRungAt: _n, ...rest } = fromJson(t.undertakings, undertaking);
  return rest;
}

/** One as it is, or null. */
export async function loadUndertaking(from: Queryable, id: string): Promise<Undertaking | null> {
  const { rows } = await from.query<Loaded>({
    name: 'load undertaking',
    text: `${loading} where u.id = $1`,
    values: [id],
  });
  return rows[0] ? assemble(rows[0]) : null;
}

/** Reads one and holds it until the transaction ends. */
export const lockUndertaking = locking(t.undertakings, loadUndertaking);

/** Writes one with its facts and the moment at which the ladder next looks at it. */
export async function saveUndertaking(
  tx: Queryable,
  undertaking: Undertaking,
  facts: readonly Fact[],
  { city, ladder }: Climbing,
): Promise<void> {
  const nextRungAt = firstRungAt(subjectOfUndertaking(undertaking), undertaking.clocks, city, ladder.rungs);
  const memberUnits = [...new Set(undertaking.members.flatMap((member) => member.unit ?? []))];
  await write(tx, [{ ...undertaking, memberUnits, nextRungAt }]);
  await recordFacts(tx, { subject: 'undertaking', subjectId: undertaking.id }, facts);
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type UndertakingFilter = Readonly<{
  kind: UndertakingKind;
  unit?: string | undefined;
  by?: string | undefined;
  state?: string | undefined;
  workOrderId?: string | undefined;
  meetingId?: string | undefined;
  overdue?: boolean | undefined;
  attention?: boolean | undefined;
  /** The unit a consent is about, and the one it must not be about. */
  about?: string | undefined;
  neverAbout?: string | null | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Undertakings of a kind within sight that pass the filter, newest first. */
export async function findUndertakings(
  from: Queryable,
  { all, units, unit: own }: Pick<Sight, 'all' | 'units' | 'unit'>,
  filter: UndertakingFilter,
  now: Instant,
): Promise<readonly Undertaking[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`u.kind = ${bind(filter.kind)}`];
  if (!all)
    conditions.push(
      `(u.unit = any(${bind(units)}) or u.by_unit = any(${bind(units)}) or u.member_units @> array[${bind(own)}]::text[])`,
    );
  if (filter.unit !== undefined) conditions.push(`u.unit = ${bind(filter.unit)}`);
  if (filter.by !== undefined) conditions.push(`u.by_unit = ${bind(filter.by)}`);
  if (filter.state !== undefined) conditions.push(`u.state = ${bind(filter.state)}`);
  if (filter.workOrderId !== undefined) conditions.push(`u.work_order_id = ${bind(filter.workOrderId)}`);
  if (filter.meetingId !== undefined) conditions.push(`u.meeting_id = ${bind(filter.meetingId)}`);
  if (filter.overdue !== undefined)
    conditions.push(
      `(u.state = 'open' and u.due_at < ${bind(new Date(now).toISOString())}) = ${bind(filter.overdue)}::boolean`,
    );
  if (filter.attention !== undefined) conditions.push(`(u.about ? 'attention') = ${bind(filter.attention)}::boolean`);
  if (filter.about !== undefined) conditions.push(`u.about->'consent'->>'unit' = ${bind(filter.about)}`);
  if (filter.neverAbout != null)
    conditions.push(`u.about->'consent'->>'unit' is distinct from ${bind(filter.neverAbout)}`);
  if (filter.cursor !== undefined) conditions.push(`u.id < ${bind(filter.cursor)}`);
  const { rows } = await from.query<Loaded>(
    `${loading} where ${conditions.join(' and ')} order by u.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** How the tasks of these meetings stand, by their ids. */
export async function tasksOf(
  from: Queryable,
  meetingIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<Undertaking, 'state' | 'dueAt' | 'answers'>>> {
  const { rows } = await from.query<Loaded>({
    name: 'tasks of meetings',
    text: `${loading} where u.meeting_id = any($1::uuid[])`,
    values: [meetingIds],
  });
  return new Map(rows.map(assemble).map((task) => [task.id, task]));
}

/** What is still undertaken about a work order of these kinds, by id, so that whoever holds several holds them in one order. */
export async function openUndertakingsOn(
  from: Queryable,
  workOrderId: string,
  kinds: readonly UndertakingKind[],
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>({
    name: 'open undertakings on',
    text: `select id from undertakings where work_order_id = $1 and state = 'open' and kind = any($2) order by id`,
    values: [workOrderId, kinds],
  });
  return rows.map(({ id }) => id);
}

/** Undertakings on which a rung waits. */
export const dueUndertakings: DueSql = (atMost) => `
  select id, next_rung_at as due_at from undertakings
  where next_rung_at <= $1 and not (id = any($2)) order by next_rung_at, id limit ${atMost}`;

/** Ids of undertakings that are open, a page at a time. */
export async function climbingUndertakings(
  from: Queryable,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>(
    `select id from undertakings where state = 'open' and ($1::uuid is null or id > $1) order by id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
