import { hiddenFacts } from '../domain/asking-sight.ts';
import type { Instant } from '../domain/time.ts';
import type { Sight } from '../domain/visibility.ts';
import type { State } from '../domain/work-order.ts';
import { within } from './look.ts';
import type { Queryable } from './rows.ts';

/**
 * A place in the feed of facts. Facts stand in it by the transaction that wrote them, then by number, and are shown only
 * once every earlier transaction has ended: one that commits late still has its place before what is shown next.
 */
export type Position = Readonly<{ xid: bigint; id: bigint }>;

/** Before every fact. */
export const beginning: Position = { xid: 0n, id: 0n };

/** Whether `a` stands behind `b`. */
export const isAfter = (a: Position, b: Position): boolean => a.xid > b.xid || (a.xid === b.xid && a.id > b.id);

/** A position as clients keep it. */
export const writePosition = ({ xid, id }: Position): string => Buffer.from(`${xid}-${id}`).toString('base64url');

/** Reads it back; null for anything that is none. */
export function readPosition(text: string): Position | null {
  const parts = /^(\d{1,20})-(\d{1,19})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (parts?.[1] === undefined || parts[2] === undefined) return null;
  const at = { xid: BigInt(parts[1]), id: BigInt(parts[2]) };
  return at.xid < 2n ** 64n && at.id < 2n ** 63n && writePosition(at) === text ? at : null;
}

/** A fact in the feed with its order as that is now; null for facts about something else. No personal data. */
export type Change = Readonly<{
  at: Position;
  type: string;
  unit: string | null;
  happenedAt: Instant;
  subject: string;
  subjectId: string;
  body: Readonly<Record<string, unknown>>;
  order: Readonly<{ id: string; number: string; version: number; state: State }> | null;
}>;

/** Part of the feed: the changes asked for, how far was read, and whether that is all there is for now. */
export type Page = Readonly<{ changes: readonly Change[]; upTo: Position; isEnd: boolean }>;

/** Which changes: of orders within sight and of those that left it, of facts addressed to one unit, or all of them. */
export type Which = Readonly<{ sight: Sight }> | Readonly<{ unit: string }> | 'all';

const mostScanned = 2000;

type Item = Omit<Change, 'at' | 'happenedAt'> & { xid: string; id: string; happenedAt: string };
type Row = { items: Item[]; scanned: number; last: { xid: string; id: string } | null };

/** Reads on from a position: at most `limit` changes out of the next facts, however few of them are asked for. */
export async function readFeed(from: Queryable, after: Position, which: Which, limit: number): Promise<Page> {
  const values: unknown[] = [String(after.xid), String(after.id), mostScanned, limit];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const { rows } = await from.query<Row>(
    `with scanned as materialized (
       select xid, id, type, unit, at, subject, subject_id, body from facts
       where (xid, id) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
       order by xid, id limit $3),
     found as (
       select s.*, w.number, w.version, w.state, w.id as order_id
       from scanned s left join work_orders w on s.subject = 'work_order' and w.id = s.subject_id
       where ${conditionOf(which, bind)} order by s.xid, s.id limit $4)
     select
       (select coalesce(json_agg(json_build_object(
          'xid', xid::text, 'id', id::text, 'type', type, 'unit', unit, 'happenedAt', at, 'subject', subject,
          'subjectId', subject_id, 'body', body, 'order', case when order_id is not null then
            json_build_object('id', order_id, 'number', number, 'version', version, 'state', state) end)
          order by xid, id), '[]') from found) as items,
       (select count(*)::int from scanned) as scanned,
       (select json_build_object('xid', xid::text, 'id', id::text) from scanned order by xid desc, id desc limit 1) as last`,
    values,
  );
  const { items, scanned, last } = rows[0] ?? { items: [], scanned: 0, last: null };
  const changes = items.map(({ xid, id, happenedAt, ...item }) => ({
    ...item,
    at: positionOf({ xid, id }),
    happenedAt: Date.parse(happenedAt) as Instant,
  }));
  const isFull = changes.length === limit;
  const upTo = (isFull ? changes.at(-1)?.at : last && positionOf(last)) ?? after;
  return { changes, upTo, isEnd: !isFull && scanned < mostScanned };
}

function conditionOf(which: Which, bind: (value: unknown) => string): string {
  if (which === 'all') return 'true';
  if ('unit' in which) return `s.unit = ${bind(which.unit)}`;
  const { sight } = which;
  const told = sight.all ? '' : `s.type <> all(${bind(hiddenFacts)}::text[]) and `;
  return `w.id is not null and ${told}(${within(sight, bind)} or (s.type = 'left' and s.unit = any(${bind(sight.units)})))`;
}

const positionOf = ({ xid, id }: { xid: string; id: string }): Position => ({ xid: BigInt(xid), id: BigInt(id) });

/** The end of the feed: before whatever has not been shown yet. */
export async function endOfFeed(from: Queryable): Promise<Position> {
  const { rows } = await from.query<{ xid: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as xid');
  return { xid: BigInt(rows[0]?.xid ?? '0'), id: 0n };
}
