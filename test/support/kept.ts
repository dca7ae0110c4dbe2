import type pg from 'pg';
import { expect, vi } from 'vitest';
import type { Deps } from '../../src/actions/deps.ts';
import { countFacts } from '../../src/actions/measure.ts';
import type { FollowUp, FollowUpAnswer } from '../../src/domain/follow-up.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import type { RequestId, WorkOrderId } from '../../src/domain/request.ts';
import type { WorkOrder } from '../../src/domain/work-order.ts';
import { writeRequests } from '../../src/store/intake.ts';
import { saveAll } from '../../src/store/orders.ts';
import { transaction } from '../../src/store/rows.ts';
import { city, monday } from './orders.ts';

let n = 0;
const uuid = (kind: string): string => `0199a000-${kind}-7000-8000-${(++n).toString(16).padStart(12, '0')}`;

/** Another order like this one, with a request of its own that is `asked` as told. */
export function another(order: WorkOrder, asked: readonly Partial<FollowUp>[] = []): WorkOrder {
  const [first] = order.requests;
  const request = uuid('0001') as RequestId;
  const id = uuid('0002') as WorkOrderId;
  const requests = first === undefined ? [] : [{ ...first, id: request, number: request }];
  const like: FollowUp | undefined = order.followUps[0];
  const followUps = asked.flatMap((each, i): FollowUp[] =>
    like === undefined ? [] : [{ ...like, seq: order.seq + i + 1, id: uuid('0003'), request, round: 1, ...each }],
  );
  const approvals = order.approvals.map((a) => ({ ...a, id: uuid('0004') }));
  return { ...order, id, number: id, requests, followUps, approvals, seq: order.seq + followUps.length };
}

/** An answer; satisfied and solved unless said otherwise. */
export const said = (more: Partial<FollowUpAnswer> = {}): Partial<FollowUp> => ({
  state: 'answered',
  answeredAt: monday,
  by: 'agent',
  answer: {
    contacted: true,
    solved: 'yes',
    satisfaction: 'satisfied',
    reason: null,
    askedToChange: null,
    comment: null,
    ...more,
  },
});
export const notReached: Partial<FollowUp> = { state: 'not_reached', answer: null };

/** Keeps orders in PostgreSQL as the city would, with their requests and a fact of each. */
export async function keep(pool: pg.Pool, orders: readonly WorkOrder[]): Promise<void> {
  const atOnce = 1000;
  for (let at = 0; at < orders.length; at += atOnce)
    await transaction(pool, async (tx) => {
      const some = orders.slice(at, at + atOnce);
      const actor = { client: 'test', name: 'test', unit: null };
      const fact = { type: 'register', at: monday, actor, unit: null, body: {} };
      await saveAll(
        tx,
        some.map((after) => ({ before: null, after: { ...after, followUps: [] }, facts: [fact] })),
        { city, ladder: defaultLadder },
      );
      await writeRequests(tx, some.flatMap(rowsOf));
      await saveAll(
        tx,
        some.map((after) => ({ before: { ...after, followUps: [] }, after, facts: [] })),
        { city, ladder: defaultLadder },
      );
    });
}

const rowsOf = (order: WorkOrder) =>
  order.requests.map((request) => ({
    ...request,
    queryCodeHash: '',
    workOrderId: order.id,
    originalOrderId: order.id,
    externalId: null,
    category: order.category,
    title: order.title,
    description: '',
    normalText: '',
    urgency: order.urgency,
    location: null,
    point: null,
    answers: {},
    attachments: [],
    callRecordId: null,
    replyTo: null,
    receivedAt: order.receivedAt,
    registeredAt: order.registeredAt,
    client: 'test',
    actor: 'test',
    aside: false,
  }));

/** Waits until every committed fact is counted: one is only once what ran beside it in the database has ended. */
export const allCounted = (deps: Deps): Promise<void> =>
  vi.waitFor(
    async () => {
      await countFacts(deps);
      const { rows } = await deps.pool.query(
        'select count(*)::int as left from facts f, measured m where (f.xid, f.id) > (m.xid, m.fact_id)',
      );
      expect(rows[0].left).toBe(0);
    },
    { timeout: 60_000, interval: 50 },
  );
