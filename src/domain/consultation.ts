import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import { type Fact, isOpen, type WorkOrder } from './work-order.ts';

/** What one of those who were heard thinks of the case. */
export type Opinion = Readonly<{ name: string; unit: string | null; opinion: string }>;

/** A consultation on a case (会商): who was heard, what each thought, and what came of it. It decides nothing by itself. */
export type Consultation = Readonly<{
  id: string;
  at: Instant;
  actor: string;
  unit: string | null;
  opinions: readonly Opinion[];
  outcome: string;
}>;

/** What a consultation is recorded with. */
export type Consulted = Pick<Consultation, 'opinions' | 'outcome'>;

/** Records a consultation on an order that is still worked on; the handling goes on beside it. */
export function consult(
  order: Pick<WorkOrder, 'id' | 'state' | 'owner'>,
  { opinions, outcome }: Consulted,
  id: string,
  { actor, city, now }: Setting,
): Readonly<{ kind: 'decided'; consultation: Consultation; fact: Fact }> | Refusal {
  if (!isOpen(order.state)) return refuse('work-order-ended', { workOrders: [order.id] });
  const unknown = opinions.flatMap(({ unit }) => (unit === null || city.units.has(unit) ? [] : [unit]));
  if (unknown.length > 0) return refuse('unit-unknown', { units: unknown });
  if (opinions.length === 0 || opinions.some(({ name, opinion }) => name.trim() === '' || opinion.trim() === ''))
    return refuse('text-missing');
  if (outcome.trim() === '') return refuse('outcome-missing');
  const consultation = { id, at: now, actor: actor.name, unit: actor.unit, opinions, outcome };
  const units = [...new Set(opinions.flatMap(({ unit }) => unit ?? []))];
  const body = { consultation: id, heard: opinions.length, units };
  return {
    kind: 'decided',
    consultation,
    fact: { type: 'consulted', at: now, actor: nameOf(actor), unit: order.owner, body },
  };
}
