import { isBelow } from './city.ts';
import type { Signature } from './coordination.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { type Reach, reaching, type Where } from './reach.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import type { RequestKind } from './request.ts';
import { allowedIn, arrive, notAllowed, type Table, type TableRow } from './table.ts';
import type { Instant } from './time.ts';
import type { Actor, Fact } from './work-order.ts';

export const outageStates = ['issued', 'withdrawn'] as const;
export type OutageState = (typeof outageStates)[number];

/**
 * A notice of a planned outage (计划停电停水通告): this category or below is out in this place from `since` until `until`.
 * Whoever asks about it from `announcedAt` on is told; `answersAtOnce` answers a request it covers without asking whether
 * the caller is content with that.
 */
export type OutageNotice = Readonly<{
  id: string;
  number: string;
  version: number;
  state: OutageState;
  title: string;
  category: string;
  reach: Reach;
  since: Instant;
  until: Instant;
  announcedAt: Instant;
  text: string;
  contact: string | null;
  /** The unit whose work it is. */
  unit: string;
  answersAtOnce: boolean;
  issuedBy: Signature;
  withdrawnBy: Signature | null;
  withdrawnBecause: string | null;
}>;

export type OutageParty = 'shift' | 'utility';

type Editable = 'title' | 'reach' | 'since' | 'until' | 'announcedAt' | 'text' | 'contact' | 'answersAtOnce';
/** What comes with each action on a notice. What is left out of a change stays. */
export type OutageSaid = { change: Partial<Pick<OutageNotice, Editable>>; withdraw: Readonly<{ reason: string }> };
export type OutageAction = keyof OutageSaid;
export type OutageObstacle = Extract<RefusalCode, 'notice-over' | 'slot-backwards' | 'in-the-past'>;

/** The whole life of a notice. One that is over stays as it was. */
// biome-ignore format: one row per line, read by column
export const outageLife = {
  change:   { from: ['issued'], by: ['shift', 'utility'], to: 'unchanged', unless: ['notice-over', 'slot-backwards', 'in-the-past'] },
  withdraw: { from: ['issued'], by: ['shift', 'utility'], to: 'withdrawn', unless: ['notice-over'] },
} as const satisfies Table<OutageAction, OutageState, OutageParty, OutageObstacle>;

type Row = TableRow<OutageState, OutageParty, OutageObstacle>;
const table: Table<OutageAction, OutageState, OutageParty, OutageObstacle> = outageLife;

/** What an actor is to a unit's notices: the hotline's leaders write all of them, a utility's leader its own. */
export function outageParties(actor: Actor, unit: string, { city }: Pick<Setting, 'city'>): ReadonlySet<OutageParty> {
  const has = (role: Actor['roles'][number]): boolean => actor.roles.includes(role);
  const found = new Set<OutageParty>();
  if (has('shift_leader') || has('centre_leader')) found.add('shift');
  if (has('unit_leader') && actor.unit === unit && city.units.get(unit)?.kind === 'utility') found.add('utility');
  return found;
}

const obstacles: {
  readonly [O in OutageObstacle]: (next: OutageNotice, before: OutageNotice | null, now: Instant) => boolean;
} = {
  'notice-over': (_next, before, now) => before !== null && before.until <= now,
  'slot-backwards': ({ since, until }) => until <= since,
  'in-the-past': ({ until }, _before, now) => until <= now,
};

/** The next notice, and what became true on the way. */
export type OutageDecision = Readonly<{ kind: 'decided'; notice: OutageNotice; facts: readonly Fact[] }>;

/** What the actor may do to a notice now. */
export const allowedOnOutage = (notice: OutageNotice, setting: Setting): readonly OutageAction[] =>
  notice.until <= setting.now ? [] : allowedIn(table, notice.state, outageParties(setting.actor, notice.unit, setting));

/** Issues a notice. */
export function issueOutage(
  asked: Omit<OutageNotice, 'version' | 'state' | 'issuedBy' | 'withdrawnBy' | 'withdrawnBecause'>,
  setting: Setting,
): OutageDecision | Refusal {
  if (outageParties(setting.actor, asked.unit, setting).size === 0) return refuse('not-yours', { unit: asked.unit });
  const issuedBy = { actor: nameOf(setting.actor), at: setting.now };
  const notice: OutageNotice = {
    ...asked,
    version: 1,
    state: 'issued',
    issuedBy,
    withdrawnBy: null,
    withdrawnBecause: null,
  };
  const obstacle = (['slot-backwards', 'in-the-past'] as const).find((code) =>
    obstacles[code](notice, null, setting.now),
  );
  return obstacle ? refuse(obstacle) : { kind: 'decided', notice, facts: [factOf(notice, 'outage_issued', setting)] };
}

/** One thing to do to a notice, with what was said. */
export type OutageCommand = { [A in OutageAction]: Readonly<{ action: A; said: OutageSaid[A] }> }[OutageAction];

/** What happens if `command` reaches the notice now. Pure. */
export function decideOutage(
  notice: OutageNotice,
  { action, said }: OutageCommand,
  setting: Setting,
): OutageDecision | Refusal {
  const row: Row = outageLife[action];
  const no = notAllowed(table, action, notice.state, outageParties(setting.actor, notice.unit, setting));
  if (no) return no;
  const changed = action === 'change' ? { ...notice, ...said } : withdrawn(notice, said.reason, setting);
  const obstacle = row.unless?.find((code) => obstacles[code](changed, notice, setting.now));
  if (obstacle) return refuse(obstacle);
  const next = { ...changed, version: notice.version + 1, state: arrive(row, notice.state, undefined) };
  const type = action === 'change' ? 'outage_changed' : 'outage_withdrawn';
  return { kind: 'decided', notice: next, facts: [factOf(next, type, setting)] };
}

const withdrawn = (notice: OutageNotice, reason: string, { now, actor }: Setting): OutageNotice => ({
  ...notice,
  withdrawnBy: { actor: nameOf(actor), at: now },
  withdrawnBecause: reason,
});

const factOf = (
  { number, version, unit, since, until }: OutageNotice,
  type: string,
  { now, actor }: Setting,
): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit,
  body: { number, version, since, until },
});

/** A notice that may answer, with its place ready to be asked. */
export type OutageWatch = Readonly<{ notice: OutageNotice; reaches: (where: Where) => boolean }>;

export const watchingOutage = (notice: OutageNotice): OutageWatch => ({ notice, reaches: reaching(notice.reach) });

/**
 * The notices that cover a request: who has a fault while it lasts, and who asks from its announcement on. The one that
 * begins first stands first.
 */
export const covering = (
  watches: readonly OutageWatch[],
  { category, kind }: Readonly<{ category: string | null; kind: RequestKind }>,
  where: Where,
  receivedAt: Instant,
): readonly OutageNotice[] =>
  watches
    .filter(
      ({ notice, reaches }) =>
        isBelow(category, notice.category) &&
        (kind === 'consult' ? notice.announcedAt : notice.since) <= receivedAt &&
        receivedAt < notice.until &&
        reaches(where),
    )
    .map(({ notice }) => notice)
    .toSorted((a, b) => a.since - b.since);

/** What a request is answered with. */
export const outageAnswer = ({ text, contact }: Pick<OutageNotice, 'text' | 'contact'>): string =>
  contact === null ? text : `${text}\n联系方式：${contact}`;
