import { isUnder, superiors } from './city.ts';
import { ruleFor, ruleUntil, startClock } from './clocks.ts';
import type { PowerSetting } from './coordination.ts';
import { nameOf } from './decide.ts';
import { endClock, timetableOf } from './order-clocks.ts';
import { speaksFor, wields } from './powers.ts';
import { type Refusal, refuse } from './refusal.ts';
import {
  gatherKeyOf,
  gradeRank,
  isStreetOfAll,
  nextGrade,
  type SupervisedOrder,
  type SupervisionAction,
  type SupervisionCause,
  type SupervisionGrade,
  type SupervisionObstacle,
  type SupervisionOrder,
  type SupervisionSaid,
  type SupervisionState,
  speaksForHotline,
  supervisionLife,
  supervisionParties,
} from './supervision.ts';
import { allowedIn, arrive, notAllowed, type TableRow } from './table.ts';
import type { Instant } from './time.ts';
import { type Fact, partId } from './work-order.ts';

/** The next supervision order, and what became true on the way. */
export type SupervisionDecision = Readonly<{ kind: 'decided'; order: SupervisionOrder; facts: readonly Fact[] }>;

/** One thing to do to a supervision order, with what was said. */
export type SupervisionCommand = {
  [A in SupervisionAction]: Readonly<{ action: A; said: SupervisionSaid[A] }>;
}[SupervisionAction];

/** What a person demands of a unit. */
export type SupervisionDemand = Readonly<{
  unit: string;
  orders: readonly SupervisedOrder[];
  grade: SupervisionGrade;
  demand: string;
  replyBy?: Instant | undefined;
}>;

type Names = Readonly<{ id: string; number: string }>;

/**
 * A person supervises a unit on orders it answers for: as owner, as an assist that is late, or as a unit called. The
 * rule: from above the unit, as the street of the place, or as the hotline centre; never on an order of one's own.
 */
export function issueSupervision(
  { unit, orders, grade, demand, replyBy }: SupervisionDemand,
  names: Names,
  setting: PowerSetting,
): SupervisionDecision | Refusal {
  const { actor, city, now } = setting;
  const by = actor.unit;
  if (!city.units.has(unit)) return refuse('unit-unknown', { units: [unit] });
  if (orders.length === 0) return refuse('work-orders-missing');
  if (by === null || !mayDemand(unit, orders, setting)) return refuse('not-the-supervisor', { unit });
  const own = orders.filter((order) => order.owner === by);
  if (by === unit || own.length > 0) return refuse('own-order', { workOrders: own.map(({ id }) => id) });
  const ended = orders.filter((order) => !order.open);
  if (ended.length > 0) return refuse('work-order-ended', { workOrders: ended.map(({ id }) => id) });
  const strange = orders.filter((order) => !answers(unit, order));
  if (strange.length > 0) return refuse('not-answerable', { unit, workOrders: strange.map(({ id }) => id) });
  if (demand.trim() === '') return refuse('demand-missing');
  if (replyBy !== undefined && replyBy <= now) return refuse('in-the-past');
  const ids = orders.map(({ id }) => id);
  return begun({ unit, by, grade, demand, workOrderIds: ids, causes: [], automatic: false }, names, setting, replyBy);
}

const answers = (unit: string, { owner, overdueAssists, called }: SupervisedOrder): boolean =>
  owner === unit || overdueAssists.includes(unit) || called.includes(unit);

function mayDemand(unit: string, orders: readonly SupervisedOrder[], setting: PowerSetting): boolean {
  const { actor, city } = setting;
  const by = actor.unit;
  if (by === null) return false;
  if (speaksForHotline(actor, by, city)) return true;
  if (speaksFor(actor, by) && isUnder(city, unit, by)) return true;
  return wields(actor, by, 'supervision', setting) && isStreetOfAll(by, orders, setting);
}

/** What a rule demands of a unit: the answer of the ladder to a silence or a limit passed. */
export type SupervisionByRule = Readonly<{
  unit: string;
  by: string;
  grade: SupervisionGrade;
  workOrderIds: readonly string[];
  cause: SupervisionCause;
}>;

/**
 * A rule supervises a unit. All that falls on one unit on one day goes into one order: `gathered` is that day's, found
 * by `gatherKeyOf`, or null. Nothing happens where it carries these work orders at that grade already.
 */
export function superviseByRule(
  said: SupervisionByRule,
  gathered: SupervisionOrder | null,
  names: Names,
  setting: PowerSetting,
): SupervisionDecision | Refusal {
  const { unit, by, grade, workOrderIds, cause } = said;
  if (gathered === null || gathered.state !== 'issued') {
    const of = { unit, by, grade, workOrderIds, causes: [cause], automatic: true, demand: `rule:${cause.rung}` };
    return begun(of, names, setting);
  }
  const carried = workOrderIds.every((id) => gathered.workOrderIds.includes(id));
  const isSaid =
    gradeRank(grade) <= gradeRank(gathered.grade) && commonSupervisor(gathered, by, setting) === gathered.by;
  if (carried && isSaid) return { kind: 'decided', order: gathered, facts: [] };
  return decideSupervision(gathered, { action: 'gather', said: { workOrderIds, grade, by, cause } }, setting);
}

/** What happens if this reaches the order now. Pure, like `decide`. */
export function decideSupervision(
  order: SupervisionOrder,
  { action, said }: SupervisionCommand,
  setting: PowerSetting,
): SupervisionDecision | Refusal {
  const row: TableRow<SupervisionState, string, SupervisionObstacle> = supervisionLife[action];
  const no = notAllowed(supervisionLife, action, order.state, supervisionParties(setting.actor, order, setting));
  const stands = no === null && row.unless?.find((code) => obstacles[code](said, setting));
  if (no || stands) return no ?? refuse(stands as SupervisionObstacle);

  const effect = effects[action] as (order: SupervisionOrder, said: unknown, setting: PowerSetting) => Change;
  const stopped =
    row.stops === undefined ? order : { ...order, clocks: order.clocks.map((c) => endClock(c, setting, action)) };
  const change = effect({ ...stopped, version: order.version + 1 }, said, setting);
  const state = arrive(row, order.state, change.to);
  const ended = state === 'accepted' || state === 'withdrawn';
  const clocks = ended ? change.order.clocks.map((c) => endClock(c, setting, action)) : change.order.clocks;
  const moved = { ...change.order, clocks, state, endedAt: ended ? setting.now : null };
  const next = row.starts === undefined ? moved : withReplyClock(moved, setting, change.replyBy);
  const body = { ...change.body, grade: next.grade, from: order.state, to: state, version: next.version };
  return { kind: 'decided', order: next, facts: [fact(`supervision_${action}`, next, setting, body)] };
}

/** What the actor may do to the order now, whatever then stands in the way of it. */
export const allowedOnSupervision = (order: SupervisionOrder, setting: PowerSetting): readonly SupervisionAction[] =>
  allowedIn(supervisionLife, order.state, supervisionParties(setting.actor, order, setting));

type Change = Readonly<{
  order: SupervisionOrder;
  to?: SupervisionState;
  replyBy?: Instant | undefined;
  body?: Fact['body'];
}>;

const obstacles: Readonly<Record<SupervisionObstacle, (said: object, setting: PowerSetting) => boolean>> = {
  'reply-missing': (said) => !('text' in said && typeof said.text === 'string' && said.text.trim() !== ''),
  'reason-missing': (said) => !('reason' in said && typeof said.reason === 'string' && said.reason.trim() !== ''),
  'in-the-past': (said, { now }) => 'replyBy' in said && typeof said.replyBy === 'number' && said.replyBy <= now,
};

const effects: {
  [A in SupervisionAction]: (order: SupervisionOrder, said: SupervisionSaid[A], setting: PowerSetting) => Change;
} = {
  reply: (order, { text }, { actor, now }) => {
    const seq = order.seq + 1;
    const inTime = now <= order.replyBy;
    const reply = { seq, id: partId(order.id, seq), text, actor: actor.name, at: now, inTime };
    const replies = [...order.replies, { ...reply, verdict: null, reason: null, decidedAt: null }];
    return { order: { ...order, seq, replies }, body: { inTime } };
  },
  accept: (order, { reason }, setting) => ({ order: judged(order, 'accepted', reason ?? null, setting) }),
  refuse: (order, { reason, replyBy }, setting) => ({ order: judged(order, 'refused', reason, setting), replyBy }),
  escalate: (order, _said, { city, now }) => {
    const to = nextGrade(order.grade);
    const by = superiors(city, order.by).find((above) => above !== order.unit) ?? order.by;
    const escalations = [...order.escalations, { at: now, from: order.grade, to, by }];
    return {
      order: { ...order, grade: to, by, escalations },
      body: { was: order.grade, by, ...(to === order.grade ? { nothing: 'last-grade' } : {}) },
    };
  },
  gather: (order, { workOrderIds, grade, by, cause }, setting) => {
    const harder = gradeRank(grade) > gradeRank(order.grade) ? grade : order.grade;
    const added = workOrderIds.filter((id) => !order.workOrderIds.includes(id));
    return {
      order: {
        ...order,
        workOrderIds: [...order.workOrderIds, ...added],
        grade: harder,
        by: commonSupervisor(order, by, setting),
        causes: order.causes.some((known) => isSame(known, cause)) ? order.causes : [...order.causes, cause],
      },
      body: { workOrders: added, rung: cause.rung, policy: cause.policy },
    };
  },
  leave: (order, { workOrderId, state }) => {
    if (!order.workOrderIds.includes(workOrderId))
      return { order, body: { workOrder: workOrderId, nothing: 'not-on-it' } };
    const workOrderIds = order.workOrderIds.filter((id) => id !== workOrderId);
    const left = { ...order, workOrderIds, leftWorkOrderIds: [...order.leftWorkOrderIds, workOrderId] };
    const body = { workOrder: workOrderId, ended: state, left: workOrderIds.length };
    return workOrderIds.length === 0 ? { order: left, to: 'withdrawn', body } : { order: left, body };
  },
};

const isSame = (a: SupervisionCause, b: SupervisionCause): boolean =>
  a.rung === b.rung && a.policy === b.policy && a.about === b.about;

/** Orders of several streets gathered against one unit are the word of the level above them all. */
function commonSupervisor({ by, unit }: SupervisionOrder, other: string, { city }: PowerSetting): string {
  const chain = [by, ...superiors(city, by)];
  return chain.find((each) => each !== unit && isUnder(city, other, each)) ?? by;
}

function judged(
  order: SupervisionOrder,
  verdict: 'accepted' | 'refused',
  reason: string | null,
  { now }: PowerSetting,
): SupervisionOrder {
  const last = order.replies.at(-1);
  const replies = order.replies.map((r) => (r === last ? { ...r, verdict, reason, decidedAt: now } : r));
  return { ...order, replies };
}

type Beginning = Pick<SupervisionOrder, 'unit' | 'by' | 'grade' | 'demand' | 'workOrderIds' | 'causes' | 'automatic'>;

function begun(of: Beginning, names: Names, setting: PowerSetting, replyBy?: Instant): SupervisionDecision {
  const { actor, now } = setting;
  const bare: SupervisionOrder = {
    ...names,
    ...of,
    version: 1,
    leftWorkOrderIds: [],
    state: 'issued',
    issuedBy: { actor: nameOf(actor), at: now },
    gatherKey: of.automatic ? gatherKeyOf(of.unit, now) : null,
    replyBy: now,
    replies: [],
    escalations: [],
    clocks: [],
    endedAt: null,
    seq: 0,
  };
  const order = withReplyClock(bare, setting, replyBy);
  const { grade, by, workOrderIds, causes } = order;
  const why = causes[0] === undefined ? {} : { rung: causes[0].rung, policy: causes[0].policy };
  const body = { grade, by, workOrders: workOrderIds, to: 'issued', ...why };
  return { kind: 'decided', order, facts: [fact('supervision_issue', order, setting, body)] };
}

/** A date that was given holds; otherwise the grade says how long the unit has, in its own working days. */
function withReplyClock(order: SupervisionOrder, { city, now }: PowerSetting, replyBy?: Instant): SupervisionOrder {
  const seq = order.seq + 1;
  const rule =
    replyBy === undefined
      ? ruleFor(city.clockRules, 'supervision_reply', order.grade)
      : ruleUntil(now, replyBy, 'given');
  const timetable = timetableOf(city, order.unit);
  const clock = startClock({ seq, kind: 'supervision_reply', unit: order.unit, rule, at: now }, timetable);
  return { ...order, seq, replyBy: clock.dueAt, clocks: [...order.clocks, { ...clock, about: null }] };
}

const fact = (type: string, { unit }: SupervisionOrder, { now, actor }: PowerSetting, body: Fact['body']): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit,
  body,
});
