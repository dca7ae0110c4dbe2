import { type City, isBelow } from './city.ts';
import type { Setting } from './obstacles.ts';
import { clockOf } from './order-clocks.ts';
import type { DraftPicture, PublishedPicture } from './publication-pictures.ts';
import type { Doubt } from './redaction-doubts.ts';
import type { MarkKind } from './redaction-finders.ts';
import type { RefusalCode } from './refusal.ts';
import type { RequestRef } from './request.ts';
import type { Table } from './table.ts';
import { earlier, type Instant, type LocalDate } from './time.ts';
import type { Actor, Evidence, Fact, OrderClock, Outcome, WorkOrder } from './work-order.ts';

/** The two boards: problems that are overdue or listed (晾问题), and the results that replace them (晒结果). */
export const boards = ['problem', 'result'] as const;
export type Board = (typeof boards)[number];

/** Why something is to be published; `chosen` is a publisher's own proposal. */
export const publicationCauses = ['overdue', 'listed', 'ended', 'chosen'] as const;
export type PublicationCause = (typeof publicationCauses)[number];

export const publicationStates = ['waiting', 'doubtful', 'held', 'published', 'replaced', 'withdrawn'] as const;
export type PublicationState = (typeof publicationStates)[number];

/** Something shown to have been done, in words. */
export type PublishedEvidence = Readonly<{ stage: NonNullable<Evidence['stage']> | null; text: string }>;

/** The free texts of a publication as the screen has left them. */
export type Wording = Readonly<{
  title: string;
  text: string;
  /** What was done; null on the board of problems. */
  result: string | null;
  evidence: readonly PublishedEvidence[];
}>;
/** What is about to be shown, and why a person must look first; pictures are always such a reason: no screen reads them. */
export type Draft = Wording &
  Readonly<{
    pictures: readonly DraftPicture[];
    marked: Partial<Record<MarkKind, number>>;
    doubts: readonly (Doubt | 'pictures')[];
  }>;

/** A legal hold (法制审核): who stopped the publication and why. */
export type Hold = Readonly<{ by: Fact['actor']; role: 'publisher' | 'legal'; reason: string; at: Instant }>;

type Named = Readonly<{ code: string; name: string }>;

/** What the public sees, whole: nothing is looked up for it later. It says nothing of who asked. */
export type Content = Wording &
  Readonly<{
    board: Board;
    cause: PublicationCause;
    category: Named | null;
    unit: Named;
    street: Named | null;
    community: Named | null;
    registeredOn: LocalDate;
    /** By when it had to be done; of a problem that is overdue the date that has passed, be it of the work or the rework. */
    dueOn: LocalDate | null;
    outcome: Outcome | 'terminated' | null;
    finishedOn: LocalDate | null;
    pictures: readonly PublishedPicture[];
    /** The problem that this result replaces. */
    problemId: string | null;
    publishedAt: Instant;
    corrections: readonly Readonly<{ at: Instant; note: string }>[];
  }>;

/** One entry of the trail of what was shown. It is never changed: what follows is appended. */
export type Snapshot = Readonly<{
  seq: number;
  id: string;
  kind: 'published' | 'corrected' | 'replaced' | 'withdrawn';
  at: Instant;
  actor: Fact['actor'];
  reason: string | null;
  content: Content | null;
}>;

/** A publication about one work order, on its way to a board, on it, or off it. `round` counts those of one board. */
export type Publication = Readonly<{
  id: string;
  version: number;
  board: Board;
  round: number;
  workOrderId: string;
  unit: string;
  areaPath: readonly string[];
  category: string | null;
  cause: PublicationCause;
  state: PublicationState;
  draft: Draft;
  proposedBy: Fact['actor'];
  proposedAt: Instant;
  /** Until then it can be stopped; not before then it is published. */
  holdUntil: Instant;
  hold: Hold | null;
  approvedBy: Fact['actor'] | null;
  publishedAt: Instant | null;
  endedAt: Instant | null;
  /** Taken down by itself: the same may be proposed again. */
  mayReturn: boolean;
  problemId: string | null;
  seq: number;
  snapshots: readonly Snapshot[];
}>;

/** The copies of pictures it needs: what is laid out while it lives, and all that was ever shown. */
export const copiesOf = ({ endedAt, draft, snapshots }: Publication): ReadonlySet<string> =>
  new Set(
    [...(endedAt === null ? draft.pictures : []), ...snapshots.flatMap(({ content }) => content?.pictures ?? [])].map(
      ({ id }) => id,
    ),
  );

/** How many working days a publication can be stopped before it appears, and what never appears. */
export type PublicationPolicy = Readonly<{
  version: string;
  holdWorkingDays: Readonly<Record<Board, number>>;
  excludedCategories: readonly string[];
}>;

/** The policy a city starts with. */
export const defaultPublicationPolicy: PublicationPolicy = {
  version: 'default-1',
  holdWorkingDays: { problem: 2, result: 1 },
  excludedCategories: [],
};

/** What a publication is made from: the order, the resident's words, and who must not be named. */
export type Source = Readonly<{
  order: WorkOrder;
  description: string;
  names: readonly string[];
  optedOut: boolean;
  /** It stands on a supervision order of the grade listed (挂牌) or above that is not accepted yet. */
  listed: boolean;
}>;

export type PublicationSetting = Setting & Readonly<{ policy: PublicationPolicy; source: Source }>;

export type PublicationParty = 'publisher' | 'legal' | 'requester' | 'system';

/** The pictures a person has looked at: they show nobody, no plate and no number that may not be shown. */
type Looked = { picturesChecked?: readonly string[] };

/** What comes with each action on a publication. */
export type PublicationSaid = {
  /** The pictures laid out, in place of those before. */
  illustrate: { pictures: readonly DraftPicture[] };
  approve: Partial<Wording> & Looked;
  hold: { reason: string };
  release: object;
  publish: object;
  correct: Partial<Wording> & Looked & { note: string; unit?: string };
  replace: { by: string };
  withdraw: { reason: string; mayReturn?: boolean };
};
export type PublicationAction = keyof PublicationSaid;
export type PublicationObstacle = Extract<
  RefusalCode,
  | 'reason-missing'
  | 'correction-missing'
  | 'not-the-decider'
  | 'too-early'
  | 'pictures-unchecked'
  | 'handling-unit-checks'
>;

/** The whole life of a publication. */
// biome-ignore format: one row per line, read by column
export const publicationLife = {
  illustrate: { from: ['waiting', 'doubtful', 'published'],         by: ['publisher'],                                 to: ['doubtful', 'waiting', 'unchanged'] },
  approve:    { from: ['waiting', 'doubtful'],                      by: ['publisher'],                                 to: 'waiting',                           unless: ['pictures-unchecked', 'handling-unit-checks'] },
  hold:       { from: ['waiting', 'doubtful'],                      by: ['publisher', 'legal'],                        to: 'held',                              unless: ['reason-missing'] },
  release:    { from: ['held'],                                     by: ['publisher', 'legal'],                        to: ['waiting', 'doubtful'],             unless: ['not-the-decider'] },
  publish:    { from: ['waiting'],                                  by: ['system'],                                    to: ['published', 'withdrawn'],          unless: ['too-early'] },
  correct:    { from: ['published'],                                by: ['publisher', 'system'],                       to: 'unchanged',                         unless: ['correction-missing', 'pictures-unchecked', 'handling-unit-checks'] },
  replace:    { from: ['published'],                                by: ['system'],                                    to: 'replaced' },
  withdraw:   { from: ['waiting', 'doubtful', 'held', 'published'], by: ['publisher', 'legal', 'requester', 'system'], to: 'withdrawn',                         unless: ['reason-missing'] },
} as const satisfies Table<PublicationAction, PublicationState, PublicationParty, PublicationObstacle>;

/** What an actor is to a publication about these requests. */
export function publicationParties(
  actor: Actor,
  requests: readonly Pick<RequestRef, 'id'>[],
): ReadonlySet<PublicationParty> {
  const found = new Set<PublicationParty>();
  if (actor.system) found.add('system');
  if (actor.roles.includes('publisher')) found.add('publisher');
  if (actor.roles.includes('legal_office')) found.add('legal');
  if (requests.some(({ id }) => actor.requests.includes(id))) found.add('requester');
  return found;
}

/** Why nothing of an order is ever shown to the public. */
export type Bar = 'confidential' | 'report' | 'opted_out' | 'category_excluded';

/** The first thing that keeps an order off every board; null where nothing does. */
export function barOf({ order, optedOut }: Source, { excludedCategories }: PublicationPolicy): Bar | null {
  if (order.confidential || order.requests.some((request) => request.confidential)) return 'confidential';
  if (order.kind === 'report' || order.requests.some(({ kind }) => kind === 'report')) return 'report';
  if (optedOut) return 'opted_out';
  return excludedCategories.some((code) => isBelow(order.category, code)) ? 'category_excluded' : null;
}

const limits = ['resolve', 'rework'] as const;

/** The limit of the work that is over and runs on; null where none is. A date counted without a calendar has no consequence. */
export function overdueClock(order: WorkOrder, now: Instant): OrderClock | null {
  const late = limits.flatMap((kind) => clockOf(order, kind) ?? []);
  return late.find((clock) => clock.state === 'running' && clock.dueAt <= now && !clock.provisional) ?? null;
}

/** By when it had to be done: the earliest limit of the work that there is or was. */
export const dueOf = ({ clocks }: WorkOrder): Instant | null =>
  clocks
    .filter(({ kind, provisional }) => kind === 'resolve' && !provisional)
    .reduce<Instant | null>((first, { dueAt }) => (first === null ? dueAt : earlier(first, dueAt)), null);

/** States in which a unit works on the matter: what is handed in is no open problem any more. */
const worked: ReadonlySet<WorkOrder['state']> = new Set([
  'dispatched',
  'signed',
  'handling',
  'rework',
  'suspended',
  'on_account',
]);

/** Why an order is a problem to be shown now; null where it is none. */
export function problemCause({ order, listed }: Source, now: Instant): 'overdue' | 'listed' | null {
  if (!worked.has(order.state)) return null;
  if (overdueClock(order, now) !== null) return 'overdue';
  return listed ? 'listed' : null;
}

/** Why it stands on its board as things are now, and the date beside that: of what is overdue, the one that passed. */
export function causeOf(
  { board, cause }: Pick<Publication, 'board' | 'cause'>,
  { source, now }: Pick<PublicationSetting, 'source' | 'now'>,
): Readonly<{ cause: PublicationCause; due: Instant | null }> {
  const { order } = source;
  const why = board === 'problem' && cause !== 'chosen' ? (problemCause(source, now) ?? cause) : cause;
  const passed = why === 'overdue' ? overdueClock(order, now) : null;
  return { cause: why, due: passed?.dueAt ?? dueOf(order) };
}

/** Ends that have something to show. What was closed and filed away since was closed. */
export const showsResult = ({ state, submissions, ending }: WorkOrder): boolean =>
  state === 'terminated' ? ending !== null : (state === 'closed' || state === 'archived') && submissions.length > 0;

const isOf = (level: string) => (step: Readonly<{ level: string }>) => step.level === level;

/** Where it is, as far as the public is told: never deeper than the community. */
export function placeOf({
  placement: { path },
}: WorkOrder): Readonly<{ street: Named | null; community: Named | null; codes: readonly string[] }> {
  const named = (level: string): Named | null => {
    const step = path.find(isOf(level));
    return step === undefined ? null : { code: step.code, name: step.name };
  };
  const [street, community] = [named('street'), named('community')];
  const last = path.findLastIndex(({ level }) => ['city', 'district', 'street', 'community'].includes(level));
  return { street, community, codes: path.slice(0, last + 1).map(({ code }) => code) };
}

/** What a unit and a category are called when something is published. */
export const namesIn = ({ units, categories }: City) => ({
  unit: (code: string): Named => ({ code, name: units.get(code)?.name ?? code }),
  category: (code: string | null): Named | null =>
    code === null ? null : { code, name: categories.get(code)?.name ?? code },
});
