import type { Instant } from './time.ts';
import type { Fact, WorkOrder } from './work-order.ts';

/** Something a resident is to be told by the city's message gateway (短信), until it is of no use any more. */
export type NewMessage = Readonly<{
  kind: 'survey_link';
  requestId: string;
  /** The follow-up the link answers. */
  about: string;
  expiresAt: Instant;
}>;

/** The message a fact makes; null for most. A link that is due is sent to whoever was not reached. */
export function messageOf({ type, body }: Fact, { followUps, clocks }: WorkOrder): NewMessage | null {
  if (type !== 'survey_link_sent') return null;
  const followUp = followUps.find((f) => f.id === body.followUp);
  const clock = clocks.findLast((c) => c.kind === 'link' && c.about === body.followUp);
  if (followUp === undefined || clock === undefined)
    throw new Error(`a link without its follow-up: ${String(body.followUp)}`);
  return { kind: 'survey_link', requestId: followUp.request, about: followUp.id, expiresAt: clock.dueAt };
}
