import type { OutageNotice } from '../domain/outage.ts';
import type { Instant } from '../domain/time.ts';
import type { Fact } from '../domain/work-order.ts';
import { announceSurge } from './announce.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const write = writer(t.outageNotices, { key: ['id'] });

const loading = 'select row_to_json(o) as head from outage_notices o';
type Loaded = Readonly<{ head: Record<string, unknown> }>;

function assemble({ head }: Loaded): OutageNotice {
  const { areas, polygon, ...notice } = fromJson(t.outageNotices, head);
  return { ...notice, reach: { areas, polygon } };
}

/** One notice, or null; `held` keeps it from changing until the transaction ends. */
export async function findOutage(from: Queryable, id: string, held = false): Promise<OutageNotice | null> {
  const { rows } = await from.query<Loaded>(`${loading} where o.id = $1${held ? ' for update' : ''}`, [id]);
  return rows[0] ? assemble(rows[0]) : null;
}

/** Writes one with its facts; every process reads those that hold again. */
export async function saveOutage(tx: Queryable, notice: OutageNotice, facts: readonly Fact[]): Promise<void> {
  const { reach, ...head } = notice;
  await write(tx, [{ ...head, ...reach }]);
  await recordFacts(tx, { subject: 'outage_notice', subjectId: notice.id }, facts);
  await announceSurge(tx);
}

/** Notices that were not withdrawn and are not over, in the order they begin. */
export async function standingOutages(
  from: Queryable,
  now: Instant,
  limit: number | null,
): Promise<readonly OutageNotice[]> {
  const { rows } = await from.query<Loaded>(
    `${loading} where o.state = 'issued' and o.until > $1 order by o.since, o.id limit $2`,
    [new Date(now).toISOString(), limit],
  );
  return rows.map(assemble);
}

/** What a list may be narrowed to; `at` to those that are not over then. `cursor` is the last id of the page before. */
export type OutageFilter = Readonly<{
  category?: string | undefined;
  unit?: string | undefined;
  at?: Instant | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Notices that pass the filter, newest first, past and withdrawn ones too. */
export async function findOutages(from: Queryable, filter: OutageFilter): Promise<readonly OutageNotice[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (filter.category !== undefined) {
    const category = bind(filter.category);
    conditions.push(`(o.category = ${category} or starts_with(o.category, ${category} || '/'))`);
  }
  if (filter.unit !== undefined) conditions.push(`o.unit = ${bind(filter.unit)}`);
  if (filter.at !== undefined)
    conditions.push(`o.state = 'issued' and o.until > ${bind(new Date(filter.at).toISOString())}`);
  if (filter.cursor !== undefined) conditions.push(`o.id < ${bind(filter.cursor)}::uuid`);
  const { rows } = await from.query<Loaded>(
    `${loading} where ${conditions.join(' and ')} order by o.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}
