import type { Approval } from '../domain/approval.ts';
import type { ExclusionClass } from '../domain/exclusion.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';

/** An answer that was, or was to be, taken out of the count (剔除), with whoever decided it and the resident's appeal. */
export type ExclusionRow = Readonly<{
  id: string;
  workOrder: Readonly<{ id: string; number: string }>;
  followUp: string;
  unit: string;
  /** Null where judges excluded it without a claim. */
  class: ExclusionClass | null;
  proposedBy: string;
  reason: string | null;
  evidence: string | null;
  askedAt: Instant;
  state: Approval['state'];
  decidedAt: Instant | null;
  decisionReason: string | null;
  judgement: string | null;
  seats: Approval['seats'];
  appeal: Readonly<{ state: Approval['state']; decidedAt: Instant | null }> | null;
  counts: boolean;
}>;

/** What the ledger may be narrowed to: `units` to these, `after` the last row of the page before. */
export type ExclusionFilter = Readonly<{
  units: readonly string[] | 'all';
  class?: string | undefined;
  state?: string | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
  after?: Readonly<{ at: Instant; id: string }> | undefined;
  limit: number;
}>;

type Row = {
  id: string;
  order_id: string;
  number: string;
  follow_up: string;
  unit: string;
  class: ExclusionClass | null;
  asked_by: string;
  reason: string | null;
  evidence: string | null;
  asked_at: Date;
  state: Approval['state'];
  decided_at: Date | null;
  decision_reason: string | null;
  judgement: string | null;
  seats: Approval['seats'];
  appeal_state: Approval['state'] | null;
  appeal_decided_at: Date | null;
  counts: boolean;
};

/** The ledger of exclusions, the last asked first. */
export async function exclusionLedger(from: Queryable, filter: ExclusionFilter): Promise<readonly ExclusionRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const at = (moment: Instant): string => `${bind(new Date(moment).toISOString())}::timestamptz`;
  const conditions = ['true'];
  if (filter.units !== 'all') conditions.push(`e.unit = any(${bind(filter.units)})`);
  if (filter.class !== undefined) conditions.push(`e.class = ${bind(filter.class)}`);
  if (filter.state !== undefined) conditions.push(`e.state = ${bind(filter.state)}`);
  if (filter.from !== undefined) conditions.push(`e.asked_at >= ${at(filter.from)}`);
  if (filter.to !== undefined) conditions.push(`e.asked_at < ${at(filter.to)}`);
  if (filter.after !== undefined)
    conditions.push(`(e.asked_at, e.id) < (${at(filter.after.at)}, ${bind(filter.after.id)}::uuid)`);
  const { rows } = await from.query<Row>(
    `select e.*, w.number from exclusions e join work_orders w on w.id = e.order_id
     where ${conditions.join(' and ')} order by e.asked_at desc, e.id desc limit ${bind(filter.limit)}`,
    values,
  );
  return rows.map(toRow);
}

const moment = (at: Date | null): Instant | null => (at?.getTime() ?? null) as Instant | null;

/** Moments inside jsonb are written as numbers already. */
const toRow = (row: Row): ExclusionRow => ({
  id: row.id,
  workOrder: { id: row.order_id, number: row.number },
  followUp: row.follow_up,
  unit: row.unit,
  class: row.class,
  proposedBy: row.asked_by,
  reason: row.reason,
  evidence: row.evidence,
  askedAt: row.asked_at.getTime() as Instant,
  state: row.state,
  decidedAt: moment(row.decided_at),
  decisionReason: row.decision_reason,
  judgement: row.judgement,
  seats: row.seats,
  appeal: row.appeal_state === null ? null : { state: row.appeal_state, decidedAt: moment(row.appeal_decided_at) },
  counts: row.counts,
});
