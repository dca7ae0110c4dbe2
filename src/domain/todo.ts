import { type City, type Role, superiors } from './city.ts';
import { organises } from './consent.ts';
import { deciderRoles } from './deciders.ts';
import { postsOf } from './panel.ts';
import { type PowerRow, speaksFor, wields } from './powers.ts';
import { speaksForHotline } from './supervision.ts';
import { type Actor, clientOf } from './work-order.ts';

/** What can wait for somebody. */
export const todoKinds = [
  'claim',
  'handle',
  'place',
  'answer',
  'dispatch',
  'approval',
  'admission',
  'review',
  'verify',
  'assist',
  'call',
  'coordination',
  'supervision_reply',
  'supervision_verdict',
  'undertaking',
  'consent_decision',
  'meeting',
  'follow_up',
  'judgement',
  'inspection',
  'measure_reply',
  'measure_verdict',
  'publication',
  'task',
] as const;
export type TodoKind = (typeof todoKinds)[number];

/** Whose things are looked for, by what the actor's posts answer for. A null or empty member looks for nothing. */
export type Desk = Readonly<{
  /** The unit whose queue, assists and tasks wait. */
  unit: string | null;
  /** Whose signed orders wait. */
  clerk: string | null;
  /** The unit whose word supervision orders are, and which judges the replies to them. */
  supervises: string | null;
  /** The unit that appoints, and decides once it was answered. */
  appoints: string | null;
  /** The unit whose coordination orders wait for it. */
  coordinates: string | null;
  places: boolean;
  answers: boolean;
  dispatches: boolean;
  /** Reviews everywhere, or in these areas, and never of these units' work. */
  reviews: 'all' | readonly string[];
  reviewsNotOf: readonly string[];
  /** Who verifies: roles by party, and the areas of a grid worker. */
  verifies: Readonly<{
    name: string;
    client: string;
    unit: string | null;
    finder: boolean;
    gridAreas: readonly string[] | 'all';
    unitParty: boolean;
    inspector: boolean;
  }>;
  /** Whose approvals are decided: those of these roles, and of this unit. */
  decides: Readonly<{ roles: readonly Role[]; unit: string | null }>;
  /** Null asks nobody; else never what these units handled. */
  asksNotOf: readonly string[] | null;
  /** Posts that may have a seat among judges. */
  judges: readonly string[];
  /** Posts that may have been drawn to review a claim, or to inspect. */
  reviewers: readonly string[];
  roles: readonly Role[];
}>;

const unitRoles: readonly Role[] = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk'];

/** What waits for this actor's posts. */
export function deskOf(actor: Actor, city: City, powers: readonly PowerRow[]): Desk {
  const has = (role: Role): boolean => actor.roles.includes(role);
  const ofUnit = actor.unit !== null && unitRoles.some(has) && city.units.get(actor.unit)?.kind !== 'hotline_centre';
  const area = actor.unit === null ? null : (city.units.get(actor.unit)?.area ?? null);
  const postsWith = (role: Role): readonly string[] =>
    has(role) ? postsOf(actor, city).flatMap((post) => (post.role === role ? post.code : [])) : [];
  const heads = actor.unit !== null && deciderRoles(actor.unit, city).some(has);
  return {
    unit: ofUnit ? actor.unit : null,
    clerk: ofUnit ? actor.name : null,
    supervises:
      actor.unit !== null &&
      (speaksFor(actor, actor.unit) ||
        speaksForHotline(actor, actor.unit, city) ||
        wields(actor, actor.unit, 'supervision', { city, powers }))
        ? actor.unit
        : null,
    appoints: actor.unit !== null && organises(actor, actor.unit) ? actor.unit : null,
    coordinates: actor.unit !== null && wields(actor, actor.unit, 'coordination', { city, powers }) ? actor.unit : null,
    places: has('operator') || has('dispatcher'),
    answers: has('operator'),
    dispatches: has('dispatcher'),
    reviews: has('operator') ? 'all' : has('street_centre') && area !== null ? [area] : [],
    reviewsNotOf: actor.unit === null ? [] : [actor.unit, ...superiors(city, actor.unit)],
    verifies: {
      name: actor.name,
      client: clientOf(actor),
      unit: actor.unit,
      finder: has('grid_worker'),
      gridAreas: has('grid_worker') ? (actor.areas ?? 'all') : [],
      unitParty:
        actor.unit !== null && ['street_centre', 'unit_leader', 'unit_clerk', 'supervisor'].some((r) => has(r as Role)),
      inspector: has('inspector'),
    },
    decides: { roles: actor.roles, unit: heads ? actor.unit : null },
    asksNotOf: has('follow_up_agent')
      ? actor.unit === null
        ? []
        : [actor.unit, ...superiors(city, actor.unit)]
      : null,
    judges: postsWith('judge'),
    reviewers: postsWith('inspector'),
    roles: actor.roles,
  };
}
