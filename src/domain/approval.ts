import type { Role } from './city.ts';
import type { ExclusionClass } from './exclusion.ts';
import type { LateMark } from './late-mark.ts';
import type { Seat } from './panel.ts';
import type { Instant } from './time.ts';
import { endStates, openStates, type State, type WorkOrder } from './work-order.ts';

/** Kinds of approval (审批). Granting performs the transition; there is no second way to it. */
export const approvalKinds = [
  'return',
  'dispute',
  'extension',
  'suspension',
  'on_account',
  'hand_over',
  'termination',
  'rejection',
  'objection',
  'late_mark',
  'exclusion',
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** Causes for which handling may pause, decided outside the unit. */
export const suspensionCauses = [
  'waiting_for_requester',
  'legal_process',
  'force_majeure',
  'season_or_engineering',
] as const;

/** Classes of non-acceptance (不予受理). */
export const rejectionClasses = [
  'litigation_or_petition',
  'discipline',
  'secrets',
  'finally_answered',
  'no_facts',
  'unlawful',
  'outside_the_city',
] as const;

/** What each kind says beside its reason. `dueAt` and `until` are instants. */
export type ApprovalTerms = Readonly<{
  basis?: string | undefined;
  proposedUnit?: string | undefined;
  dueAt?: Instant | undefined;
  cause?: (typeof suspensionCauses)[number] | undefined;
  until?: Instant | undefined;
  plan?: string | undefined;
  unit?: string | undefined;
  power?: string | undefined;
  class?: (typeof rejectionClasses)[number] | ExclusionClass | undefined;
  explanation?: string | undefined;
  mark?: LateMark | undefined;
  /** The `seq` of the contested clock; worked out when it is asked. */
  clock?: number | undefined;
  assist?: string | undefined;
  evidence?: string | undefined;
  /** The answer that shall not count, and the judges who weigh it. */
  followUp?: string | undefined;
  judgement?: string | undefined;
  /** The exclusion an objection is against; without one it is against the end of the order. */
  against?: string | undefined;
}>;

/** What a drawn reviewer said of a claim. */
export type ReviewersOpinion = Readonly<{ granted: boolean; reason: string; actor: string; at: Instant }>;

/** Who decides: a role of the hotline, or a unit by its superior post. */
export type Decider = Readonly<{ role: Role | null; unit: string | null }>;

/** A request beside the order for something its asker may not do alone. Ends granted, refused, withdrawn or lapsed. */
export type Approval = Readonly<{
  seq: number;
  id: string;
  kind: ApprovalKind;
  terms: ApprovalTerms;
  reason: string;
  askedBy: string;
  askedByUnit: string | null;
  /** The client it was asked through; null where that is not known. */
  askedByClient?: string | null | undefined;
  askedAt: Instant;
  askedInState: State;
  decider: Decider;
  state: 'pending' | 'granted' | 'refused' | 'withdrawn' | 'lapsed';
  decidedBy: string | null;
  decidedAt: Instant | null;
  decisionReason: string | null;
  /** The lapsed approval this one takes further up. */
  succeeds: string | null;
  /** Those drawn to decide it; null or absent where nobody is drawn. */
  seats?: readonly Seat<ReviewersOpinion>[] | null | undefined;
}>;

/**
 * Whether the decision is an arbiter's, who designates: a dispute, and every return of the matter after the first. What
 * has lapsed keeps its nature: the first return stays one however far up it is decided.
 */
export function isArbitrated(approval: Approval, all: readonly Approval[]): boolean {
  if (approval.kind === 'dispute') return true;
  if (approval.kind !== 'return') return false;
  const first = all.find((a) => a.id === approval.succeeds);
  return first === undefined ? approval.decider.role !== 'dispatcher' : isArbitrated(first, all);
}

/** How many extensions the present owner has been granted: another unit's clock is another clock. */
export const extensions = ({ approvals, owner }: WorkOrder): number =>
  approvals.filter((a) => a.kind === 'extension' && a.state === 'granted' && a.askedByUnit === owner).length;

/** Where each kind may be asked, by which party of the order, and who decides it first. */
export const askable = {
  return: { from: ['dispatched', 'signed', 'handling'], by: ['owner'], decider: 'dispatcher', limit: 'four-hours' },
  dispute: {
    from: ['dispatched', 'signed', 'handling', 'rework', 'suspended', 'on_account'],
    by: ['owner'],
    decider: 'arbiter',
    limit: 'arbitration',
  },
  extension: { from: ['dispatched', 'signed', 'handling'], by: ['owner'], decider: 'shift_leader', limit: 'one-day' },
  suspension: { from: ['handling'], by: ['owner'], decider: 'dispatcher', limit: 'one-day' },
  on_account: { from: ['handling', 'on_account'], by: ['owner'], decider: 'superior', limit: 'one-day' },
  hand_over: { from: ['signed', 'handling'], by: ['owner'], decider: 'street', limit: 'one-day' },
  termination: {
    from: ['signed', 'handling', 'rework', 'suspended', 'on_account'],
    by: ['owner'],
    decider: 'shift_leader',
    limit: 'one-day',
  },
  rejection: { from: ['registered', 'accepted'], by: ['operator'], decider: 'shift_leader', limit: 'one-day' },
  objection: {
    from: ['closed', 'rejected', 'answered', 'terminated'],
    by: ['requester', 'operator'],
    decider: 'centre_leader',
    limit: 'one-day',
  },
  exclusion: { from: [...openStates, ...endStates], by: ['rated'], decider: 'inspector', limit: 'one-day' },
  late_mark: { from: [...openStates, ...endStates], by: ['answerable'], decider: 'shift_leader', limit: 'one-day' },
} as const satisfies Record<
  ApprovalKind,
  {
    from: readonly State[];
    by: readonly ('owner' | 'operator' | 'requester' | 'answerable' | 'rated')[];
    decider: string;
    limit: 'four-hours' | 'one-day' | 'arbitration';
  }
>;
