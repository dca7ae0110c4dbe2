import type { Change } from './change.ts';
import type { Said } from './commands.ts';
import { effects } from './effects.ts';
import { consequenceOf, judgementOf } from './judgement.ts';
import { climbCounts } from './ladder-counts.ts';
import { type Action, lifecycle, type Party, type Row } from './lifecycle.ts';
import { type Obstacle, obstacles, type Setting, target, type Words } from './obstacles.ts';
import { endClock, startClockOf } from './order-clocks.ts';
import { newlyOvertaken, withdrawImpossible } from './overtaken.ts';
import { partiesOf } from './parties.ts';
import { readinessOf } from './readiness.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import { admits, type RoutingReason } from './routing.ts';
import { allowedIn, arrive, endsOf, notAllowed, type Table } from './table.ts';
import { type Actor, type Fact, isEnd, type State, theSystem, type WorkOrder } from './work-order.ts';

/** One thing to do to an order, with what was said. */
export type Command = { [A in Action]: Readonly<{ action: A; said: Said[A] }> }[Action];

/** What the city decided: the next order, and what became true on the way. */
export type Decision = Readonly<{ kind: 'decided'; order: WorkOrder; facts: readonly Fact[] }>;

const table: Table<Action, State, Party, Obstacle> = lifecycle;

/** What happens if `command` reaches `order` now. Pure: same arguments, same answer. */
export function decide(order: WorkOrder, command: Command, setting: Setting): Decision | Refusal {
  const { action } = command;
  const parties = partiesOf(setting.actor, order, setting.city);
  return notAllowed(table, action, order.state, parties, notYours[action]) ?? perform(order, command, setting);
}

/** The same for what only the granting of an approval may do. */
export function decideGranted(order: WorkOrder, command: Command, setting: Setting): Decision | Refusal {
  const row: Row = lifecycle[command.action];
  if (!row.from.includes(order.state)) return wrongState(order, command.action, setting);
  if (!row.by.includes('approval')) throw new Error(`no approval performs ${command.action}`);
  return perform(order, command, setting);
}

/** What the actor may do to the order now, whatever then stands in the way of it. */
export function allowedActions(order: WorkOrder, { actor, city }: Pick<Setting, 'actor' | 'city'>): readonly Action[] {
  return allowedIn(table, order.state, partiesOf(actor, order, city));
}

/** Follows what happens by itself: accepting and dispatching where the directory decides, asking judges, concluding when nobody is left to ask. */
export function settle(decision: Decision, setting: Setting): Decision {
  const next = automatic(decision.order);
  if (next === null) return decision;
  const outcome = decide(decision.order, next, { ...setting, actor: theSystem });
  if (outcome.kind === 'decided') return settle({ ...outcome, facts: [...decision.facts, ...outcome.facts] }, setting);
  return { ...decision, order: { ...decision.order, routing: blocked(decision.order, outcome) } };
}

function automatic(order: WorkOrder): Command | null {
  if (order.state === 'registered' && order.disposition === 'auto' && order.category !== null)
    return { action: 'accept', said: {} };
  if (order.state === 'accepted' && order.disposition === 'auto' && order.routing.status === 'decided')
    return { action: 'dispatch', said: {} };
  // Judges asked about an order that had closed send it back as an inspector's finding does.
  if (order.state === 'closed' && judgementOf(order)?.finding === 'rework')
    return { action: 'reopen', said: { reason: 'judged' } };
  if (order.state !== 'following_up') return null;
  const next = consequenceOf(order);
  if (next.what === 'judge') return { action: 'judge', said: { cause: 'follow_up', followUps: next.followUps } };
  return next.what === 'wait' ? null : { action: 'conclude', said: {} };
}

const blockedBy: Partial<Record<RefusalCode, RoutingReason>> = {
  'administrative-act': 'administrative-act',
  'unit-unknown': 'no-unit-at-level',
  'unit-not-ready': 'unit-not-ready',
  'assessment-task': 'assessment-task',
};

/** The directory said a unit that the duty lists keep it from: left to a dispatcher, with the reason. */
const blocked = (order: WorkOrder, refusal: Refusal): WorkOrder['routing'] => ({
  ...order.routing,
  status: 'undecided',
  unit: null,
  reason: blockedBy[refusal.code] ?? 'off-duty-list',
  candidates: order.routing.unit === null ? [] : [{ unit: order.routing.unit, reason: refusal.code }],
});

function perform(order: WorkOrder, { action, said }: Command, setting: Setting): Decision | Refusal {
  const row: Row = lifecycle[action];
  const obstacle = row.unless?.find((code: Obstacle) => obstacles[code](order, said as Words, setting));
  if (obstacle) return refuse(obstacle, detailsOf(obstacle, order, said as Words, setting));

  const stopped = {
    ...order,
    clocks: order.clocks.map((c) => (row.stops?.includes(c.kind) ? endClock(c, setting, action) : c)),
  };
  const effect = effects[action] as ((order: WorkOrder, said: unknown, setting: Setting) => Change) | undefined;
  const change = effect?.(stopped, said, setting) ?? { order: stopped };
  const [usual] = endsOf(row, order.state);
  const state = arrive(row, order.state, change.to);

  const moved: WorkOrder = { ...change.order, state };
  const begins = usual === state || usual === 'unchanged' ? (row.starts ?? []) : [];
  const started = begins
    .filter((kind) => !change.order.clocks.some((c) => c.kind === kind && c.state !== 'stopped'))
    .reduce((o, kind) => startClockOf(o, kind, setting), moved);
  const ended = isEnd(state) && started.endedAt === null ? { ...started, endedAt: setting.now } : started;
  const changed = ended.state !== order.state || ended.owner !== order.owner;
  const counted = climbCounts(order, ended, setting);
  const next = withdrawImpossible({ ...counted.order, version: changed ? order.version + 1 : order.version }, setting);
  const stamp = { at: setting.now, actor: nameOf(setting.actor) };
  const fact: Fact = {
    ...stamp,
    type: action,
    unit: next.owner,
    body: { ...change.body, from: order.state, to: next.state, version: next.version },
  };
  const also = [...(change.also ?? []), ...newlyOvertaken(order, next), ...left(order, next, action, setting)];
  return { kind: 'decided', order: next, facts: [fact, ...counted.facts, ...also.map((f) => ({ ...stamp, ...f }))] };
}

/** The unit that is no longer responsible is told so: it may not even see the order any more. The hotline sees all. */
const left = (before: WorkOrder, after: WorkOrder, action: Action, { city }: Setting): NonNullable<Change['also']> =>
  before.owner === after.owner || city.units.get(before.owner)?.kind === 'hotline_centre'
    ? []
    : [{ type: 'left', unit: before.owner, body: { by: action, toUnit: after.owner } }];

/** The part of an actor that stays in the record. */
export const nameOf = ({ client, name, unit, as }: Actor): Fact['actor'] => ({
  client,
  name,
  unit,
  ...(as === undefined ? {} : { as }),
});

const notYours: Partial<Record<Action, RefusalCode>> = { verify: 'verifier-only', designate: 'not-superior' };

const wrongState = (order: WorkOrder, action: Action, setting: Setting): Refusal =>
  refuse('wrong-state', { state: order.state, action, allowedActions: allowedActions(order, setting) });

function detailsOf(code: Obstacle, order: WorkOrder, said: Words, { city, actor }: Setting): Refusal['details'] {
  const unit = city.units.get(target(order, said, actor, city));
  if (code === 'unit-not-ready' && unit) return { unit: unit.code, missing: readinessOf(city, unit).missing };
  if (code === 'assessment-task') return { unit: unit?.code, category: order.category };
  if (code !== 'off-duty-list' || order.category === null) return {};
  const admission = unit && admits(city, unit, order.category);
  return admission?.refused
    ? { unit: unit?.code, line: admission.line, text: admission.text, category: order.category }
    : {};
}
