import type { Admission } from './admission.ts';
import type { Clock } from './clocks.ts';
import { coordinateUnit } from './coordinate-call.ts';
import type { CoordinationOrder, PowerSetting } from './coordination.ts';
import { type Decision, decide, nameOf, settle } from './decide.ts';
import { replaceSilent } from './judging.ts';
import type { LadderPolicy } from './ladder.ts';
import {
  type Fired,
  fireRungs,
  type Intent,
  type Subject,
  subjectOf,
  subjectOfAdmission,
  subjectOfCall,
  subjectOfReply,
  subjectOfUndertaking,
} from './ladder-fire.ts';
import type { Refusal } from './refusal.ts';
import { decideSupervision } from './supervise.ts';
import type { SupervisionOrder } from './supervision.ts';
import type { Instant } from './time.ts';
import type { Undertaking } from './undertaking.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/**
 * An order after rungs of one of its clocks fired: what changed on it, one fact for each rung, and the intents left to
 * others: telling, ringing, supervising, raising.
 */
export type Climbed<T> = Readonly<{
  order: T;
  facts: readonly Fact[];
  intents: readonly Intent[];
  /** The rungs with all they led to. */
  fired: readonly Fired[];
}>;

type Policy = Pick<LadderPolicy, 'version' | 'rungs'>;

/** Fires what is due on a clock of a work order by `by`; null where nothing is. What the order does itself is done. */
export function climb(
  order: WorkOrder,
  seq: number,
  policy: Policy,
  setting: PowerSetting,
  by: Instant = setting.now,
): Climbed<WorkOrder> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  const firing = fireRungs(clock, subjectOf(order, clock), policy, setting, by);
  if (firing.fired.length === 0) return null;
  let next = withClock(order, firing.clock);
  const facts: Fact[] = factsOf(firing.fired, clock, order.owner, setting);
  const intents: Intent[] = [];
  for (const intent of firing.fired.flatMap((each) => each.intents)) {
    const itself = own[intent.do];
    if (itself === undefined) {
      intents.push(intent);
      continue;
    }
    const outcome = itself(next, clock.about, { ...setting, actor: theSystem });
    if (outcome.kind === 'refused') facts.push(nothing(outcome, clock, order.owner, setting));
    else {
      const settled = settle(outcome, setting);
      next = settled.order;
      facts.push(...settled.facts);
    }
  }
  return { order: next, facts, intents, fired: firing.fired };
}

type Itself = (order: WorkOrder, about: string | null, setting: PowerSetting) => Decision | Refusal;

const own: Readonly<Partial<Record<Intent['do'], Itself>>> = {
  sign_by_timeout: (order, _about, setting) => decide(order, { action: 'sign_by_timeout', said: {} }, setting),
  unverified: (order, _about, setting) => decide(order, { action: 'verify_by_timeout', said: {} }, setting),
  replace_judges: replaceSilent,
};

/** The same for a called unit that has not reported in: from its limit on it is marked silent. */
export function climbCall(
  order: CoordinationOrder,
  seq: number,
  policy: Policy,
  setting: PowerSetting,
): Climbed<CoordinationOrder> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  const { clock: next, fired } = fireRungs(clock, subjectOfCall(order, clock, setting), policy, setting);
  if (fired.length === 0) return null;
  const climbed = { ...withClock(order, next), version: order.version + 1 };
  const facts = factsOf(fired, clock, order.street, setting);
  const intents = fired.flatMap((each) => each.intents);
  const call = order.units.find((each) => each.id === clock.about);
  if (clock.kind !== 'report_in' || call === undefined || call.silent || setting.now < clock.dueAt)
    return { order: climbed, facts, intents, fired };
  const silent = coordinateUnit(climbed, call.unit, { action: 'silent', said: {} }, { ...setting, actor: theSystem });
  if (silent.kind === 'refused') return { order: climbed, facts, intents, fired };
  return { order: silent.order, facts: [...facts, ...silent.facts], intents, fired };
}

/** The same for a supervision order without a reply: the next grade, by the next level. */
export function climbReply(
  order: SupervisionOrder,
  seq: number,
  policy: Policy,
  setting: PowerSetting,
): Climbed<SupervisionOrder> | null {
  const clock = order.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  const { clock: next, fired } = fireRungs(clock, subjectOfReply(order), policy, setting);
  if (fired.length === 0) return null;
  const climbed = { ...withClock(order, next), version: order.version + 1 };
  const facts = factsOf(fired, clock, order.unit, setting);
  const intents = fired.flatMap((each) => each.intents).filter((intent) => intent.do !== 'next_grade');
  if (!fired.some((each) => each.intents.some((intent) => intent.do === 'next_grade')))
    return { order: climbed, facts, intents, fired };
  const bySystem = { ...setting, actor: theSystem };
  const higher = decideSupervision(climbed, { action: 'escalate', said: {} }, bySystem);
  if (higher.kind === 'refused') throw new Error(`an unanswered supervision order does not rise: ${higher.code}`);
  return { order: higher.order, facts: [...facts, ...higher.facts], intents, fired };
}

/** The same for an undertaking whose date has come: who owes it is urged, and who waits for it is told. */
export const climbUndertaking = (of: Undertaking, seq: number, policy: Policy, setting: PowerSetting) =>
  climbOnly(of, seq, { subject: subjectOfUndertaking(of), unit: of.unit }, policy, setting);

/** The same for an admission whose look is not taken; that it lapses at its limit is no rung. */
export const climbAdmission = (of: Admission, seq: number, policy: Policy, setting: PowerSetting) =>
  climbOnly(of, seq, { subject: subjectOfAdmission(of), unit: of.askedByUnit }, policy, setting);

/** Where rungs change nothing on the thing itself. `unit` is whose facts they are. */
function climbOnly<T extends Readonly<{ clocks: readonly Clock[]; version: number }>>(
  thing: T,
  seq: number,
  { subject, unit }: Readonly<{ subject: Subject; unit: string | null }>,
  policy: Policy,
  setting: PowerSetting,
): Climbed<T> | null {
  const clock = thing.clocks.find((c) => c.seq === seq);
  if (clock === undefined) return null;
  const { clock: next, fired } = fireRungs(clock, subject, policy, setting);
  if (fired.length === 0) return null;
  const climbed = { ...withClock(thing, next), version: thing.version + 1 };
  const intents = fired.flatMap((each) => each.intents);
  return { order: climbed, facts: factsOf(fired, clock, unit, setting), intents, fired };
}

const withClock = <T extends Readonly<{ clocks: readonly Clock[] }>>(order: T, clock: T['clocks'][number]): T => ({
  ...order,
  clocks: order.clocks.map((c) => (c.seq === clock.seq ? clock : c)),
});

const aboutClock = ({ seq, kind, unit, dueAt, version, rule }: Clock) => ({
  seq,
  kind,
  unit,
  dueAt,
  version,
  rule: rule.version,
});

const factsOf = (fired: readonly Fired[], clock: Clock, unit: string | null, { now }: PowerSetting): Fact[] =>
  fired.map(({ rung, policy, dueAt, intents, nothing: none }) => ({
    type: 'rung_fired',
    at: now,
    actor: nameOf(theSystem),
    unit,
    body: { rung, policy, rungAt: dueAt, did: intents, nothing: none, clock: aboutClock(clock) },
  }));

const nothing = ({ code }: Refusal, clock: Clock, unit: string, { now }: PowerSetting): Fact => ({
  type: 'nothing_due',
  at: now,
  actor: nameOf(theSystem),
  unit,
  body: { because: code, clock: aboutClock(clock) },
});
