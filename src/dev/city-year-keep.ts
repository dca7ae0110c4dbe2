import type pg from 'pg';
import type { WorkOrder } from '../domain/work-order.ts';
import { phoneKey, writeRequesters, writeRequests } from '../store/intake.ts';
import { type Climbing, saveAll } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import type { Born } from './city-year-requests.ts';

/** Keeps whole lives in PostgreSQL with the writers of the service, many at once: orders, requests, contacts, facts. */
export const keepLives = (pool: pg.Pool, born: readonly Born[], climbing: Climbing): Promise<void> =>
  transaction(pool, async (tx) => {
    // Who is asked must be there before what was asked of them.
    const unasked = (order: WorkOrder): WorkOrder => ({ ...order, followUps: [] });
    const lives = born.map(({ life }) => ({ order: life.order, before: unasked(life.order), facts: life.facts }));
    await Promise.all([
      saveAll(
        tx,
        lives.map(({ before, facts }) => ({ before: null, after: before, facts })),
        climbing,
      ),
      writeRequests(tx, requestsOf(born)),
      writeRequesters(
        tx,
        born.flatMap(({ asked: { id, phone } }) =>
          phone === null
            ? []
            : [{ requestId: id, name: null, phone, phoneKey: phoneKey(phone), anonymous: false, onBehalfOf: null }],
        ),
      ),
      saveAll(
        tx,
        lives.map(({ order, before }) => ({ before, after: order, facts: [] })),
        climbing,
      ),
    ]);
  });

/** Each request on the order that carries it in the end. */
function requestsOf(born: readonly Born[]) {
  const carried = new Map(
    born.flatMap(({ life: { order } }) => order.requests.map((request) => [request.id, { order, request }] as const)),
  );
  return born.map(({ life, asked: { report, ...asked } }) => {
    const { order, request } = carried.get(asked.id) ?? { order: life.order, request: undefined };
    return {
      ...asked,
      ...report,
      queryCodeHash: '',
      workOrderId: order.id,
      externalId: null,
      description: '',
      normalText: '',
      location: null,
      point: null,
      answers: {},
      attachments: [],
      callRecordId: null,
      replyTo: null,
      receivedAt: life.order.receivedAt,
      registeredAt: life.order.registeredAt,
      withdrawnAt: request?.withdrawnAt ?? null,
      client: 'city-year',
      actor: 'operator',
      aside: false,
    };
  });
}
