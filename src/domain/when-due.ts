import { lapse } from './approvals.ts';
import { type Asked, askOverdue, notReached, sendLink, stamped } from './asking.ts';
import { isCalled } from './calling.ts';
import type { City } from './city.ts';
import type { ClockKind } from './clocks.ts';
import type { PowerSetting } from './coordination.ts';
import { type Command, type Decision, decide, nameOf, settle } from './decide.ts';
import { heldUntil, liftOver } from './decree-hold.ts';
import type { FollowUp } from './follow-up.ts';
import { type Climber, type LadderPolicy, nextRungAt, type Rung } from './ladder.ts';
import { type Climbed, climb } from './ladder-climb.ts';
import { noticesOf, raised } from './ladder-notices.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import { earlier, type Instant } from './time.ts';
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

/** The calls, or the link, to a resident are over; nothing where they answered meanwhile. */
const askingLapses =
  (lapse: (order: WorkOrder, followUp: FollowUp, setting: Setting) => Asked | null): Effect =>
  (order, { about }, setting) => {
    const followUp = order.followUps.find((f) => f.id === about && f.state === 'open');
    const lapsed = followUp === undefined ? null : lapse(order, followUp, setting);
    return lapsed === null ? refuse('follow-up-done') : stamped(lapsed, setting);
  };

/** What the passing of a clock does whatever the ladder says; the clocks that are not here have only rungs. */
const effects: Readonly<Partial<Record<ClockKind, Effect>>> = {
  decision: decisionLapses,
  arbitration: decisionLapses,
  pause_end: command(({ state }) =>
    state === 'on_account' ? { action: 'restore', said: {} } : { action: 'resume', said: {} },
  ),
  on_account_review: command(() => ({ action: 'restore', said: {} })),
  resident: (order, _clock, setting) => stamped(askOverdue(order, setting), setting),
  follow_up: askingLapses((order, followUp, setting) =>
    isCalled(followUp) ? sendLink(order, followUp, setting) : null,
  ),
  link: askingLapses((order, followUp, setting) => notReached(order, followUp, setting, 'link_expired')),
};

const awaits = (clock: OrderClock): boolean =>
  effects[clock.kind] !== undefined && clock.state === 'running' && !clock.fired.includes('due') && !isOpenDate(clock);

/** A date counted over days no notice has spoken of costs no unit anything; the hotline's own clocks wait for none. */
const isOpenDate = ({ provisional, unit, kind }: OrderClock): boolean =>
  provisional && (unit !== null || kind === 'resident');

/**
 * When a clock next leads to something, a rung or its own passing, in the past if it is late; null where it never will.
 * One that a decree holds goes on at the decree's date.
 */
export function nextAt(order: Climber, clock: OrderClock, city: City, rungs: readonly Rung[]): Instant | null {
  const until = heldUntil(clock);
  if (until !== null) return until;
  const rung = nextRungAt(order, clock, city, rungs);
  if (!awaits(clock)) return rung;
  return rung === null ? clock.dueAt : earlier(rung, clock.dueAt);
}

type Policy = Pick<LadderPolicy, 'version' | 'rungs'>;

/**
 * Everything of an order whose time has come, each once, rung by rung over all its clocks in the order in which it came
 * due, and what follows by itself; null where nothing is due.
 */
export function fireOrder(order: WorkOrder, policy: Policy, setting: PowerSetting): Climbed<WorkOrder> | null {
  const moments = new Map<OrderClock, Instant | null>(); // of clocks that are still the same object
  const nextOf = (of: WorkOrder): Readonly<{ seq: number; at: Instant }> | null => {
    let first: { seq: number; at: Instant } | null = null;
    for (const clock of of.clocks) {
      const known = moments.get(clock);
      const at = known === undefined ? nextAt(of, clock, setting.city, policy.rungs) : known;
      moments.set(clock, at);
      if (at !== null && at <= setting.now && (first === null || at < first.at)) first = { seq: clock.seq, at };
    }
    return first;
  };
  const steps: Climbed<WorkOrder>[] = [];
  let now = order;
  for (let next = nextOf(now); next !== null; next = nextOf(now)) {
    const done = whenDue(now, next.seq, policy, setting, next.at);
    if (done === null) throw new Error(`clock ${next.seq} of order ${order.id} is due and has no effect`);
    steps.push(done);
    now = done.order;
  }
  if (steps.length === 0) return null;
  return {
    order: now,
    facts: steps.flatMap((step) => step.facts),
    intents: steps.flatMap((step) => step.intents),
    fired: steps.flatMap((step) => step.fired),
  };
}

/**
 * What happens when the time of a clock has come: its rungs and its own effect as far as they were due by `by`, and what
 * follows by itself; null where that is nothing. What no longer applies does nothing and says so.
 */
export function whenDue(
  order: WorkOrder,
  seq: number,
  policy: Policy,
  setting: PowerSetting,
  by: Instant = setting.now,
): Climbed<WorkOrder> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  if (heldUntil(clock) !== null) {
    const lifted = liftOver(order, setting);
    return lifted && { ...lifted, intents: [], fired: [] };
  }
  const climbed = climb(order, seq, policy, setting, by);
  const passed = passing(climbed?.order ?? order, seq, setting, by);
  if (climbed === null && passed === null) return null;
  const { intents = [], fired = [], facts = [] } = climbed ?? {};
  const up = raised(passed?.order ?? climbed?.order ?? order, intents, setting);
  const all = [...facts, ...noticesOf(intents, clock, setting), ...(passed?.facts ?? []), ...up.facts];
  return { order: up.order, facts: all, intents, fired };
}

function passing(
  order: WorkOrder,
  seq: number,
  setting: Setting,
  by: Instant,
): Pick<Decision, 'order' | 'facts'> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  const effect = clock && effects[clock.kind];
  if (!effect || !awaits(clock) || clock.dueAt > by) return null;
  const outcome = effect(order, clock, setting);
  if (outcome.kind === 'refused')
    return { order: marked(order, seq), facts: [nothingDue(order, clock, setting, outcome.code)] };
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

const nothingDue = (order: WorkOrder, clock: OrderClock, { now, actor }: Setting, because: string): Fact => ({
  type: 'nothing_due',
  at: now,
  actor: nameOf(actor),
  unit: order.owner,
  body: { because, clock: aboutClock(clock) },
});
