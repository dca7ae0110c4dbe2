import type { Approval } from './approval.ts';
import type { Role, Tier } from './city.ts';
import type { Clock } from './clocks.ts';
import type { FollowUp } from './follow-up.ts';
import type { Judgement } from './judgement.ts';
import type { Placement } from './placement.ts';
import type { Disposition, EmergencyService, RequestKind, RequestRef, Urgency, WorkOrderId } from './request.ts';
import type { Routing } from './routing.ts';
import type { Instant } from './time.ts';

/** States in which somebody still owes something. */
export const openStates = [
  'registered',
  'accepted',
  'dispatched',
  'signed',
  'handling',
  'suspended',
  'on_account',
  'submitted',
  'verifying',
  'following_up',
  'rework',
] as const;

/** States in which nobody does. Only `archived` is final. */
export const endStates = [
  'closed',
  'answered',
  'rejected',
  'merged',
  'referred',
  'terminated',
  'withdrawn',
  'void',
] as const;
export const states = [...openStates, ...endStates, 'archived'] as const;
export type State = (typeof states)[number];
export const isOpen = (state: State): boolean => (openStates as readonly State[]).includes(state);
export const isEnd = (state: State): boolean => (endStates as readonly State[]).includes(state);

/**
 * Who acts. `name` is the person behind a shared key. `unit` null is the city itself; `areas` null is everywhere.
 * `requests` are those a resident has proved to be theirs. `channels` are the only ones it may bring requests in by;
 * null or absent: any.
 */
export type Actor = Readonly<{
  client: string;
  /** What all keys of the client are called: one that replaces another is the same client. */
  clientName?: string;
  name: string;
  roles: readonly Role[];
  unit: string | null;
  areas: readonly string[] | null;
  requests: readonly string[];
  channels?: readonly string[] | null;
  /** Who holds the post this person stands in at (AB岗). */
  as?: string | undefined;
  system: boolean;
}>;

/** Whom an actor acts through, whichever of its keys. Names are only said; this is known. */
export const clientOf = ({ client, clientName }: Pick<Actor, 'client' | 'clientName'>): string => clientName ?? client;

/** Time itself, a rule, or the directory: everything that happens without a person. */
export const theSystem: Actor = {
  client: 'system',
  name: 'system',
  roles: [],
  unit: null,
  areas: null,
  requests: [],
  system: true,
};

/** A resident, by what proves these requests to be the resident's own: number and code, or a link. */
export const theResident = (...requests: readonly string[]): Actor => ({
  client: 'resident',
  name: 'resident',
  roles: [],
  unit: null,
  areas: [],
  requests,
  system: false,
});

/** An entry of the ledger of who was responsible when, and why (承办). At most one `lead` has no end. */
export type Assignment = Readonly<{
  seq: number;
  role: 'lead';
  unit: string;
  cause:
    | 'registered'
    | 'dispatched'
    | 'redispatched'
    | 'passed_down'
    | 'returned'
    | 'designated'
    | 'handed_over'
    | 'self_handled'
    | 'revived';
  basis: string;
  from: Instant;
  to: Instant | null;
}>;

/** Another unit that helps with a deadline of its own (协办). */
export type Assist = Readonly<{
  seq: number;
  id: string;
  unit: string;
  task: string;
  from: Instant;
  dueAt: Instant;
  completedAt: Instant | null;
  result: string | null;
}>;

/** The owner gives the work to somebody of its own, with an earlier inner limit (内部派办). The owner stays. */
export type InnerAssignment = Readonly<{
  seq: number;
  to: string;
  task: string;
  at: Instant;
  dueAt: Instant | null;
  by: string;
}>;

/** Somebody who keeps seeing the order: the finder of what another unit manages, a property company's supervisor. */
export type Watcher = Readonly<{ seq: number; unit: string | null; actor: string | null; why: string; since: Instant }>;

/** A unit's talk with the resident. It is contact, never follow-up. */
export type Contact = Readonly<{
  seq: number;
  unit: string;
  actor: string;
  at: Instant;
  loggedAt: Instant;
  how: string;
  whom: string;
  outcome: ContactOutcome;
}>;
export const contactOutcomes = ['reached', 'no_answer', 'refused', 'not_applicable'] as const;
export type ContactOutcome = (typeof contactOutcomes)[number];

/** A remark on the order. `public` ones are shown to the resident. */
export type Note = Readonly<{
  seq: number;
  actor: string;
  unit: string | null;
  at: Instant;
  text: string;
  public: boolean;
  mark: NoteMark | null;
  request: string | null;
}>;
export const noteMarks = ['site_visit', 'make_safe', 'progress'] as const;
export type NoteMark = (typeof noteMarks)[number];

/** What shows that the work was done: a note, or an attachment, before or after. */
export type Evidence = Readonly<{
  attachmentId?: string | undefined;
  stage?: 'before' | 'after' | undefined;
  text?: string | undefined;
}>;
export const outcomes = ['solved', 'partly', 'explained', 'cannot'] as const;
export type Outcome = (typeof outcomes)[number];

/** What the owner hands in. `passed` is filled by verification; the submission that passed is the one in time or late. */
export type Submission = Readonly<{
  seq: number;
  unit: string;
  actor: string;
  at: Instant;
  result: Outcome;
  text: string;
  evidence: readonly Evidence[];
  requesterTold: boolean;
  /** In time is judged by this against the resolve clock. */
  resolveDueAt: Instant | null;
}>;

/** Who must look whether it is really done; never anyone of the owner's. */
export type Verifier = Readonly<{
  party: 'finder' | 'grid_worker' | 'street' | 'district' | 'inspector';
  unit: string | null;
  actor: string | null;
  client?: string | undefined;
}>;

/** Somebody who is a party to the case, and therefore barred from it (回避). `unit` null: wherever that name appears. */
export type Recusal = Readonly<{
  seq: number;
  name: string;
  unit: string | null;
  reason: string;
  by: string;
  at: Instant;
}>;

/** A work order (工单) with everything that belongs to it. A decision takes one and gives the next one. */
export type WorkOrder = Readonly<{
  id: WorkOrderId;
  number: string;
  version: number;
  state: State;
  title: string;
  kind: RequestKind;
  category: string | null;
  urgency: Urgency;
  tier: Tier;
  disposition: Disposition;
  diversion: Readonly<{ service: EmergencyService; receipt: string | null }> | null;
  placement: Placement;
  routing: Routing;
  /** The one responsible unit (责任主体唯一). */
  owner: string;
  designated: boolean;
  problem: boolean;
  /** Distinct units that led the matter by dispatch, in order; passing down is not counted. */
  leads: readonly string[];
  returns: number;
  reworks: number;
  /** Rejection by "not fixed" alone is believed once. */
  reopened: boolean;
  clerk: string | null;
  signedLate: boolean;
  signedAt: Instant | null;
  finder: Readonly<{ actor: string; unit: string | null; client?: string | undefined }> | null;
  verifier: Verifier | null;
  unverified: boolean;
  confidential: boolean;
  reminders: number;
  splitFrom: string | null;
  mergedInto: string | null;
  /** How it ended; in the archive `was` says in which state. */
  ending: Readonly<
    Partial<Record<'class' | 'text' | 'to' | 'articleId' | 'noticeId' | 'reason' | 'was', string | undefined>>
  > | null;
  receivedAt: Instant;
  registeredAt: Instant;
  dispatchedAt: Instant | null;
  endedAt: Instant | null;
  /** The last number given to a part of this order. */
  seq: number;
  requests: readonly RequestRef[];
  assignments: readonly Assignment[];
  clocks: readonly OrderClock[];
  approvals: readonly Approval[];
  assists: readonly Assist[];
  innerAssignments: readonly InnerAssignment[];
  watchers: readonly Watcher[];
  contacts: readonly Contact[];
  notes: readonly Note[];
  submissions: readonly Submission[];
  followUps: readonly FollowUp[];
  judgements: readonly Judgement[];
  recusals: readonly Recusal[];
  /** Units that a coordination order about it holds now; read with the order, never written by it. */
  called: readonly string[];
  /** Whether somebody has a lease of it now; read with the order, never written by it. */
  claimed: boolean;
  /** The incident it leads, open or ended; read with the order too. Those who joined stand aside of `requests`. */
  incident: string | null;
}>;

/** Whether the order stands in its unit's queue: dispatched, sent back, or signed by timeout without a clerk. */
export const isClaimable = ({ state, clerk }: Pick<WorkOrder, 'state' | 'clerk'>): boolean =>
  state === 'dispatched' || state === 'rework' || (state === 'signed' && clerk === null);

/** A clock on an order. `about` is the approval or assist it belongs to, null for the order's own. */
export type OrderClock = Clock & Readonly<{ about: string | null }>;

/** Something that became true of an order; history and outbox at once. */
export type Fact = Readonly<{
  type: string;
  at: Instant;
  /** `as`: whose post it is, where a stand-in acts (AB岗). */
  actor: Readonly<{ client: string; name: string; unit: string | null; as?: string }>;
  unit: string | null;
  body: Readonly<Record<string, unknown>>;
}>;

/** The state an order ended in, whether or not it has gone to the archive since; null while it is open. */
export function endedAs({ state, ending }: Pick<WorkOrder, 'state' | 'ending'>): State | null {
  if (state !== 'archived') return isEnd(state) ? state : null;
  return endStates.find((each) => each === ending?.was) ?? 'archived';
}

/** The resident can be reached by somebody: a unit may do so only where the order is not confidential. */
export const isReachable = (order: WorkOrder): boolean =>
  order.requests.some((r) => r.withdrawnAt === null && r.reachable);

/**
 * The id of the part of an order with this number, derived from the order's own, so that deciding needs no die.
 * Two orders share one only if 90 of their random bits agree.
 */
export const partId = (order: string, seq: number): string => {
  const tail = (Number.parseInt(order.slice(-8), 16) + seq * 0x9e37_79b1) % 0x1_0000_0000;
  return order.slice(0, -8) + (tail < 0 ? tail + 0x1_0000_0000 : tail).toString(16).padStart(8, '0');
};
