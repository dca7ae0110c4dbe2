import { type City, isBelow } from './city.ts';
import type { Signature } from './coordination.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import { isUrgent } from './request.ts';
import { allowedIn, notAllowed, type Table } from './table.ts';
import { earlier, type Instant } from './time.ts';
import type { Actor, Fact, WorkOrder } from './work-order.ts';

export const decreeStates = ['published', 'ended'] as const;
export type DecreeState = (typeof decreeStates)[number];

/**
 * A decree (决定) of a district's or the city's government: in these areas the clocks of these categories stand still
 * from `beginsAt` until `until`, for everybody to read. `authority` is the unit that decreed, null for the city itself.
 */
export type Decree = Readonly<{
  id: string;
  number: string;
  version: number;
  state: DecreeState;
  title: string;
  text: string;
  categories: readonly string[];
  areas: readonly string[];
  beginsAt: Instant;
  until: Instant;
  authority: string | null;
  publishedBy: Signature;
  endedAt: Instant | null;
  endedBy: Signature | null;
  endedBecause: string | null;
}>;

export type DecreeParty = 'authority';
export type DecreeAction = 'end';
type DecreeObstacle = Extract<RefusalCode, 'decree-over' | 'reason-missing'>;

/** The whole life of a decree: it holds until its date, or is ended before. */
// biome-ignore format: one row per line, read by column
export const decreeLife = {
  end: { from: ['published'], by: ['authority'], to: 'ended', unless: ['decree-over'] },
} as const satisfies Table<DecreeAction, DecreeState, DecreeParty, DecreeObstacle>;
const table: Table<DecreeAction, DecreeState, DecreeParty, DecreeObstacle> = decreeLife;

const mayDecree = ({ roles }: Actor): boolean => roles.includes('government') || roles.includes('centre_leader');

/** The area an actor's level governs; null is the whole city. */
const territoryOf = ({ unit }: Actor, city: City): string | null =>
  unit === null ? null : (city.units.get(unit)?.area ?? null);

/** Whoever speaks for the authority that decreed, or for the city above it. */
export const decreeParties = (
  actor: Actor,
  { authority }: Pick<Decree, 'authority'>,
  city: City,
): ReadonlySet<DecreeParty> =>
  new Set(
    mayDecree(actor) && (actor.unit === authority || territoryOf(actor, city) === null) ? ['authority' as const] : [],
  );

/** What the actor may do to a decree now. */
export const allowedOnDecree = (decree: Decree, { actor, city, now }: Setting): readonly DecreeAction[] =>
  decree.until <= now ? [] : allowedIn(table, decree.state, decreeParties(actor, decree, city));

/** The next decree, and what became true on the way. */
export type DecreeDecision = Readonly<{ kind: 'decided'; decree: Decree; facts: readonly Fact[] }>;

type Asked = Pick<Decree, 'id' | 'number' | 'title' | 'text' | 'categories' | 'areas' | 'beginsAt' | 'until'>;

/**
 * Publishes a decree. Nobody decrees beyond the territory of their level, nothing is paused after the fact, and what is
 * urgent by its kind is never paused. `isWithin` says whether an area lies in another.
 */
export function publishDecree(
  asked: Asked,
  isWithin: (code: string, territory: string) => boolean,
  setting: Setting,
): DecreeDecision | Refusal {
  const { city, now, actor } = setting;
  const territory = territoryOf(actor, city);
  const beyond = territory === null ? undefined : asked.areas.find((code) => !isWithin(code, territory));
  if (beyond !== undefined) return refuse('outside-territory', { area: beyond, territory });
  const unknown = asked.categories.find((code) => !city.categories.has(code));
  if (unknown !== undefined) return refuse('category-unknown', { category: unknown });
  const urgent = asked.categories.find((code) => isUrgentKind(code, city));
  if (urgent !== undefined) return refuse('urgent-never-pauses', { category: urgent });
  if (asked.until <= asked.beginsAt) return refuse('slot-backwards');
  if (asked.beginsAt < now) return refuse('in-the-past');
  const decree: Decree = {
    ...asked,
    version: 1,
    state: 'published',
    authority: territory === null ? null : actor.unit,
    publishedBy: { actor: nameOf(actor), at: now },
    endedAt: null,
    endedBy: null,
    endedBecause: null,
  };
  return { kind: 'decided', decree, facts: [factOf(decree, 'decree_published', setting)] };
}

/** Ends a decree before its date; clocks it holds go on at once. */
export function endDecree(decree: Decree, reason: string, setting: Setting): DecreeDecision | Refusal {
  const { city, now, actor } = setting;
  const no = notAllowed(table, 'end', decree.state, decreeParties(actor, decree, city));
  if (no) return no;
  if (decree.until <= now) return refuse('decree-over');
  const ended: Decree = {
    ...decree,
    version: decree.version + 1,
    state: decreeLife.end.to,
    endedAt: now,
    endedBy: { actor: nameOf(actor), at: now },
    endedBecause: reason,
  };
  return { kind: 'decided', decree: ended, facts: [factOf(ended, 'decree_ended', setting)] };
}

const factOf = (decree: Decree, type: string, { now, actor }: Setting): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit: decree.authority,
  body: { number: decree.number, version: decree.version, from: decree.beginsAt, until: decree.until },
});

/** When a decree is over: at its date, or when it was ended. */
export const overAt = ({ until, endedAt }: Pick<Decree, 'until' | 'endedAt'>): Instant =>
  endedAt === null ? until : earlier(until, endedAt);

/** Whether a decree holds now. */
export const isInForce = (decree: Pick<Decree, 'beginsAt' | 'until' | 'endedAt'>, now: Instant): boolean =>
  decree.beginsAt <= now && now < overAt(decree);

/** Whether a decree is about an order: its category and place; never an urgent one, nor one whose kind is urgent. */
export const isAbout = (
  { categories, areas }: Pick<Decree, 'categories' | 'areas'>,
  order: Pick<WorkOrder, 'category' | 'placement' | 'urgency' | 'tier'>,
  city: City,
): boolean =>
  !isUrgent(order.urgency) &&
  order.tier !== 'emergency' &&
  (order.category === null || !isUrgentKind(order.category, city)) &&
  categories.some((category) => isBelow(order.category, category)) &&
  order.placement.path.some(({ code }) => areas.includes(code));

/** Lives or limbs, or the shortest limit. */
function isUrgentKind(code: string, { categories }: City): boolean {
  const category = categories.get(code);
  return category?.leaf === true && (category.safety || category.tier === 'emergency');
}
