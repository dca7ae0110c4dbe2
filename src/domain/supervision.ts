import type { City } from './city.ts';
import type { PowerSetting, Signature } from './coordination.ts';
import { unitRoles } from './parties.ts';
import { holderAt, speaksFor, wields } from './powers.ts';
import type { RefusalCode } from './refusal.ts';
import type { Table } from './table.ts';
import { dateOf, type Instant } from './time.ts';
import { type Actor, isOpen, type OrderClock, type WorkOrder } from './work-order.ts';

/** How hard a unit is pressed, each grade harder than the one before (日常督办、挂牌督办、通报、约谈、问责线索). */
export const supervisionGrades = ['daily', 'listed', 'circular', 'interview', 'referral'] as const;
export type SupervisionGrade = (typeof supervisionGrades)[number];

export const supervisionStates = ['issued', 'replied', 'accepted', 'withdrawn'] as const;
export type SupervisionState = (typeof supervisionStates)[number];

/** Position among the grades: greater is harder. */
export const gradeRank = (grade: SupervisionGrade): number => supervisionGrades.indexOf(grade);

/** The grade above; the last one stays. */
export const nextGrade = (grade: SupervisionGrade): SupervisionGrade =>
  supervisionGrades[gradeRank(grade) + 1] ?? grade;

/** A written answer of the unit, and what the supervisor made of it. */
export type SupervisionReply = Readonly<{
  seq: number;
  id: string;
  text: string;
  actor: string;
  at: Instant;
  inTime: boolean;
  verdict: 'accepted' | 'refused' | null;
  reason: string | null;
  decidedAt: Instant | null;
}>;

/** What made a rule supervise: the rung of the ladder, and what its clock was about. */
export type SupervisionCause = Readonly<{ rung: string; policy: string; about: 'order' | 'assist' | 'coordination' }>;

/**
 * A supervision order (督办单): against one unit, on one or more work orders. `by` is the unit whose word it is now; it
 * rises by a level with every grade that time brings. `gatherKey` is that of automatic ones: one per unit and day.
 */
export type SupervisionOrder = Readonly<{
  id: string;
  number: string;
  version: number;
  unit: string;
  workOrderIds: readonly string[];
  leftWorkOrderIds: readonly string[];
  grade: SupervisionGrade;
  demand: string;
  state: SupervisionState;
  by: string;
  issuedBy: Signature;
  automatic: boolean;
  causes: readonly SupervisionCause[];
  gatherKey: string | null;
  replyBy: Instant;
  replies: readonly SupervisionReply[];
  escalations: readonly Readonly<{ at: Instant; from: SupervisionGrade; to: SupervisionGrade; by: string }>[];
  clocks: readonly OrderClock[];
  endedAt: Instant | null;
  /** The last number given to a part of this order. */
  seq: number;
}>;

/** What a decision needs to know of a work order: who answers for it, where it is, who is late or called beside. */
export type SupervisedOrder = Readonly<{
  id: string;
  open: boolean;
  owner: string;
  path: readonly string[];
  /** Units whose assist is overdue: those are supervised, not the owner. */
  overdueAssists: readonly string[];
  /** Units called about it by a coordination order and not released. */
  called: readonly string[];
}>;

/** A work order as its supervision sees it. */
export const supervised = (
  { id, state, owner, placement, assists }: Pick<WorkOrder, 'id' | 'state' | 'owner' | 'placement' | 'assists'>,
  now: Instant,
  called: readonly string[] = [],
): SupervisedOrder => ({
  id,
  open: isOpen(state),
  owner,
  path: placement.path.map((step) => step.code),
  overdueAssists: assists.filter((a) => a.completedAt === null && a.dueAt < now).map((a) => a.unit),
  called,
});

/** One automatic supervision order per unit and day carries all that fell due on it. */
export const gatherKeyOf = (unit: string, now: Instant): string => `${unit} ${dateOf(now)}`;

/** Whether it stands on top of its unit's queue: until it is answered. */
export const isPressing = ({ state }: Pick<SupervisionOrder, 'state'>): boolean => state === 'issued';

export type SupervisionParty = 'supervisor' | 'unit' | 'system';

/** What comes with each action on a supervision order. */
export type SupervisionSaid = {
  reply: { text: string };
  accept: { reason?: string | undefined };
  refuse: { reason: string; replyBy?: Instant | undefined };
  escalate: object;
  gather: { workOrderIds: readonly string[]; grade: SupervisionGrade; by: string; cause: SupervisionCause };
  leave: { workOrderId: string; state: string };
};
export type SupervisionAction = keyof SupervisionSaid;
export type SupervisionObstacle = Extract<RefusalCode, 'reply-missing' | 'reason-missing' | 'in-the-past'>;

/** The whole life of a supervision order. */
// biome-ignore format: one row per line, read by column
export const supervisionLife = {
  reply:    { from: ['issued'],            by: ['unit'],       to: 'replied',                  stops: ['supervision_reply'],  unless: ['reply-missing'] },
  accept:   { from: ['replied'],           by: ['supervisor'], to: 'accepted' },
  refuse:   { from: ['replied'],           by: ['supervisor'], to: 'issued',                   starts: ['supervision_reply'], unless: ['reason-missing', 'in-the-past'] },
  escalate: { from: ['issued'],            by: ['system'],     to: 'unchanged',                stops: ['supervision_reply'],  starts: ['supervision_reply'] },
  gather:   { from: ['issued'],            by: ['system'],     to: 'unchanged' },
  leave:    { from: ['issued', 'replied'], by: ['system'],     to: ['unchanged', 'withdrawn'] },
} as const satisfies Table<SupervisionAction, SupervisionState, SupervisionParty, SupervisionObstacle>;

/** What an actor is to a supervision order: who speaks for the unit whose word it is, or of the unit that must answer. */
export function supervisionParties(
  actor: Actor,
  { by, unit }: Pick<SupervisionOrder, 'by' | 'unit'>,
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): ReadonlySet<SupervisionParty> {
  const found = new Set<SupervisionParty>();
  if (actor.system) return found.add('system');
  if (actor.unit === unit && unitRoles.some((role) => actor.roles.includes(role))) found.add('unit');
  const speaks =
    speaksFor(actor, by) || wields(actor, by, 'supervision', setting) || speaksForHotline(actor, by, setting.city);
  if (speaks && actor.unit !== unit) found.add('supervisor');
  return found;
}

/** The hotline centre speaks through its shift leaders too. */
export const speaksForHotline = (actor: Actor, unit: string, city: City): boolean =>
  city.units.get(unit)?.kind === 'hotline_centre' &&
  actor.unit === unit &&
  (['shift_leader', 'centre_leader', 'supervisor'] as const).some((role) => actor.roles.includes(role));

/** Whether a unit holds the supervision power at the place of every one of these orders. */
export const isStreetOfAll = (
  unit: string,
  orders: readonly SupervisedOrder[],
  setting: Pick<PowerSetting, 'city' | 'powers'>,
): boolean => orders.every((order) => holderAt(order.path, 'supervision', setting)?.code === unit);
