import { type City, superiors } from './city.ts';
import { type HotRule, isHot } from './ladder.ts';
import type { Setting } from './obstacles.ts';
import { isRefusal } from './refusal.ts';
import { unitOfLevel } from './routing.ts';
import { addDays, atLocal, dateOf, type Instant } from './time.ts';
import { type UndertakingDecision, undertake } from './undertake.ts';
import type { Volume } from './undertaking.ts';

/** One kind of matter at one place: a category at a street. */
export type Place = Readonly<{ category: string; street: string }>;

/** What came in there within the window, and the unit that leads most of it. */
export type Seen = Place & Readonly<{ volume: Volume; lead: string | null }>;

/** Since when orders count: so many days before now, counted from the start of the day. */
export const windowStart = ({ days }: HotRule, now: Instant): Instant => atLocal(addDays(dateOf(now), -days), '00:00');

/**
 * A high-frequency matter (高频共性问题、每月一题) becomes a governance item once it is hot by the ladder's rule: led by the unit
 * that leads most of its orders, else by the street's own, and owed to the top of the city, which may give it to another.
 * Null where it is not hot, or nobody serves the place.
 */
export function governed(
  { category, street, volume, lead }: Seen,
  { rule, policy, streetName }: Readonly<{ rule: HotRule; policy: string; streetName: string }>,
  names: Readonly<{ id: string; number: string }>,
  setting: Setting,
): UndertakingDecision | null {
  const { city, now } = setting;
  const unit = leadOf(city, lead, street);
  if (!isHot(volume, rule) || unit === null) return null;
  const by = superiors(city, unit).at(-1) ?? unit;
  const title = `${streetName} ${category}`;
  const hot = { category, street, policy, before: volume };
  const outcome = undertake({ kind: 'governance', unit, by, title, demand: '', about: { hot } }, names, setting);
  if (isRefusal(outcome)) throw new Error(`a hot matter cannot be governed: ${outcome.code}`);
  const body = { category, street, orders: volume.orders, people: volume.people, policy, from: volume.from };
  const actor = outcome.undertaking.openedBy.actor;
  return { ...outcome, facts: [...outcome.facts, { type: 'hot_matter', at: now, actor, unit: by, body }] };
}

/** The hotline itself leads what nobody has been found for: then the street's own unit does. */
const leadOf = (city: City, lead: string | null, street: string): string | null =>
  lead !== null && city.units.has(lead) && city.units.get(lead)?.kind !== 'hotline_centre'
    ? lead
    : (unitOfLevel(city, 'street', [street])?.code ?? null);

/** In which time what came of it is counted: from its end on, else from its beginning; as long as it was counted before. */
export function afterOf(before: Volume, began: Instant, now: Instant): Readonly<{ from: Instant; to: Instant }> {
  const end = (began + (before.to - before.from)) as Instant;
  return { from: began, to: end < now ? end : now };
}
