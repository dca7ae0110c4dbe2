import { lapse } from './approvals.ts';
import { type Asked, askOverdue, notReached, sendLink, stamped } from './asking.ts';
import { isCalled } from './calling.ts';
import type { City } from './city.ts';
import type { ClockKind } from './clocks.ts';
import type { PowerSetting } from './coordination.ts';
import { type Command, type Decision, decide, nameOf, settle } from './decide.ts';
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

const awaits = ({ kind, state, fired }: OrderClock): boolean =>
  effects[kind] !== undefined && state === 'running' && !fired.includes('due');

/** When a clock next leads to something, a rung or its own passing, in the past if it is late; null where it never will. */
export function nextAt(order: Climber, clock: OrderClock, city: City, rungs: readonly Rung[]): Instant | null {
  const rung = nextRungAt(order, clock, city, rungs);
  if (!awaits(clock)) return rung;
  return rung === null ? clock.dueAt : earlier(rung, clock.dueAt);
}

/**
 * What happens when the time of a clock has come: its rungs and its own effect, each once, and what follows by itself;
 * null where all has fired, or it stopped, moved, or is not due. What no longer applies does nothing and says so.
 */
export function whenDue(
  order: WorkOrder,
  seq: number,
  policy: Pick<LadderPolicy, 'version' | 'rungs'>,
  setting: PowerSetting,
): Climbed<WorkOrder> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  const climbed = climb(order, seq, policy, setting);
  const passed = passing(climbed?.order ?? order, seq, setting);
  if (climbed === null && passed === null) return null;
  const { intents = [], fired = [], facts = [] } = climbed ?? {};
  const up = raised(passed?.order ?? climbed?.order ?? order, intents, setting);
  const all = [...facts, ...noticesOf(intents, clock, setting), ...(passed?.facts ?? []), ...up.facts];
  return { order: up.order, facts: all, intents, fired };
}

function passing(order: WorkOrder, seq: number, setting: Setting): Pick<Decision, 'order' | 'facts'> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  const effect = clock && effects[clock.kind];
  if (!effect || !awaits(clock) || clock.dueAt > setting.now) return null;
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
