import { type City, isUnder, type Unit } from './city.ts';
import { lastWord, type NamedPeriod } from './evaluation-period.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Actor } from './work-order.ts';

/** What one side says of the other, 0 to 100 each: how it answered, whether it came, what came of it, how it behaved. */
export const reviewAspects = ['response', 'attendance', 'result', 'conduct'] as const;
export type ReviewMarks = Readonly<Record<(typeof reviewAspects)[number], number>>;

/** What the record of a period shows about a unit, beside which the other side marks it. */
export type CaseEvidence = Readonly<{
  calls: number;
  reportedIn: number;
  reportedInTime: number;
  accepted: number;
  refused: number;
  supervised: number;
  repliedInTime: number;
  assists: number;
  assistsInTime: number;
}>;

/** One side's word about the other in one half year (双向评议). It can be changed until the cycle is over. */
export type MutualReview = Readonly<{
  id: string;
  cycle: string;
  by: string;
  about: string;
  marks: ReviewMarks;
  comment: string;
  workOrderIds: readonly string[];
  evidence: CaseEvidence;
  actor: string;
  at: Instant;
}>;

/**
 * Whether two units are the two sides of the mutual review: a street or community on one, on the other a unit stationed
 * at the street, or a bureau or utility that serves its district.
 */
export function areSides(city: City, one: string, other: string): boolean {
  const [a, b] = [city.units.get(one), city.units.get(other)];
  if (a === undefined || b === undefined) return false;
  return isSideOf(city, a, b) || isSideOf(city, b, a);
}

function isSideOf(city: City, ground: Unit, office: Unit): boolean {
  if (ground.kind !== 'street' && ground.kind !== 'community') return false;
  if (office.kind === 'stationed') return office.parent !== null && isUnder(city, ground.code, office.parent);
  if (office.kind !== 'department' && office.kind !== 'utility') return false;
  return office.parent !== null && isUnder(city, ground.code, office.parent);
}

/** Who speaks for a unit in the mutual review. */
const speakers = ['unit_leader', 'street_centre', 'community_clerk'] as const;

/** Why this actor's review cannot be taken now; null where it can. */
export function reviewFault(
  actor: Actor,
  { about, cycle }: Readonly<{ about: string; cycle: NamedPeriod | null }>,
  { city, now }: Readonly<{ city: City; now: Instant }>,
): Refusal | null {
  if (!city.units.has(about)) return refuse('unit-unknown', { units: [about] });
  if (cycle === null || cycle.cut !== 'half_year') return refuse('period-unknown');
  if (actor.unit === null || !speakers.some((role) => actor.roles.includes(role)))
    return refuse('not-yours', { action: 'review', allowedFor: speakers });
  if (!areSides(city, actor.unit, about)) return refuse('not-a-side', { unit: about });
  if (now < cycle.from) return refuse('too-early', { from: cycle.from });
  return now > lastWord(cycle) ? refuse('cycle-over', { until: lastWord(cycle) }) : null;
}
