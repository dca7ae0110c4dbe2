import type { City } from './city.ts';
import { ownerClocks } from './clock-rules.ts';
import {
  assistDue,
  type Clock,
  type ClockKind,
  type ClockRule,
  changeRule,
  contactFloor,
  type PauseReason,
  pauseClock,
  pausesClock,
  restoreClock,
  resumeClock,
  ruleFor,
  ruleUntil,
  startClock,
  stopClock,
  strikeTime,
  type Timetable,
  urgencyVariant,
} from './clocks.ts';
import { deadline } from './deadline.ts';
import { heldBy } from './pauses.ts';
import { type Instant, later } from './time.ts';
import { hasRoundTheClockDuty, type UnitHours } from './unit-hours.ts';
import { isReachable, type OrderClock, type WorkOrder } from './work-order.ts';

type Now = Readonly<{ city: City; now: Instant }>;

/** The hours a unit works; the city's ordinary week where it says nothing. */
export const hoursOf = (city: City, unit: string | null): UnitHours =>
  (unit === null ? null : city.units.get(unit)?.hours) ?? city.defaultHours;

/** Whose time is counted for a clock of this unit. */
export const timetableOf = (city: City, unit: string | null): Timetable => ({
  calendar: city.calendar,
  hours: hoursOf(city, unit),
});

/** The clock of this kind that is running or paused now. */
export const clockOf = (order: WorkOrder, kind: ClockKind): OrderClock | undefined =>
  order.clocks.findLast((c) => c.kind === kind && c.state !== 'stopped');

const ofTheOwner: ReadonlySet<ClockKind> = new Set(ownerClocks);

const variantOf = (order: WorkOrder, kind: ClockKind): string =>
  kind === 'resolve' || kind === 'resident' ? order.tier : urgencyVariant(order.urgency);

/** An order from above binds: its own date is the limit where the rule would give a later one. */
function ruleOf(
  order: WorkOrder,
  kind: ClockKind,
  start: Instant,
  timetable: Timetable,
  { city }: Now,
  variant: string,
): ClockRule {
  const rule = ruleFor(city.clockRules, kind, variant);
  const dates = kind === 'resolve' || kind === 'resident' ? order.requests.flatMap((r) => r.externalDueAt ?? []) : [];
  const external = Math.min(...dates) as Instant;
  return external < deadline({ ...rule, start, ...timetable }).dueAt ? ruleUntil(start, external, 'external') : rule;
}

/**
 * Starts a clock of the order. `dueAt` is for the kinds whose date somebody gave, `rule` for the one whose limit is the
 * law's; `about` the approval or assist it watches. Nobody who cannot be reached gets a contact clock.
 */
export function startClockOf(
  order: WorkOrder,
  kind: ClockKind,
  setting: Now,
  of: Readonly<{ dueAt?: Instant; about?: string; unit?: string | null; variant?: string; rule?: ClockRule }> = {},
): WorkOrder {
  if (kind === 'contact' && !isReachable(order)) return order;
  const { city, now } = setting;
  const unit =
    of.unit ?? (ofTheOwner.has(kind) ? order.owner : kind === 'verify' ? (order.verifier?.unit ?? null) : null);
  const timetable = timetableOf(city, unit);
  const given = of.dueAt === undefined ? of.rule : ruleUntil(now, of.dueAt, 'given');
  const rule = given ?? ruleOf(order, kind, now, timetable, setting, of.variant ?? variantOf(order, kind));
  const sign = kind === 'contact' ? clockOf(order, 'sign') : undefined;
  const notBefore = sign === undefined ? null : contactFloor(sign, hasRoundTheClockDuty(timetable.hours));
  const seq = order.seq + 1;
  const clock = { ...startClock({ seq, kind, unit, rule, at: now, notBefore }, timetable), about: of.about ?? null };
  return { ...order, seq, clocks: [...order.clocks, clock] };
}

/** Stops a clock; one that has stopped stays as it is. */
export const endClock = (clock: OrderClock, { city, now }: Now, cause: string): OrderClock =>
  clock.state === 'stopped' ? clock : stopClock(clock, { at: now, cause }, timetableOf(city, clock.unit));

/** Stops the clocks of these kinds. */
export const endClocks = (order: WorkOrder, kinds: readonly ClockKind[], setting: Now, cause: string): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((c) => (kinds.includes(c.kind) ? endClock(c, setting, cause) : c)),
});

/** The last clock of each kind runs on as if it had never stopped, where it stopped at `at` or at any time. */
export function restoreStopped(
  clocks: readonly OrderClock[],
  kinds: readonly ClockKind[],
  { now }: Now,
  cause: string,
  at: Instant | null = null,
): readonly OrderClock[] {
  return clocks.map((clock, index) => {
    const isLast = kinds.includes(clock.kind) && clocks.findLastIndex((c) => c.kind === clock.kind) === index;
    if (!isLast || clock.state !== 'stopped' || (at !== null && clock.stoppedAt !== at)) return clock;
    return restoreClock(clock, { at: now, cause });
  });
}

/**
 * Clocks of these kinds stand still until somebody resumes them, at the latest until `until`. What a decree holds is held
 * by this cause instead: the decree's end must not set it going.
 */
export const pauseClocks = (
  clocks: readonly OrderClock[],
  kinds: readonly ClockKind[],
  pause: Readonly<{ reason: PauseReason; approver: string; until: Instant }>,
  { city, now }: Now,
): readonly OrderClock[] =>
  clocks.map((c) => {
    if (!kinds.includes(c.kind)) return c;
    const free = heldBy(c) === null ? c : resumeClock(c, now, timetableOf(city, c.unit));
    return free.state === 'running' ? pauseClock(free, { ...pause, at: now }) : free;
  });

/** Every paused clock goes on, except what a decree holds: that is the decree's to let go. */
export const resumeClocks = (clocks: readonly OrderClock[], { city, now }: Now): readonly OrderClock[] =>
  clocks.map((c) => (c.state === 'paused' && heldBy(c) === null ? resumeClock(c, now, timetableOf(city, c.unit)) : c));

/** Strikes the time since a granted return was asked from what its asker's clocks counted. */
export const strike = (
  clocks: readonly OrderClock[],
  unit: string,
  since: Instant,
  approver: string,
  { city }: Pick<Now, 'city'>,
): readonly OrderClock[] =>
  clocks.map((c) =>
    c.unit === unit && c.stoppedAt !== null && c.stoppedAt > since && pausesClock('return_granted', c.kind)
      ? strikeTime(
          c,
          { from: later(since, c.startedAt), to: c.stoppedAt, reason: 'return_granted', approver, until: null },
          timetableOf(city, c.unit),
        )
      : c,
  );

/** Category or urgency changed: limits are those of the new one, counted from where each clock started. */
export function retier(order: WorkOrder, setting: Now): WorkOrder {
  const { city, now } = setting;
  let sign: OrderClock | undefined;
  const clocks = order.clocks.map((clock) => {
    if (clock.state === 'stopped' || !['dispatching', 'sign', 'contact', 'resolve', 'resident'].includes(clock.kind))
      return clock;
    const timetable = timetableOf(city, clock.unit);
    const rule = ruleOf(order, clock.kind, clock.startedAt, timetable, setting, variantOf(order, clock.kind));
    const same = rule.kind === clock.rule.kind && rule.amount === clock.rule.amount;
    // A contact clock stands on its sign clock, which comes before it: where that moved or was signed, so does the floor.
    const notBefore = same || clock.notBefore === null ? clock.notBefore : (sign?.dueAt ?? null);
    const next = same ? clock : changeRule({ ...clock, notBefore }, { rule, at: now, reason: 'corrected' }, timetable);
    if (clock.kind === 'sign') sign = next;
    return next;
  });
  return { ...order, clocks };
}

/**
 * The clock of the law (labour, consumer …), as the category says: it runs from registration in the city's calendar
 * beside the service clocks, and no dispatch or redispatch touches it.
 */
export function withStatutory(order: WorkOrder, setting: Now): WorkOrder {
  const { city, now } = setting;
  const law = statutoryOf(order, city);
  const running = clockOf(order, 'statutory');
  if (law === null) return running === undefined ? order : endClocks(order, ['statutory'], setting, 'corrected');
  const rule: ClockRule = { kind: law.kind, amount: law.amount, version: law.law };
  if (running === undefined) return startClockOf(order, 'statutory', { city, now: order.registeredAt }, { rule });
  const { kind, amount, version } = running.rule;
  if (kind === rule.kind && amount === rule.amount && version === rule.version) return order;
  const changed = changeRule(running, { rule, at: now, reason: 'corrected' }, timetableOf(city, null));
  return { ...order, clocks: order.clocks.map((c) => (c === running ? changed : c)) };
}

const statutoryOf = ({ category }: WorkOrder, city: City) =>
  (category === null ? undefined : city.categories.get(category))?.statutory ?? null;

/** What the resident is owed whoever does the work: it ends with the answer, and goes on where that was none. */
export const owedToResident = (order: WorkOrder, city: City): readonly ClockKind[] =>
  statutoryOf(order, city) === null ? ['resident'] : ['resident', 'statutory'];

/** When an assist given now is due: 70 % of what the lead's clock has left; one working day where no lead clock runs. */
export function assistLimit(order: WorkOrder, { city, now }: Now): Instant {
  const lead: Clock | undefined = clockOf(order, 'rework') ?? clockOf(order, 'resolve');
  if (lead) return assistDue(lead, now, timetableOf(city, lead.unit));
  return deadline({ start: now, kind: 'working_day', amount: 1, ...timetableOf(city, null) }).dueAt;
}
