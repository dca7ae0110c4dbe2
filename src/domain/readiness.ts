import type { City, Unit } from './city.ts';
import { defaultClockRules } from './clock-rules.ts';
import { hoursFault } from './unit-hours.ts';

export const readinessParts = ['duty', 'superior', 'posts', 'hours', 'clock_rules'] as const;
export type ReadinessPart = (typeof readinessParts)[number];

/** Whether a unit may be given work, and what it lacks (四同步: duties, organisation, people and rules come together). */
export type Readiness = Readonly<{ ready: boolean; missing: readonly ReadinessPart[] }>;

/** Kinds that need no duty of their own: the levels that lead until somebody else does, and who works for another. */
const withoutOwnDuty: ReadonlySet<Unit['kind']> = new Set([
  'hotline_centre',
  'district',
  'stationed',
  'property_company',
  'social_organisation',
  'contractor',
]);

const known = new WeakMap<City, Map<string, Readiness>>();

/**
 * The go-live check of a unit: a line of a duty list or of the directory or a category
 * it co-handles, a unit above it, a post with holder A and
 * stand-in B, hours that add up (its own, or the city's ordinary week), and limits for its clocks.
 */
export function readinessOf(city: City, unit: Unit): Readiness {
  const seen = known.get(city) ?? new Map<string, Readiness>();
  known.set(city, seen);
  const found = seen.get(unit.code) ?? judge(city, unit);
  seen.set(unit.code, found);
  return found;
}

function judge(city: City, unit: Unit): Readiness {
  const has: Record<ReadinessPart, boolean> = {
    duty: withoutOwnDuty.has(unit.kind) || hasDuty(city, unit),
    superior: unit.kind === 'hotline_centre' || (unit.parent !== null && city.units.has(unit.parent)),
    posts: city.posts.some((p) => p.unit === unit.code && p.holderB !== null && p.holderB !== p.holderA),
    hours: hoursFault(unit.hours ?? city.defaultHours) === null,
    clock_rules: defaultClockRules.rows.every((row) =>
      city.clockRules.rows.some((r) => r.clock === row.clock && r.variant === row.variant),
    ),
  };
  const missing = readinessParts.filter((part) => !has[part]);
  return { ready: missing.length === 0, missing };
}

function hasDuty({ dutyLists, directory, categories }: City, { code, kind }: Unit): boolean {
  return (
    dutyLists.some((d) => d.list !== 'negative' && (d.unit === code || (d.unit === null && d.unitKind === kind))) ||
    directory.rows.some((row) => row.unit === code || row.level === kind || row.coHandlers.includes(code)) ||
    [...categories.values()].some(({ coHandlers }) => coHandlers.includes(code))
  );
}
