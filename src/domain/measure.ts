import { answersOf } from './measure-answers.ts';
import { contactedByLog, hopsOf, leadsOf, stintsOf } from './measure-stints.ts';
import { isAsked, isOwnFind, type WorkOrderId } from './request.ts';
import type { Instant } from './time.ts';
import { endedAs, type WorkOrder } from './work-order.ts';

/**
 * What an order is to the residents' rates: assessed, excluded (剔除), not accepted (不予受理), or not assessed for a
 * reason of its own. `former` is the order in the row of a unit that led it before the one that answers for it.
 */
export const standings = [
  'assessed',
  'excluded',
  'not_accepted',
  'merged',
  'void',
  'withdrawn',
  'referred',
  'terminated',
  'answered',
  'self_found',
  'not_asked',
  'former',
] as const;
export type Standing = (typeof standings)[number];

/**
 * What is known of an order beside itself: the channel it came by, whose requests are whose, and how many more stand
 * aside on it because they joined the incident it leads.
 */
export type Origin = Readonly<{ channel: string | null; requesterOf: ReadonlyMap<string, string>; aside: number }>;

/** By what rates are asked for. */
export type Dimensions = Readonly<{
  unit: string;
  /** The resident deadline: it says into which period the order falls. */
  dueAt: Instant;
  areaPath: readonly string[];
  street: string | null;
  community: string | null;
  grid: string | null;
  category: string | null;
  channel: string | null;
  standing: Standing;
}>;

/** What of an order is summed; whole numbers all of them. */
export const counted = [
  'orders',
  'requests',
  'incidents',
  'incidentRequests',
  'upperLevel',
  'firstContact',
  'ended',
  'dispatched',
  'hops',
  'contactedByWord',
  'contactedByLog',
  'silent',
  'reached',
  'notReached',
  'excluded',
  'solved',
  'verySatisfied',
  'satisfied',
  'basically',
  'dissatisfied',
  'veryDissatisfied',
  'firstSolved',
  'firstSatisfied',
  'firstBasically',
  'leads',
  'signedInTime',
  'signedLate',
  'submittedInTime',
  'submittedLate',
  'handedIn',
  'reworked',
  'returnsGranted',
  'returnsRefused',
  'extended',
  'onAccount',
  'passedOn',
  'dispatches',
  'misdispatches',
] as const;
export type Counts = Readonly<Record<(typeof counted)[number], number>>;

/** What one order counts for one unit. Limits that still run count as late once they have passed. */
export type Measure = Dimensions &
  Counts &
  Readonly<{ orderId: WorkOrderId; signBy: Instant | null; submitBy: Instant | null }>;

/**
 * What an order counts: a row for the unit that answers for it, with everything the residents' rates need, and one for
 * every unit that led it before, with what that did itself. Pure: the same order always counts the same.
 */
export function measureOf(order: WorkOrder, origin: Origin): readonly Measure[] {
  const { clocks, owner } = order;
  const due = clocks.findLast((c) => c.kind === 'resident');
  if (due === undefined) throw new Error(`order ${order.id} has no resident clock`);
  const standing = standingOf(order, origin);
  const former = new Set(leadsOf(order).map((a) => a.unit));
  former.delete(owner);
  const at = (level: string): string | null => order.placement.path.find((step) => step.level === level)?.code ?? null;
  const row = (unit: string, as: Standing, counts: Partial<Measure>): Measure => ({
    ...nothing,
    ...(isCounted(standing) ? stintsOf(order, unit) : {}),
    ...counts,
    orderId: order.id,
    unit,
    dueAt: due.dueAt,
    areaPath: order.placement.path.map((step) => step.code),
    street: at('street'),
    community: at('community'),
    grid: at('grid'),
    category: order.category,
    channel: origin.channel,
    standing: as,
  });
  return [
    row(owner, standing, answered(order, origin, standing)),
    ...[...former].toSorted().map((unit) => row(unit, 'former', {})),
  ];
}

/** Orders that are no matter of their own count as orders and as nothing else. */
const isCounted = (standing: Standing): boolean => !['merged', 'void', 'self_found'].includes(standing);

const nothing = {
  ...(Object.fromEntries(counted.map((name) => [name, 0])) as Counts),
  signBy: null,
  submitBy: null,
};

/** What counts once for an order, in the row of the unit that answers for it. */
function answered(order: WorkOrder, origin: Origin, standing: Standing): Partial<Counts> {
  const requests = order.requests.length + origin.aside;
  const isIncident = order.incident !== null;
  const once = { orders: 1, requests };
  if (!isCounted(standing)) return once;
  const end = endedAs(order);
  const { contacted, ...answers } = answersOf(order, origin.requesterOf);
  const isSilent = contacted === null && answers.notReached > 0;
  return {
    ...once,
    ...answers,
    incidents: isIncident ? 1 : 0,
    incidentRequests: isIncident ? requests : 0,
    upperLevel: origin.channel === 'upper_level' ? 1 : 0,
    firstContact: end === 'answered' ? 1 : 0,
    ended: end === 'closed' || end === 'answered' || end === 'terminated' ? 1 : 0,
    dispatched: leadsOf(order).length > 0 ? 1 : 0,
    hops: hopsOf(order),
    contactedByWord: contacted === true ? 1 : 0,
    // What the hotline answered itself it said to the resident.
    contactedByLog: isSilent && (end === 'answered' || contactedByLog(order, order.owner)) ? 1 : 0,
    silent: isSilent ? 1 : 0,
  };
}

/** How the order ended where that keeps it from being assessed. */
const unassessed: Readonly<Partial<Record<string, Standing>>> = {
  merged: 'merged',
  void: 'void',
  withdrawn: 'withdrawn',
  referred: 'referred',
  rejected: 'not_accepted',
};

function standingOf(order: WorkOrder, origin: Origin): Standing {
  const { channel } = origin;
  const end = endedAs(order);
  const because = unassessed[end ?? ''];
  if (because !== undefined) return because;
  if (isOwnFind(channel) && order.assignments.some(({ cause }) => cause === 'self_handled')) return 'self_found';
  if (order.followUps.some((f) => f.state === 'answered' || f.state === 'not_reached'))
    return isOut(order, origin) ? 'excluded' : 'assessed';
  // Nobody is, or will be, asked: no word of a resident can tell.
  if (end === 'answered' || end === 'terminated') return end;
  if (order.followUps.length > 0 || (end === null && (order.incident !== null || order.requests.some(isAsked))))
    return 'assessed';
  return 'not_asked';
}

/** Whether nothing is left of what residents said, and nobody is still to be heard. */
function isOut(order: WorkOrder, { requesterOf }: Origin): boolean {
  const { excluded, reached, notReached } = answersOf(order, requesterOf);
  return excluded > 0 && reached + notReached === 0 && !order.followUps.some((f) => f.state === 'open');
}
