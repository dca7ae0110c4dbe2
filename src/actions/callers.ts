import { uuidv7 } from 'uuidv7';
import { deadline } from '../domain/deadline.ts';
import { timetableOf } from '../domain/order-clocks.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { type Actor, isOpen, type WorkOrder } from '../domain/work-order.ts';
import {
  appealLimit,
  type CallerTask,
  closeCallerTask,
  limitOn,
  type NuisanceLimit,
  openCallerTask,
  openCallerTasks,
  ordersOfCaller,
  putLimit,
  releaseLimit,
} from '../store/callers.ts';
import { phoneKey } from '../store/intake.ts';
import { loadAll } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';

export type { CallerTask, NuisanceLimit } from '../store/callers.ts';

/** What was last told to a caller about an order. */
export type Reply = Readonly<{ order: WorkOrder; at: Instant; text: string }>;

/** What an operator sees when a call comes in (来电弹屏). */
export type CallerCard = Readonly<{
  openOrders: readonly WorkOrder[];
  promises: readonly Readonly<{ order: WorkOrder; dueAt: Instant }>[];
  lastReplies: readonly Reply[];
  nuisance: NuisanceLimit | null;
  missedCalls: readonly CallerTask[];
}>;

const dayMs = 86_400_000;

/** Everything the city owes a number and has told it: of the last 50 orders it is on. */
export async function callerCard({ pool, now }: Deps, phone: string): Promise<CallerCard> {
  const key = phoneKey(phone);
  if (key === null) return { openOrders: [], promises: [], lastReplies: [], nuisance: null, missedCalls: [] };
  const orders = (await loadAll(pool, await ordersOfCaller(pool, key, 50))).toReversed();
  const openOrders = orders.filter((o) => isOpen(o.state));
  return {
    openOrders,
    promises: openOrders.flatMap((order) =>
      order.clocks.filter((c) => c.kind === 'promise' && c.state !== 'stopped').map(({ dueAt }) => ({ order, dueAt })),
    ),
    lastReplies: orders
      .flatMap(repliesOn)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, 5),
    nuisance: await limitOn(pool, key, now()),
    missedCalls: await openCallerTasks(pool, { kind: 'call_back', phoneKey: key, limit: 20 }),
  };
}

/** What residents are told: the results handed in, and direct answers. */
function repliesOn(order: WorkOrder): readonly Reply[] {
  const submitted = order.submissions.filter((s) => s.text !== '').map(({ at, text }) => ({ order, at, text }));
  const { ending, endedAt } = order;
  return order.state === 'answered' && endedAt !== null && ending?.text
    ? [...submitted, { order, at: endedAt, text: ending.text }]
    : submitted;
}

/** Puts a number under a limit, for a day at most. Urgent calls pass it all the same. */
export async function limitCaller(
  { pool, now }: Deps,
  { phone, until, reason }: Readonly<{ phone: string; until: Instant | null; reason: string }>,
  actor: Actor,
): Promise<NuisanceLimit | Refusal> {
  const key = phoneKey(phone);
  if (key === null) return refuse('invalid', { pointer: '/phone' });
  const at = now();
  const end = until ?? ((at + dayMs) as Instant);
  if (end <= at) return refuse('in-the-past');
  if (end > at + dayMs) return refuse('too-long', { atMostHours: 24 });
  await putLimit(pool, key, { until: end, reason, by: actor.name }, at);
  return { until: end, reason, setBy: actor.name, setAt: at, appeal: null };
}

/** Ends a limit before its time. */
export async function releaseCaller(
  { pool, now }: Deps,
  { phone, reason }: Readonly<{ phone: string; reason: string }>,
  actor: Actor,
): Promise<Refusal | null> {
  const ended = await releaseLimit(pool, phoneKey(phone) ?? '', { by: actor.name, reason }, now());
  return ended ? null : refuse('not-found');
}

/** The caller objects to the limit: the shift leader has it to look at. */
export async function appealForCaller(
  deps: Deps,
  { phone, text }: Readonly<{ phone: string; text: string }>,
): Promise<string | Refusal> {
  const key = phoneKey(phone);
  const at = deps.now();
  return transaction(deps.pool, async (tx) => {
    if (key === null || !(await appealLimit(tx, key, text, at))) return refuse('not-found');
    const task = { id: uuidv7(), kind: 'nuisance_appeal' as const, phone, phoneKey: key, callRecordId: null };
    return openCallerTask(tx, { ...task, dueAt: null }, 'shift_leader', at);
  });
}

/** A call nobody took becomes a call back, due within one working hour. A call reported twice is called back once. */
export async function missedCall(
  deps: Deps,
  { phone, callRecordId }: Readonly<{ phone: string; callRecordId: string | null }>,
): Promise<string | Refusal> {
  const key = phoneKey(phone);
  if (key === null) return refuse('invalid', { pointer: '/phone' });
  const at = deps.now();
  const { dueAt } = deadline({
    start: at,
    kind: 'working_hour',
    amount: 60,
    ...timetableOf(deps.city().city, null),
  });
  return transaction(deps.pool, (tx) =>
    openCallerTask(tx, { id: uuidv7(), kind: 'call_back', phone, phoneKey: key, callRecordId, dueAt }, 'operator', at),
  );
}

/** Who is still to be called back, oldest first. */
export const missedCalls = (
  { pool }: Deps,
  page: Readonly<{ after: string | undefined; limit: number }>,
): Promise<readonly CallerTask[]> => openCallerTasks(pool, { kind: 'call_back', ...page });

/** Somebody has called back, or tried to. */
export async function calledBack(
  { pool, now }: Deps,
  id: string,
  outcome: string,
  actor: Actor,
): Promise<Refusal | null> {
  return (await closeCallerTask(pool, id, { by: actor.name, outcome }, now())) ? null : refuse('not-found');
}
