import type { StuckOrder, StuckReason } from '../domain/meeting.ts';
import type { PathStep } from '../domain/placement.ts';
import type { Instant } from '../domain/time.ts';
import type { State } from '../domain/work-order.ts';
import type { Queryable } from './rows.ts';

/** Whose orders are looked at: those these units lead, and those in these areas, whoever leads them. */
export type Subtree = Readonly<{ unit: string; units: readonly string[]; areas: readonly string[] }>;

// Gathered by each way of being stuck, which are few, and then narrowed to the subtree; never the other way round.
const text = `
  with found (id, why) as (
    select id, 'problem_order' from work_orders where problem and ended_at is null
    union all
    select order_id, 'overdue' from clocks where kind in ('resolve', 'rework') and state = 'running' and due_at < $1
    union all
    select order_id, 'dispute_pending' from approvals
    where state = 'pending' and (kind = 'dispute' or (kind = 'return' and decider->>'unit' is not null))
    union all
    select k.work_order_id, 'units_silent' from coordination_calls c
    join coordination_works k on k.order_id = c.order_id and not k.has_left
    where c.silent and c.state in ('called', 'acknowledged')
    union all
    select x.order_id, 'supervision_unanswered' from supervision_orders s
    join supervision_works x on x.supervision_id = s.id and not x.gone
    where s.state = 'issued' and (s.reply_by < $1 or jsonb_array_length(s.escalations) > 0)
    union all
    select work_order_id, 'task_overdue' from undertakings
    where by_unit = $2 and kind = 'meeting_task' and state = 'open' and due_at < $1 and work_order_id is not null)
  select w.id, array_agg(distinct f.why order by f.why) as why
  from found f join work_orders w on w.id = f.id
  where w.ended_at is null and (w.owner = any($3) or w.area_path && $4::text[])
  group by w.id order by count(distinct f.why) desc, w.priority, w.due_at, w.id limit $5`;

/** The stuck orders of a unit's subtree with all the reasons why, those with most reasons first. */
export async function stuckOrders(
  from: Queryable,
  { unit, units, areas }: Subtree,
  now: Instant,
  limit: number,
): Promise<readonly StuckOrder[]> {
  const { rows } = await from.query<{ id: string; why: StuckReason[] }>({
    name: 'stuck orders',
    text,
    values: [new Date(now).toISOString(), unit, units, areas, limit],
  });
  return rows;
}

/** A work order as an agenda names it. */
export type AgendaOrder = Readonly<{
  id: string;
  number: string;
  title: string;
  category: string | null;
  state: State;
  owner: string;
  confidential: boolean;
  path: readonly PathStep[];
  ended: boolean;
}>;

/** These work orders, by id. */
export async function agendaOrders(from: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, AgendaOrder>> {
  if (ids.length === 0) return new Map();
  const { rows } = await from.query<AgendaOrder>({
    name: 'agenda orders',
    text: `select id, number, title, category, state, owner, confidential, placement->'path' as path,
             ended_at is not null as ended
           from work_orders where id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
