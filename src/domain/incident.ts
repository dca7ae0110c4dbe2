import type { Signature } from './coordination.ts';
import type { Setting } from './obstacles.ts';
import type { Reach } from './reach.ts';
import type { RefusalCode } from './refusal.ts';
import type { WorkOrderId } from './request.ts';
import type { Table } from './table.ts';
import type { Instant } from './time.ts';
import type { Actor } from './work-order.ts';

export const incidentStates = ['open', 'ended'] as const;
export type IncidentState = (typeof incidentStates)[number];

/**
 * What in a request tells of danger or of life support: words in what was said, and answers to the category's extra
 * questions. Such a request gets an urgent order of its own.
 */
export type Danger = Readonly<{
  words: readonly string[];
  answers: readonly Readonly<{ key: string; values: readonly string[] }>[];
}>;

/** What an incident listens for where its shift leader says nothing else. */
// biome-ignore format: a list of words, by what they are about
export const usualDanger: Danger = {
  words: [
    '制氧机', '呼吸机', '透析', '氧气', '监护仪', '胰岛素', '重症', '急救', '救命',
    '被困', '困在', '受伤', '昏迷', '晕倒', '溺水',
    '触电', '漏电', '火花', '冒烟', '起火', '着火', '爆炸', '泄漏',
  ],
  answers: [{ key: 'lifeSupport', values: ['是', '有', 'yes', 'true'] }],
};

/** Something told to everybody at once, in the order it was said. */
export type IncidentUpdate = Readonly<{ seq: number; text: string; at: Instant; actor: Signature['actor'] }>;

/**
 * An incident (突发事件): one cause, many requests. Those about this category or below it, from this place, received from
 * `since` until `until` (null: as long as it is open), join one lead work order. `answer` is what every caller is told
 * at once, `nextUpdateAt` when they will hear more. The responsible unit is the lead order's.
 */
export type Incident = Readonly<{
  id: string;
  number: string;
  version: number;
  state: IncidentState;
  title: string;
  category: string;
  reach: Reach;
  since: Instant;
  until: Instant | null;
  leadOrderId: WorkOrderId;
  answer: string;
  nextUpdateAt: Instant | null;
  /** The same, until somebody was told that it passed in silence. */
  updateDueAt: Instant | null;
  danger: Danger;
  openedBy: Signature;
  endedBy: Signature | null;
  endedAt: Instant | null;
  updates: readonly IncidentUpdate[];
}>;

export type IncidentParty = 'shift' | 'system';

/** What comes with each action on an incident. What is left out of an edit stays. */
export type IncidentSaid = {
  edit: Partial<Pick<Incident, 'title' | 'reach' | 'since' | 'until' | 'answer' | 'nextUpdateAt' | 'danger'>>;
  update: Readonly<{ text: string; nextUpdateAt?: Instant | null | undefined }>;
  attach: Readonly<{ order: string }>;
  late: object;
  end: Readonly<{ text?: string | undefined }>;
};
export type IncidentAction = keyof IncidentSaid;
export type IncidentObstacle = Extract<RefusalCode, 'in-the-past' | 'slot-backwards'>;

/** The whole life of an incident. Its end asks everybody who joined; it also ends with its lead order. */
// biome-ignore format: one row per line, read by column
export const incidentLife = {
  edit:   { from: ['open'], by: ['shift'],           to: 'unchanged', unless: ['slot-backwards', 'in-the-past'] },
  update: { from: ['open'], by: ['shift'],           to: 'unchanged', unless: ['in-the-past'] },
  attach: { from: ['open'], by: ['shift'],           to: 'unchanged' },
  late:   { from: ['open'], by: ['system'],          to: 'unchanged' },
  end:    { from: ['open'], by: ['shift', 'system'], to: 'ended' },
} as const satisfies Table<IncidentAction, IncidentState, IncidentParty, IncidentObstacle>;

/** What an actor is to an incident: the hotline's shift and centre leaders lead all of them. */
export function incidentParties(actor: Actor): ReadonlySet<IncidentParty> {
  if (actor.system) return new Set(['system']);
  return new Set(actor.roles.some((role) => role === 'shift_leader' || role === 'centre_leader') ? ['shift'] : []);
}

/** What can stand in the way of a row above. */
export const incidentObstacles = {
  'slot-backwards': ({ since, until }) => until !== null && until <= since,
  'in-the-past': ({ nextUpdateAt }, before, { now }) =>
    nextUpdateAt !== null && nextUpdateAt !== before?.nextUpdateAt && nextUpdateAt <= now,
} as const satisfies Record<
  IncidentObstacle,
  (
    next: Pick<Incident, 'since' | 'until' | 'nextUpdateAt'>,
    before: Pick<Incident, 'nextUpdateAt'> | null,
    setting: Pick<Setting, 'now'>,
  ) => boolean
>;
