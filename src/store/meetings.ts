import type { PassedItem } from '../domain/meet.ts';
import { type AgendaItem, type Meeting, missedAt } from '../domain/meeting.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { Fact } from '../domain/work-order.ts';
import type { DueSql } from './due.ts';
import { recordFacts } from './facts.ts';
import type { Climbing } from './orders.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

const writeHead = writer(t.meetings, { key: ['id'] });
const writeItems = writer(t.meetingItems, { key: ['id'] });

const loading = `select row_to_json(m) as head,
  (select coalesce(json_agg(i order by i.seq), '[]') from meeting_items i where i.meeting_id = m.id) as items
  from meetings m`;
type Loaded = Readonly<{ head: Record<string, unknown>; items: Record<string, unknown>[] }>;

function assemble({ head, items }: Loaded): Meeting {
  const { memberUnits: _m, missedAt: _a, ...meeting } = fromJson(t.meetings, head);
  return { ...meeting, items: items.map(itemFrom) };
}

function itemFrom(row: Record<string, unknown>): AgendaItem {
  const { meetingId: _m, unit: _u, ...item } = fromJson(t.meetingItems, row);
  return item;
}

/** A meeting whole, or null. */
export async function loadMeeting(from: Queryable, id: string): Promise<Meeting | null> {
  const { rows } = await from.query<Loaded>({ name: 'load meeting', text: `${loading} where m.id = $1`, values: [id] });
  return rows[0] ? assemble(rows[0]) : null;
}

/** The same by the number that is on the invitation. */
export async function meetingByNumber(from: Queryable, number: string): Promise<Meeting | null> {
  const { rows } = await from.query<Loaded>({
    name: 'meeting by number',
    text: `${loading} where m.number = $1`,
    values: [number],
  });
  return rows[0] ? assemble(rows[0]) : null;
}

/**
 * Holds the agendas of these units until the transaction ends, whatever meeting they are of: items move from one to
 * another. Whoever holds several names the lower unit first.
 */
export async function holdAgendas(tx: Queryable, units: readonly string[]): Promise<void> {
  for (const unit of units)
    await tx.query({
      name: 'hold agenda',
      text: 'select pg_advisory_xact_lock(7334, hashtext($1))',
      values: [unit],
    });
}

/** Writes a meeting with its agenda and its facts. */
export async function saveMeeting(
  tx: Queryable,
  meeting: Meeting,
  facts: readonly Fact[],
  { city }: Pick<Climbing, 'city'>,
): Promise<void> {
  const { items, ...head } = meeting;
  const memberUnits = [...new Set(meeting.members.flatMap(({ unit }) => unit ?? []))];
  await writeHead(tx, [{ ...head, memberUnits, missedAt: missedAt(meeting, city) }]);
  await writeItems(
    tx,
    items.map((item) => ({ ...item, meetingId: meeting.id, unit: meeting.unit })),
  );
  await recordFacts(tx, { subject: 'meeting', subjectId: meeting.id }, facts);
}

/** Lets items wait for the next meeting of a unit. */
export const letWait = (tx: Queryable, passed: readonly PassedItem[]): Promise<void> =>
  writeItems(
    tx,
    passed.map(({ unit, item }, seq) => ({ ...item, unit, meetingId: null, seq })),
  );

/** What waits for a unit's next meeting, but for orders that have ended meanwhile. The agenda is held. */
export async function waitingItems(tx: Queryable, unit: string): Promise<readonly AgendaItem[]> {
  const { rows } = await tx.query<{ item: Record<string, unknown> }>({
    name: 'waiting items',
    text: `select row_to_json(i) as item from meeting_items i left join work_orders w on w.id = i.work_order_id
           where i.unit = $1 and i.meeting_id is null and w.ended_at is null order by i.added_at, i.seq`,
    values: [unit],
  });
  return rows.map(({ item }) => itemFrom(item));
}

/** What waited is on an agenda now, some of it as an item that was there already, or its order has ended. */
export const forgetWaiting = (tx: Queryable, unit: string): Promise<unknown> =>
  tx.query({
    name: 'forget waiting',
    text: 'delete from meeting_items where unit = $1 and meeting_id is null',
    values: [unit],
  });

/** The unit's next meeting that has not been held, if one is drafted. */
export async function nextDrafted(from: Queryable, unit: string): Promise<string | null> {
  const { rows } = await from.query<{ id: string }>({
    name: 'next drafted meeting',
    text: `select id from meetings where unit = $1 and state = 'drafted' order by meets_at, id limit 1`,
    values: [unit],
  });
  return rows[0]?.id ?? null;
}

/** One step of a trail: an item of a meeting, or one that waits for a meeting of the unit. */
export type TrailStep = Pick<AgendaItem, 'id' | 'root' | 'source' | 'from' | 'state' | 'decisions' | 'addedAt'> &
  Readonly<{ unit: string; meeting: Readonly<{ id: string; number: string; meetsAt: Instant }> | null }>;

/** Every step of these trails, each behind the one it comes from, wherever they went. */
export async function trailsOf(from: Queryable, roots: readonly string[]): Promise<readonly TrailStep[]> {
  const { rows } = await from.query<{ item: Record<string, unknown>; number: string | null; meets_at: Date | null }>({
    name: 'trails',
    text: `select row_to_json(i) as item, m.number, m.meets_at from meeting_items i
           left join meetings m on m.id = i.meeting_id where i.root = any($1::uuid[]) order by i.added_at, i.seq`,
    values: [roots],
  });
  const steps = rows.map(({ item, number, meets_at }): TrailStep => {
    const {
      meetingId,
      seq: _s,
      workOrderId: _w,
      subject: _t,
      why: _y,
      removedReason: _r,
      ...step
    } = fromJson(t.meetingItems, item);
    const meetsAt = (meets_at?.getTime() ?? 0) as Instant;
    return { ...step, meeting: meetingId === null ? null : { id: meetingId, number: number ?? '', meetsAt } };
  });
  const before = new Map(steps.map((step) => [step.id, step.from?.itemId]));
  const depth = (id: string | undefined): number => (id === undefined ? 0 : 1 + depth(before.get(id)));
  return steps.toSorted((a, b) => depth(a.id) - depth(b.id));
}

/** What a list may be narrowed to. `cursor` is the last id of the page before. */
export type MeetingFilter = Readonly<{
  unit?: string | undefined;
  state?: string | undefined;
  workOrderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}>;

/** Meetings within sight that pass the filter, the last drafted first. */
export async function findMeetings(
  from: Queryable,
  { all, units, unit: own }: Sight,
  filter: MeetingFilter,
): Promise<readonly Meeting[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = all ? [] : [`(m.unit = any(${bind(units)}) or m.member_units @> array[${bind(own)}]::text[])`];
  if (filter.unit !== undefined) conditions.push(`m.unit = ${bind(filter.unit)}`);
  if (filter.state !== undefined) conditions.push(`m.state = ${bind(filter.state)}`);
  if (filter.workOrderId !== undefined)
    conditions.push(
      `exists (select from meeting_items i where i.meeting_id = m.id and i.state <> 'removed' and i.work_order_id = ${bind(filter.workOrderId)})`,
    );
  if (filter.cursor !== undefined) conditions.push(`m.id < ${bind(filter.cursor)}`);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await from.query<Loaded>(
    `${loading} ${where} order by m.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(assemble);
}

/** Meetings of a series that count as missed. */
export const missedMeetings: DueSql = (atMost) => `
  select id, missed_at as due_at from meetings
  where missed_at <= $1 and not (id = any($2)) order by missed_at, id limit ${atMost}`;
