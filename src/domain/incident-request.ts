import { nameOf } from './decide.ts';
import type { Incident } from './incident.ts';
import type { Setting } from './obstacles.ts';
import { fifteenDaysAfter } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Fact } from './work-order.ts';

/**
 * A request an incident has met. It joined the lead order when it came in, or a person attached it; one that told of
 * danger has an order of its own and is only informed. `restored` is what its requester answered to the end.
 */
export type IncidentRequest = Readonly<{
  requestId: string;
  incidentId: string;
  how: 'joined' | 'attached' | 'danger';
  at: Instant;
  restored: boolean | null;
  answeredAt: Instant | null;
  answeredBy: Fact['actor'] | null;
  /** The order that a "no", or a person, opened for it. */
  ownOrderId: string | null;
  /** When a person took it out of the incident. */
  leftAt: Instant | null;
}>;

/** A request that begins to be known to an incident. */
export const metAs = (
  requestId: string,
  incidentId: string,
  how: IncidentRequest['how'],
  at: Instant,
): IncidentRequest => ({
  requestId,
  incidentId,
  how,
  at,
  restored: null,
  answeredAt: null,
  answeredBy: null,
  ownOrderId: null,
  leftAt: null,
});

/** Where the question "restored?" (恢复了吗) stands for one request: the end of the incident asks everybody who joined. */
export type Question = 'not_asked' | 'open' | 'yes' | 'no';
export function questionOf(one: IncidentRequest, { state }: Pick<Incident, 'state'>): Question {
  if (one.restored !== null) return one.restored ? 'yes' : 'no';
  return state === 'open' || one.how === 'danger' || one.leftAt !== null ? 'not_asked' : 'open';
}

/**
 * The requester says whether it is restored. The same again changes nothing; who said yes may find within fifteen days
 * that it is not; who said no has an order, which tells how that goes on.
 */
export function answerRestored(
  one: IncidentRequest,
  incident: Pick<Incident, 'state' | 'endedAt'>,
  restored: boolean,
  { now, actor }: Pick<Setting, 'now' | 'actor'>,
): IncidentRequest | Refusal {
  const question = questionOf(one, incident);
  if (question === 'not_asked' || incident.endedAt === null) return refuse('not-asked');
  if (one.restored === restored) return one;
  if (question === 'no') return refuse('answer-differs');
  if (now > fifteenDaysAfter(incident.endedAt)) return refuse('requester-window');
  return { ...one, restored, answeredAt: now, answeredBy: nameOf(actor) };
}

/** How many an incident has met, and what they answered to its end. Those who withdrew are not asked. */
export type IncidentCounts = Readonly<{
  joined: number;
  danger: number;
  withdrawn: number;
  asked: number;
  restored: number;
  notRestored: number;
  unanswered: number;
}>;

/** Groups in which the requests of an incident are listed. */
export const incidentStandings = ['joined', 'danger', 'restored', 'not_restored', 'unanswered'] as const;
export type IncidentStanding = (typeof incidentStandings)[number];
