import { lapse } from './approvals.ts';
import type { ClockKind } from './clocks.ts';
import { type Command, type Decision, decide, nameOf, settle } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import { isUrgent } from './request.ts';
import type { Fact, OrderClock, WorkOrder } from './work-order.ts';

type Effect = (order: WorkOrder, clock: OrderClock, setting: Setting) => Decision | Refusal;

const command =
  (of: (order: WorkOrder) => Command): Effect =>
  (order, _clock, setting) =>
    decide(order, of(order), setting);

const decisionLapses: Effect = (order, { about }, setting) =>
  about !== null && order.approvals.some((a) => a.id === about && a.state === 'pending')
    ? lapse(order, about, setting)
    : refuse('not-pending');

/** What the passing of each clock does to the order; the clocks that are not here only turn red. */
const effects: Readonly<Partial<Record<ClockKind, Effect>>> = {
  // An urgent order is never signed by timeout: that nobody signed it is said, and people are rung.
  sign: (order, clock, setting) =>
    isUrgent(order.urgency)
      ? { kind: 'decided', order, facts: [said('unsigned_urgent', order, clock, setting, {})] }
      : decide(order, { action: 'sign_by_timeout', said: {} }, setting),
  decision: decisionLapses,
  arbitration: decisionLapses,
  pause_end: command(({ state }) =>
    state === 'on_account' ? { action: 'restore', said: {} } : { action: 'resume', said: {} },
  ),
  on_account_review: command(() => ({ action: 'restore', said: {} })),
  verify: command(() => ({ action: 'verify_by_timeout', said: {} })),
};

/**
 * What happens when the time of a clock has come: its effect, once, and what follows by itself; null where it has fired,
 * stopped, moved, or is not due. An effect that no longer applies does nothing and says so in the record.
 */
export function whenDue(order: WorkOrder, seq: number, setting: Setting): Decision | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  const effect = clock && effects[clock.kind];
  if (!effect || clock.state !== 'running' || clock.fired.includes('due') || clock.dueAt > setting.now) return null;
  if (clock.provisional && (clock.kind === 'sign' || clock.kind === 'verify')) return null;
  const outcome = effect(order, clock, setting);
  if (outcome.kind === 'refused')
    return {
      kind: 'decided',
      order: marked(order, seq),
      facts: [said('nothing_due', order, clock, setting, { because: outcome.code })],
    };
  const [first, ...rest] = outcome.facts;
  const why = { clock: aboutClock(clock) };
  const facts = first === undefined ? [] : [{ ...first, body: { ...first.body, ...why } }, ...rest];
  return settle({ ...outcome, order: marked(outcome.order, seq), facts }, setting);
}

/** A later date empties `fired`, and the clock may come due again. */
const marked = (order: WorkOrder, seq: number): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((c) => (c.seq === seq ? { ...c, fired: [...c.fired, 'due'] } : c)),
});

const aboutClock = ({ seq, kind, dueAt, rule, version }: OrderClock) => ({
  seq,
  kind,
  dueAt,
  rule: rule.version,
  version,
});

const said = (
  type: string,
  order: WorkOrder,
  clock: OrderClock,
  { now, actor }: Setting,
  body: Fact['body'],
): Fact => ({ type, at: now, actor: nameOf(actor), unit: order.owner, body: { ...body, clock: aboutClock(clock) } });
