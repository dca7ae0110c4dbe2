import { isUnder } from './city.ts';
import { areSides } from './mutual-review.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { Sight } from './visibility.ts';
import type { Actor } from './work-order.ts';

/** What consent is asked to: somebody's first post or another one, a promotion, an award, a rating. */
export const consentPurposes = ['appointment', 'promotion', 'transfer', 'award', 'rating'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

/** What was done in the end; against a refusal only with its reason. */
export type ConsentDecision = Readonly<{ taken: boolean; reason: string | null; actor: string; at: Instant }>;

/**
 * What a street or community is asked to consent to (选拔任用征得同意权, 征求社区党工委意见): somebody for a post of a unit that
 * serves it. `candidate` null is whoever holds the post. The dossier beside it is kept as it was when they were asked.
 */
export type Consent = Readonly<{
  unit: string;
  post: string;
  candidate: string | null;
  purpose: ConsentPurpose;
  dossier: Readonly<{ id: string; hash: string }>;
  decision: ConsentDecision | null;
}>;

/** Who asks for a unit, and decides in the end: whoever leads it, or governs. */
export const organiserRoles = ['unit_leader', 'centre_leader', 'government'] as const;
export const organises = (actor: Actor, unit: string): boolean =>
  actor.unit === unit && organiserRoles.some((role) => actor.roles.includes(role));

/** Only the leader speaks for a street or community that is asked. */
export const consents = (actor: Actor, unit: string): boolean =>
  actor.unit === unit && actor.roles.includes('unit_leader');

/** Those who look after appointments for the city see all of it. */
const overseers = ['government', 'inspector', 'auditor'] as const;

/**
 * Where an actor's sight of consents ends: the two sides, and those who look after them. `units` are the sides it speaks
 * for; what is about the actor's own unit is never in it, whoever they are.
 */
export type ConsentSight = Pick<Sight, 'all' | 'units' | 'unit'> & Readonly<{ never: string | null }>;

export const consentSightOf = (actor: Actor): ConsentSight => ({
  all: actor.system || overseers.some((role) => actor.roles.includes(role)),
  units: actor.unit !== null && organises(actor, actor.unit) ? [actor.unit] : [],
  unit: null,
  never: actor.unit,
});

/** Whether one is within it. The query says it again. */
export const seesConsent = (
  { all, units, never }: ConsentSight,
  { unit, by, consent }: Readonly<{ unit: string; by: string; consent: Pick<Consent, 'unit'> }>,
): boolean => consent.unit !== never && (all || units.includes(unit) || units.includes(by));

/**
 * Why this consent cannot be asked; null where it can. Whoever appoints asks: a unit above the one the post is of, or the
 * bureau of its line. It asks a street or community which that unit is stationed at, serves or is under. Errors:
 * unit-unknown, not-appointing, not-served, post-unknown.
 */
export function askingFault(
  { asked, unit, post }: Readonly<{ asked: string; unit: string; post: string }>,
  { actor, city }: Setting,
): Refusal | null {
  const [ground, office] = [city.units.get(asked), city.units.get(unit)];
  if (ground === undefined || office === undefined)
    return refuse('unit-unknown', { units: [asked, unit].filter((code) => !city.units.has(code)) });
  const by = actor.unit;
  const appoints = by !== null && by !== unit && (office.line === by || isUnder(city, unit, by));
  if (!appoints || !organises(actor, by)) return refuse('not-appointing', { unit, allowedFor: organiserRoles });
  const isGround = ground.kind === 'street' || ground.kind === 'community';
  const isServed = areSides(city, asked, unit) || (asked !== unit && isUnder(city, unit, asked));
  if (!isGround || !isServed || asked === by) return refuse('not-served', { unit, asked });
  return city.posts.some((each) => each.code === post && each.unit === unit) ? null : refuse('post-unknown', { post });
}
