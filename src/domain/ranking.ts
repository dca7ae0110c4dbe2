import type { City, Unit } from './city.ts';
import { compareRates, type Rate } from './share.ts';

/** Fewer than so many cases say nothing of who is better. */
export const leastForRank = 30;

/** A place among the like, or why there is none. Equal rates share a place. */
export type Rank = Readonly<{ group: string; place: number; of: number } | { group: string | null; none: NoRank }>;
export type NoRank = 'below_minimum' | 'no_group';

/** Whom a unit may be compared with: the group its row names, else units of its own kind. */
export const groupOf = ({ group, kind }: Pick<Unit, 'group' | 'kind'>): string => group ?? kind;

/** One of those that are compared. `group` null is of no group. */
export type Compared = Readonly<{ key: string; group: string | null; rate: Rate }>;

/**
 * Places within each group, the greatest rate first or the least; whoever has too few cases has none and does not count
 * among the others.
 */
export function ranksOf(all: readonly Compared[], leastFirst = false): ReadonlyMap<string, Rank> {
  const ranks = new Map<string, Rank>();
  for (const [group, members] of Map.groupBy(all, (each) => each.group)) {
    const enough = members.filter(({ rate }) => rate.denominator >= leastForRank);
    for (const { key, rate } of members) {
      const better = enough.filter((other) => compareRates(other.rate, rate) * (leastFirst ? -1 : 1) > 0).length;
      if (group === null) ranks.set(key, { group, none: 'no_group' });
      else if (rate.denominator < leastForRank) ranks.set(key, { group, none: 'below_minimum' });
      else ranks.set(key, { group, place: better + 1, of: enough.length });
    }
  }
  return ranks;
}

/** The levels at which a matter can end, lowest first; the hotline ends what it answers itself. */
export const levels = ['community', 'street', 'district', 'city', 'hotline'] as const;
export type Level = (typeof levels)[number];

/** What a city aims at: four of five matters end in the community (80%民生服务事项解决在社区层面). */
export const levelTarget = { level: 'community', share: 0.8 } as const;

/** At which level a unit works: its own where it is a level, else that of whoever it is under. Null for one that is gone. */
export function levelOf(city: City, code: string): Level | null {
  for (let unit = city.units.get(code), first = true; unit !== undefined; first = false) {
    if (unit.kind === 'community' || unit.kind === 'street' || unit.kind === 'district') return unit.kind;
    if (unit.kind === 'hotline_centre') return first ? 'hotline' : 'city';
    if (unit.parent === null) return 'city';
    unit = city.units.get(unit.parent);
  }
  return null;
}
