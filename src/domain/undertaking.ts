import { type City, isUnder, superiors } from './city.ts';
import { type Consent, consents, organises } from './consent.ts';
import type { Signature } from './coordination.ts';
import { unitRoles } from './parties.ts';
import { speaksFor } from './powers.ts';
import type { RefusalCode } from './refusal.ts';
import { speaksForHotline } from './supervision.ts';
import type { Table } from './table.ts';
import type { Instant } from './time.ts';
import type { Sight } from './visibility.ts';
import type { Actor, OrderClock } from './work-order.ts';

/**
 * What one unit undertakes to answer for by a date (限时交办): a task a meeting decided, a task force (专班), a deliberation
 * (议事), a suggestion of a street to its district (建议权), the governance of a high-frequency matter (每月一题), the consent of
 * a street or community to an appointment (征得同意权), what a visit to the front line asked for (现场交办). Each has a clock of
 * its own name.
 */
export const undertakingKinds = [
  'meeting_task',
  'task_force',
  'deliberation',
  'suggestion',
  'governance',
  'consent',
  'field_task',
] as const;
export type UndertakingKind = (typeof undertakingKinds)[number];

export const undertakingStates = ['open', 'done', 'decided', 'cancelled'] as const;
export type UndertakingState = (typeof undertakingStates)[number];

/** In one word, how it came out; the first is the usual one. The words are in the answer. */
export const resultsOf = {
  meeting_task: ['done', 'not_done'],
  task_force: ['solved', 'partly', 'unsolved'],
  deliberation: ['agreed', 'not_agreed'],
  suggestion: ['adopted', 'partly_adopted', 'declined'],
  governance: ['solved', 'partly', 'unsolved'],
  consent: ['consented', 'consented_with_remarks', 'refused'],
  field_task: ['done', 'not_done'],
} as const satisfies Record<UndertakingKind, readonly [string, ...string[]]>;
export type UndertakingResult = (typeof resultsOf)[UndertakingKind][number];

/** What a street suggests about: a major decision, a major project, or a plan of its area. */
export const suggestionTopics = ['decision', 'project', 'planning', 'other'] as const;

/** Who works on it beside the unit: a unit, a person of one, or a person of none. */
export type Member = Readonly<{ unit: string | null; name: string | null }>;

/** What happened on the way; in a deliberation a round of it, with those who took part. No resident's name. */
export type ProgressNote = Readonly<{
  seq: number;
  at: Instant;
  actor: string;
  unit: string | null;
  text: string;
  round: number | null;
  present: readonly string[];
}>;

/** What the unit answered, and why it was not enough where it was not. */
export type UndertakingAnswer = Readonly<{
  seq: number;
  at: Instant;
  actor: string;
  result: UndertakingResult;
  text: string;
  inTime: boolean;
  refused: Readonly<{ at: Instant; actor: string; reason: string }> | null;
}>;

/** A high-frequency matter as it was found: so many orders and people at one street within the window. */
export type Volume = Readonly<{ from: Instant; to: Instant; orders: number; people: number }>;

/**
 * What it is about, beside a work order or an item of a meeting: a unit on the attention list (软弱涣散社区), the topic of a
 * suggestion, a category at a street, what is consented to, or the visit it was asked for on.
 */
export type About = Readonly<{
  attention?: Readonly<{ unit: string; reason: string }> | undefined;
  topic?: (typeof suggestionTopics)[number] | undefined;
  hot?: Readonly<{ category: string; street: string; policy: string; before: Volume }> | undefined;
  consent?: Consent | undefined;
  visit?: string | undefined;
}>;

/** An undertaking: `unit` owes it, `by` waits for it. `plan`, `leader` and `members` say how and by whom it is done. */
export type Undertaking = Readonly<{
  id: string;
  number: string;
  version: number;
  kind: UndertakingKind;
  state: UndertakingState;
  unit: string;
  by: string;
  leader: string | null;
  members: readonly Member[];
  title: string;
  demand: string;
  plan: string | null;
  workOrderId: string | null;
  /** The meeting that decided it, and on which item. */
  meetingId: string | null;
  itemId: string | null;
  about: About;
  dueAt: Instant;
  clocks: readonly OrderClock[];
  notes: readonly ProgressNote[];
  answers: readonly UndertakingAnswer[];
  openedBy: Signature;
  cancelReason: string | null;
  endedAt: Instant | null;
  /** The last number given to a part of it. */
  seq: number;
}>;

/** Consent is a leader's word to whoever appoints; whatever else is owed, a whole unit works on and its asker waits for. */
export type UndertakingParty = 'unit' | 'member' | 'asker' | 'leader' | 'organiser' | 'system';

/** What comes with each action. */
export type UndertakingSaid = {
  note: { text: string; present?: readonly string[] | undefined };
  plan: { plan?: string | undefined; leader?: string | null | undefined; members?: readonly Member[] | undefined };
  assign: { unit?: string | undefined; dueAt?: Instant | undefined };
  finish: { result: UndertakingResult; text: string };
  refuse: { reason: string; dueAt?: Instant | undefined };
  decide: { taken: boolean; reason?: string | undefined };
  cancel: { reason: string };
  lapse: { reason: string };
};
export type UndertakingAction = keyof UndertakingSaid;
export type UndertakingObstacle = Extract<
  RefusalCode,
  'text-missing' | 'outcome-missing' | 'reason-missing' | 'in-the-past' | 'unit-unknown'
>;

const clocks = undertakingKinds;

/**
 * The whole life of an undertaking. It is over when the unit has answered, unless whoever waits for it refuses the answer.
 * Nobody refuses an answer about a consent: what is then done is decided, and on silence nothing can be.
 */
// biome-ignore format: one row per line, read by column
export const undertakingLife = {
  note:   { from: ['open'], by: ['unit', 'member', 'asker'], to: 'unchanged', unless: ['text-missing'] },
  plan:   { from: ['open'], by: ['unit', 'asker'],           to: 'unchanged', unless: ['unit-unknown'] },
  assign: { from: ['open'], by: ['asker'],                   to: 'unchanged', stops: clocks, starts: clocks, unless: ['unit-unknown', 'in-the-past'] },
  finish: { from: ['open'], by: ['unit', 'leader'],          to: 'done',      stops: clocks, unless: ['outcome-missing', 'reason-missing'] },
  refuse: { from: ['done'], by: ['asker'],                   to: 'open',      starts: clocks, unless: ['reason-missing', 'in-the-past'] },
  decide: { from: ['done'], by: ['organiser'],               to: 'decided',   unless: ['reason-missing'] },
  cancel: { from: ['open'], by: ['asker', 'organiser'],      to: 'cancelled', stops: clocks, unless: ['reason-missing'] },
  lapse:  { from: ['open'], by: ['system'],                  to: 'cancelled', stops: clocks },
} as const satisfies Table<UndertakingAction, UndertakingState, UndertakingParty, UndertakingObstacle>;

/** What an actor is to an undertaking: of the unit that owes it or helps, or who speaks for one side or the other. */
export function undertakingParties(
  actor: Actor,
  { kind, unit, by, members }: Pick<Undertaking, 'kind' | 'unit' | 'by' | 'members'>,
  city: City,
): ReadonlySet<UndertakingParty> {
  const found = new Set<UndertakingParty>();
  if (actor.system) return found.add('system');
  if (kind === 'consent') {
    if (consents(actor, unit)) found.add('leader');
    if (organises(actor, by)) found.add('organiser');
    return found;
  }
  const works = unitRoles.some((role) => actor.roles.includes(role));
  if ((actor.unit === unit && works) || speaksForHotline(actor, unit, city)) found.add('unit');
  if (works && members.some((member) => member.unit !== null && member.unit === actor.unit)) found.add('member');
  if (speaksFor(actor, by) || speaksForHotline(actor, by, city)) found.add('asker');
  return found;
}

/** Whether it is within sight: of whoever owes it, waits for it or helps, and of those above them. The query says it again. */
export const seesUndertaking = (
  { all, units, unit: own }: Pick<Sight, 'all' | 'units' | 'unit'>,
  { unit, by, members }: Pick<Undertaking, 'unit' | 'by' | 'members'>,
): boolean =>
  all || units.includes(unit) || units.includes(by) || (own !== null && members.some((m) => m.unit === own));

/** Whom a task force answers to: whoever set it up from above, else one level above the unit that leads it. */
export const askerOf = (city: City, unit: string, setUpBy: string): string =>
  setUpBy !== unit && isUnder(city, unit, setUpBy) ? setUpBy : (superiors(city, unit)[0] ?? setUpBy);
