import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { handledBy, partiesOf, unitRoles } from './parties.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Fact, WorkOrder } from './work-order.ts';

/** Whose conduct a remark is about, and how it is meant. */
export const conductAbouts = ['unit', 'resident'] as const;
export const conductTones = ['praise', 'complaint'] as const;

/**
 * What one side says of the other's conduct (双向监督): a unit of a resident, a resident of a unit, by themselves or through
 * the hotline. `unit` is the unit it is by or about. The hotline and inspectors read it, the other side does not.
 */
export type Remark = Readonly<{
  id: string;
  orderId: WorkOrder['id'];
  requestId: string | null;
  about: (typeof conductAbouts)[number];
  tone: (typeof conductTones)[number];
  text: string;
  unit: string;
  side: 'unit' | 'resident' | 'hotline';
  actor: string;
  actorUnit: string | null;
  at: Instant;
}>;

export type RemarkSaid = Pick<Remark, 'about' | 'tone' | 'text'> & Readonly<{ requestId?: string | undefined }>;

/** A remark as it is kept, and the fact that it was made; what was said stays out of the record of facts. */
export function remarked(
  order: WorkOrder,
  { about, tone, text, requestId }: RemarkSaid,
  id: string,
  setting: Setting,
): Readonly<{ kind: 'decided'; remark: Remark; fact: Fact }> | Refusal {
  const { actor, now } = setting;
  const parties = partiesOf(actor, order, setting.city);
  const isUnit =
    actor.unit !== null && unitRoles.some((role) => actor.roles.includes(role)) && handledBy(order, setting);
  const isHotline = (['operator', 'follow_up_agent', 'shift_leader'] as const).some((role) =>
    actor.roles.includes(role),
  );
  const side = parties.has('requester') ? 'resident' : isUnit ? 'unit' : isHotline ? 'hotline' : null;
  // Each side speaks of the other; the hotline writes down what either says on the telephone.
  if (side === null || side === about) return refuse('not-yours', { about });
  if (text.trim() === '') return refuse('reason-missing');
  const asked = actor.requests[0] ?? requestId ?? null;
  if (asked !== null && !order.requests.some((r) => r.id === asked)) return refuse('request-unknown');
  return {
    kind: 'decided',
    remark: {
      id,
      orderId: order.id,
      requestId: asked,
      about,
      tone,
      text,
      unit: side === 'unit' && actor.unit !== null ? actor.unit : order.owner,
      side,
      actor: actor.name,
      actorUnit: actor.unit,
      at: now,
    },
    fact: {
      type: 'conduct_remarked',
      at: now,
      actor: nameOf(actor),
      unit: null,
      body: { remark: id, about, tone, side },
    },
  };
}
