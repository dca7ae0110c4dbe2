import { deadline } from './calendar.ts';
import { type City, isUnder, type Unit } from './city.ts';
import { ruleFor } from './clock-rules.ts';
import type { Said } from './commands.ts';
import { consequenceOf, judgementOf } from './judgement.ts';
import { isMutualHelp } from './mutual-help.ts';
import { clockOf, hoursOf } from './order-clocks.ts';
import { readinessOf } from './readiness.ts';
import type { RefusalCode } from './refusal.ts';
import { isUrgent } from './request.ts';
import { admits, isGuarded, unitOfLevel } from './routing.ts';
import { addDays, atLocal, dateOf, type Instant } from './time.ts';
import { type Actor, isReachable, type WorkOrder } from './work-order.ts';

/** Everything a decision may look at beside the order itself. */
export type Setting = Readonly<{ city: City; now: Instant; actor: Actor }>;

/** What was said, seen from a row that does not care which action it is. */
export type Words = Readonly<Partial<Said[keyof Said]>> & Readonly<Record<string, unknown>>;
type Stands = (order: WorkOrder, said: Words, setting: Setting) => boolean;

const text = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const named = (order: WorkOrder, said: Words): string | null =>
  text(said.unit) ? (said.unit as string) : order.routing.unit;
const evidenceOf = (said: Words) =>
  (said.evidence ?? []) as readonly { attachmentId?: string; stage?: string; text?: string }[];

/** What can stand in the way of a row of the lifecycle. Named as the refusal it leads to. */
export const obstacles = {
  'reason-missing': (_order, said) => said.passed !== true && !text(said.reason),
  'basis-missing': (order, said) => named(order, said) !== order.routing.unit && !text(said.basis),
  'answer-missing': (_order, said) => !text(said.text) && !text(said.articleId),
  'category-unknown': (_order, said, { city }) => text(said.category) && !city.categories.has(said.category as string),
  'category-not-leaf': (_order, said, { city }) =>
    text(said.category) && city.categories.get(said.category as string)?.leaf !== true,
  'category-missing': (order) => order.category === null,
  'already-placed': (order) => order.placement.status === 'placed',
  'directory-undecided': (order, said) => named(order, said) === null,
  'unit-unknown': (order, said, { city }) => !city.units.has(named(order, said) ?? ''),
  // A unit begins with its duties, its people and its hours together (四同步), or it is given nothing.
  'unit-not-ready': (order, said, { city, actor }) => {
    const unit = city.units.get(target(order, said, actor, city));
    return unit !== undefined && !readinessOf(city, unit).ready;
  },
  'same-unit': (order, said) => named(order, said) === order.owner,
  // A community never owns an administrative act (行政行为), whoever says so.
  'administrative-act': (order, said, { city, actor }) =>
    category(order, city)?.administrativeAct === true &&
    city.units.get(target(order, said, actor, city))?.kind === 'community',
  'off-duty-list': (order, said, setting) => {
    const unit = pushedTo(order, said, setting);
    return unit !== undefined && order.category !== null && admits(setting.city, unit, order.category).refused;
  },
  // Bureaus assess neither streets nor communities: what is to be assessed comes from the district or not at all.
  'assessment-task': (order, said, setting) =>
    category(order, setting.city)?.assessment === true &&
    isGuarded(pushedTo(order, said, setting)) &&
    setting.city.units.get(setting.actor.unit ?? '')?.kind !== 'district',
  'not-subordinate': (order, said, { city }) => {
    const unit = city.units.get(String(said.unit));
    if (unit === undefined || unit.code === order.owner) return true;
    const stationed = city.units.get(order.owner)?.kind === 'street';
    if (unit.parent !== order.owner) return true;
    return stationed ? unit.kind !== 'stationed' : unit.kind !== 'street' && unit.kind !== 'department';
  },
  'pass-down-late': (order, _said, { city, now }) =>
    order.dispatchedAt !== null &&
    now >
      deadline({
        ...ruleFor(city.clockRules, 'pass_down'),
        start: order.dispatchedAt,
        calendar: city.calendar,
        hours: hoursOf(city, order.owner),
      }).dueAt,
  'signed-by-a-clerk': (order) => order.state === 'signed' && order.clerk !== null,
  'urgent-never': (order) => isUrgent(order.urgency),
  'photos-missing': (_order, said) =>
    !['before', 'after'].every((stage) => evidenceOf(said).some((e) => text(e.attachmentId) && e.stage === stage)),
  'evidence-missing': (_order, said) =>
    (said.result === 'solved' || said.result === 'partly') &&
    !evidenceOf(said).some((e) => text(e.attachmentId) || text(e.text)),
  'requester-not-told': (order, said) => isReachable(order) && said.requesterTold !== true,
  'leader-signature-missing': (order, _said, { city, actor }) =>
    city.units.get(order.owner)?.leaderSigns === true && !actor.roles.includes('unit_leader'),
  // A confidential requester is reached through the hotline, so the unit itself has nobody to call.
  'contact-not-applicable': (order, said) =>
    said.outcome === 'not_applicable' && isReachable(order) && !order.confidential,
  'in-the-future': (_order, said, { now }) => typeof said.at === 'number' && said.at > now,
  'in-the-past': (_order, said, { now }) => typeof said.dueAt === 'number' && said.dueAt <= now,
  // What was promised binds: a new promise can only be earlier.
  'not-earlier': (order, said) =>
    typeof said.dueAt === 'number' &&
    said.dueAt >= Math.min(limitOf(order), clockOf(order, 'promise')?.dueAt ?? Number.POSITIVE_INFINITY),
  'later-than-the-limit': (order, said) => typeof said.dueAt === 'number' && said.dueAt >= limitOf(order),
  // Given to a unit that is to look at the result, inner work would keep it from looking.
  'not-of-the-unit': (order, said, { city }) => {
    const to = String(said.to);
    return city.units.has(to) && !isUnder(city, to, order.owner);
  },
  'requester-window': (order, _said, { actor, now }) =>
    actor.requests.length > 0 && order.endedAt !== null && now > fifteenDaysAfter(order.endedAt),
  'reopened-before': (order, said, { actor }) => actor.requests.length > 0 && order.reopened && !text(said.reason),
  // A resident withdraws what they asked themselves, never what a neighbour did.
  'request-unknown': (order, said, { actor }) =>
    !order.requests.some((r) => r.id === said.requestId) ||
    (actor.requests.length > 0 && !actor.requests.includes(String(said.requestId))),
  'withdrawn-already': (order, said) => order.requests.some((r) => r.id === said.requestId && r.withdrawnAt !== null),
  'answers-awaited': (order) => ['wait', 'judge'].includes(consequenceOf(order).what),
  'judged-already': (order) => judgementOf(order) !== undefined,
  // What thousands were told is handled there is not made to vanish from under them.
  'leads-incident': (order) => order.incident !== null,
  'too-early': (order, _said, { now }) =>
    order.endedAt === null ||
    now < thirtyDaysAfter(order.endedAt) ||
    order.approvals.some((a) => a.state === 'pending') ||
    order.judgements.some((j) => j.state === 'open'),
} as const satisfies Partial<Record<RefusalCode, Stands>>;

export type Obstacle = keyof typeof obstacles;

const category = (order: WorkOrder, city: City) =>
  order.category === null ? undefined : city.categories.get(order.category);

/** The unit an action would make responsible: the one named, the directory's, or the actor's own when it handles itself. */
export const target = (order: WorkOrder, said: Words, actor: Actor, city: City): string =>
  'evidence' in said ? selfHandler(order, actor, city) : (named(order, said) ?? '');

/** The unit that would be given the matter, or be asked to assist other than as neighbours help one another. */
function pushedTo(order: WorkOrder, said: Words, setting: Setting): Unit | undefined {
  const unit = setting.city.units.get(target(order, said, setting.actor, setting.city));
  return unit !== undefined && 'task' in said && isMutualHelp(order, unit, setting) ? undefined : unit;
}

/** The community of the place answers for what is handled on the spot; the actor's own unit where there is none. */
export const selfHandler = (order: WorkOrder, actor: Actor, city: City): string =>
  unitOfLevel(
    city,
    'community',
    order.placement.path.map((step) => step.code),
  )?.code ??
  actor.unit ??
  order.owner;

const limitOf = (order: WorkOrder): Instant =>
  (clockOf(order, 'rework')?.dueAt ?? clockOf(order, 'resolve')?.dueAt ?? Number.POSITIVE_INFINITY) as Instant;

/** The last second of the fifteenth day: how long a requester may reopen or object. */
export const fifteenDaysAfter = (end: Instant): Instant => atLocal(addDays(dateOf(end), 15), '23:59:59');

/** When an ended order may go to the archive. */
export const thirtyDaysAfter = (end: Instant): Instant => atLocal(addDays(dateOf(end), 30), '23:59:59');
