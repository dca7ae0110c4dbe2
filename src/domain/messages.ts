import type { Incident } from './incident.ts';
import { fifteenDaysAfter } from './obstacles.ts';
import type { Instant } from './time.ts';
import type { Fact, WorkOrder } from './work-order.ts';

/** What residents are told by message: a link to answer by, news of an incident, and whether it is restored. */
export const messageKinds = ['survey_link', 'incident_update', 'restored'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Something a resident is to be told by the city's message gateway (短信), until it is of no use any more. */
export type NewMessage = Readonly<{
  kind: MessageKind;
  requestId: string;
  /** The follow-up that a link answers; null for an incident's messages. */
  followUpId: string | null;
  /** The incident that is told of; null for a survey. */
  incidentId: string | null;
  expiresAt: Instant;
}>;

/** The message a fact makes; null for most. A link that is due is sent to whoever was not reached. */
export function messageOf({ type, body }: Fact, { followUps, clocks }: WorkOrder): NewMessage | null {
  if (type !== 'survey_link_sent') return null;
  const followUp = followUps.find((f) => f.id === body.followUp);
  const clock = clocks.findLast((c) => c.kind === 'link' && c.about === body.followUp);
  if (followUp === undefined || clock === undefined)
    throw new Error(`a link without its follow-up: ${String(body.followUp)}`);
  const { request: requestId, id: followUpId } = followUp;
  return { kind: 'survey_link', requestId, followUpId, incidentId: null, expiresAt: clock.dueAt };
}

const day = 24 * 3_600_000;

/**
 * What everybody whom an incident has met is told after a change of it; null for nothing. An update is news for a day;
 * the question whether it is restored stands as long as it can be answered.
 */
export function newsOf(
  before: Pick<Incident, 'state' | 'updates'>,
  { id: incidentId, state, endedAt, updates }: Pick<Incident, 'id' | 'state' | 'endedAt' | 'updates'>,
): Omit<NewMessage, 'requestId'> | null {
  const about = { incidentId, followUpId: null };
  if (before.state === 'open' && state === 'ended' && endedAt !== null)
    return { kind: 'restored', ...about, expiresAt: fifteenDaysAfter(endedAt) };
  const last = updates.at(-1);
  if (last === undefined || updates.length === before.updates.length) return null;
  return { kind: 'incident_update', ...about, expiresAt: (last.at + day) as Instant };
}
