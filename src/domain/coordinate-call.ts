import { isUnder } from './city.ts';
import { ruleFor, startClock } from './clocks.ts';
import {
  type CalledUnit,
  type CoordinationOrder,
  callOf,
  callParties,
  isHeld,
  type PowerSetting,
  reportInOf,
} from './coordination.ts';
import { type CallAction, type CallObstacle, type CallSaid, callLife, callObstacles } from './coordination-life.ts';
import { nameOf } from './decide.ts';
import { endClock, timetableOf } from './order-clocks.ts';
import { type Refusal, refuse } from './refusal.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import { type Fact, type OrderClock, theSystem } from './work-order.ts';

/** The next coordination order, and what became true on the way. */
export type CoordinationDecision = Readonly<{
  kind: 'decided';
  order: CoordinationOrder;
  facts: readonly Fact[];
}>;

/** One thing to do to a called unit, with what was said. */
export type CallCommand = { [A in CallAction]: Readonly<{ action: A; said: CallSaid[A] }> }[CallAction];

/** What happens if this reaches the call of a unit now. `unit` is its code; the last call of it counts. */
export function coordinateUnit(
  order: CoordinationOrder,
  unit: string,
  command: CallCommand,
  setting: PowerSetting,
): CoordinationDecision | Refusal {
  const call = callOf(order, unit);
  if (call === undefined) return refuse('not-found');
  const { action } = command;
  if (order.state !== 'issued') return refuse('wrong-state', { state: order.state, action, allowedActions: [] });
  const no = notAllowed(callLife, action, call.state, callParties(setting.actor, order, call, setting));
  return no ?? performCall({ ...order, version: order.version + 1 }, call, command, setting);
}

/** What the actor may do to the call of a unit now. */
export function allowedOnCall(order: CoordinationOrder, unit: string, setting: PowerSetting): readonly CallAction[] {
  const call = callOf(order, unit);
  if (call === undefined || order.state !== 'issued') return [];
  return allowedIn(callLife, call.state, callParties(setting.actor, order, call, setting));
}

/** What an action did to the order, what is said of it, and what else became true. */
export type Change = Readonly<{ order: CoordinationOrder; body?: Fact['body']; also?: readonly Fact[] }>;

const callEffects: {
  [A in CallAction]: (
    call: CalledUnit,
    said: CallSaid[A],
    setting: PowerSetting,
    clock: OrderClock | undefined,
  ) => CalledUnit;
} = {
  summon: (call, _said, { now }) => ({ ...call, calledAt: now }),
  acknowledge: (call, _said, { now }) => ({ ...call, acknowledgedAt: now }),
  'report-in': (call, _said, { now }, clock) => ({
    ...call,
    acknowledgedAt: call.acknowledgedAt ?? now,
    reportedInAt: now,
    inTime: clock === undefined || now <= clock.dueAt,
  }),
  result: (call, { text, evidence = [] }, { now, actor }) => ({
    ...call,
    result: { text, evidence, at: now, actor: actor.name },
  }),
  accept: (call, _said, { now }) => ({ ...call, acceptedAt: now }),
  refuse: (call, { reason }, { now, actor }) => ({
    ...call,
    refusals: [...call.refusals, { at: now, actor: actor.name, reason }],
  }),
  release: (call, { reason }, setting) => released(call, reason ?? 'accepted', setting),
  silent: (call) => ({ ...call, silent: true }),
};

/** Moves one call along its table, with its clock. Who may is decided before, and the order's version has risen. */
function performCall(
  order: CoordinationOrder,
  call: CalledUnit,
  { action, said }: CallCommand,
  setting: PowerSetting,
): CoordinationDecision | Refusal {
  const row: TableRow<CalledUnit['state'], string, CallObstacle> = callLife[action];
  for (const code of row.unless ?? []) {
    const details = callObstacles[code](call, said as Readonly<Record<string, unknown>>);
    if (details) return refuse(code, details);
  }
  const clock = reportInOf(order, call);
  const effect = callEffects[action] as (c: CalledUnit, s: unknown, p: PowerSetting, k: typeof clock) => CalledUnit;
  const next = { ...effect(call, said, setting, clock), state: arrive(row, call.state, undefined) };
  const units = order.units.map((each) => (each.id === call.id ? next : each));
  const clocks = order.clocks.map((c) =>
    c.about === call.id && row.stops?.includes(c.kind) ? endClock(c, setting, action) : c,
  );
  const moved = { ...order, units, clocks };
  const started = row.starts === undefined ? moved : callStarted(moved, next, setting);
  const change = started.units.every((each) => !isHeld(each)) ? askForOutcome(started, setting) : { order: started };
  const body = {
    unit: call.unit,
    from: call.state,
    to: next.state,
    version: started.version,
    ...(action === 'report-in' ? { inTime: next.inTime } : {}),
  };
  const addressee = isUnits(action) ? order.street : call.unit;
  const first = { ...fact(`call_${action.replaceAll('-', '_')}`, change.order, setting, body), unit: addressee };
  return { kind: 'decided', order: change.order, facts: [first, ...(change.also ?? [])] };
}

/** What the unit does is told to the street, and what is done to the unit is told to it. */
const isUnits = (action: CallAction): boolean => ['acknowledge', 'report-in', 'result', 'silent'].includes(action);

/**
 * The clocks of a call: to report in, by the kind of the order, and for a unit that the street does not command to answer
 * (联系单位), where that is due before.
 */
function callStarted(order: CoordinationOrder, call: CalledUnit, { city, now }: PowerSetting): CoordinationOrder {
  const timetable = timetableOf(city, call.unit);
  const started = (kind: 'report_in' | 'answer_call', seq: number): OrderClock => {
    const rule = ruleFor(city.clockRules, kind, order.kind);
    return { ...startClock({ seq, kind, unit: call.unit, rule, at: now }, timetable), about: call.id };
  };
  const reportIn = started('report_in', order.seq + 1);
  const answer = started('answer_call', order.seq + 2);
  const answers = !isUnder(city, call.unit, order.street) && answer.dueAt < reportIn.dueAt;
  const clocks = answers ? [reportIn, answer] : [reportIn];
  return { ...order, seq: order.seq + clocks.length, clocks: [...order.clocks, ...clocks] };
}

/** Calls every unit that is only named. */
export function summonAll(order: CoordinationOrder, setting: PowerSetting): Change {
  const named = order.units.filter((call) => call.state === 'named');
  let next = order;
  const also: Fact[] = [];
  for (const call of named) {
    const outcome = performCall(next, call, { action: 'summon', said: {} }, { ...setting, actor: theSystem });
    if (outcome.kind === 'refused') throw new Error(`a named unit cannot be summoned: ${outcome.code}`);
    next = outcome.order;
    also.push(...outcome.facts.map((each) => ({ ...each, actor: nameOf(setting.actor) })));
  }
  return { order: next, body: { units: named.map((call) => call.unit) }, also };
}

/** Nobody is left to wait for, so the street is asked, once, what came of it. */
export function askForOutcome(order: CoordinationOrder, setting: PowerSetting): Change {
  if (order.state !== 'issued' || order.outcomeAskedAt !== null) return { order };
  const asked = { ...order, outcomeAskedAt: setting.now };
  return { order: asked, also: [fact('outcome_asked', asked, setting, { street: order.street })] };
}

/** The units that an order lets go as it ends are told so, each by a fact of its own. */
export const letGo = (before: CoordinationOrder, after: CoordinationOrder, setting: PowerSetting): readonly Fact[] =>
  before.units.flatMap((call, i) => {
    const now = after.units[i];
    if (now?.state !== 'released' || call.state === 'released') return [];
    const body = { unit: call.unit, from: call.state, to: now.state, version: after.version };
    return [{ ...fact('call_release', after, setting, body), unit: call.unit }];
  });

/** A call that is over: the street let the unit go. */
export const released = (call: CalledUnit, reason: string, { now }: PowerSetting): CalledUnit => ({
  ...call,
  state: 'released',
  releasedAt: now,
  releaseReason: reason,
});

/** A fact of a coordination order; it is the street's, unless it is addressed to a unit it calls. */
export const fact = (
  type: string,
  { street }: CoordinationOrder,
  { now, actor }: PowerSetting,
  body: Fact['body'],
): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit: street,
  body,
});
