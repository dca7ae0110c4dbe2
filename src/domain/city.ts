import type { Calendar, UnitHours } from './calendar.ts';
import type { ClockRules } from './clock-rules.ts';
import type { CountRules } from './ladder.ts';
import type { Sampling } from './sampling.ts';

/** Kinds of unit (单位): anything that can hold work. */
export const unitKinds = [
  'hotline_centre',
  'district',
  'street',
  'community',
  'department',
  'stationed',
  'utility',
  'property_company',
  'social_organisation',
  'contractor',
] as const;
export type UnitKind = (typeof unitKinds)[number];

/**
 * A unit. `parent` is the level above it (层级: who supervises it and may designate); `line` the bureau of a stationed
 * unit (派驻机构), which gets copies. `area` is the code of the area it serves with all below it; null serves the city.
 * `hours` null means the city's ordinary working week. `group` names those it is ranked among, where its kind is too wide.
 */
export type Unit = Readonly<{
  code: string;
  name: string;
  kind: UnitKind;
  parent: string | null;
  line: string | null;
  area: string | null;
  hours: UnitHours | null;
  leaderSigns: boolean;
  group?: string | null | undefined;
}>;

/**
 * A post (岗位): work is bound to posts, not persons. Holder A and stand-in B (AB岗); `acting` is who holds it now.
 * `areas` are the areas a grid post is responsible for.
 */
export type Post = Readonly<{
  code: string;
  unit: string;
  name: string;
  role: Role;
  holderA: string;
  holderB: string | null;
  acting: 'A' | 'B';
  areas: readonly string[];
  skills: readonly string[];
}>;

/** Who holds a post now: A, or B standing in (AB岗). */
export const holderOf = ({ acting, holderA, holderB }: Post): string =>
  acting === 'B' ? (holderB ?? holderA) : holderA;

const standIns = new WeakMap<City['posts'], ReadonlyMap<string, string>>();

/** Whose post somebody of a unit stands in at (AB岗): the name of its A while B acts; undefined for whoever acts for nobody. */
export function standsInFor({ posts }: Pick<City, 'posts'>, unit: string, name: string): string | undefined {
  const known =
    standIns.get(posts) ??
    new Map(
      posts
        .filter(({ acting, holderA, holderB }) => acting === 'B' && holderB !== null && holderB !== holderA)
        .map((post) => [`${post.unit} ${post.holderB}`, post.holderA]),
    );
  standIns.set(posts, known);
  return known.get(`${unit} ${name}`);
}

/** How hard a matter is; it decides the level that starts (小问题不出社区、一般问题不出街道). */
export const severities = ['small', 'ordinary', 'major'] as const;
export type Severity = (typeof severities)[number];

/** Time limits by kind of matter; the amounts stand in the clock rules. */
export const tiers = ['emergency', 'utility', 'ordinary', 'hard', 'consult'] as const;
export type Tier = (typeof tiers)[number];

/** How a submitted result is checked before the resident is asked. */
export const verifications = ['field', 'desk', 'sample', 'none'] as const;
export type Verification = (typeof verifications)[number];

/** A category (诉求类别) of the tree; `code` is its slash path, of up to three levels. Only leaves hold orders. */
export type Category = Readonly<{
  code: string;
  name: string;
  parent: string | null;
  leaf: boolean;
  needsPlace: boolean;
  severity: Severity;
  tier: Tier;
  verification: Verification;
  coHandlers: readonly string[];
  comprehensive: boolean;
  administrativeAct: boolean;
  /** An assessment task (考核评比): only the district sets one to a street or community. Absent: it is none. */
  assessment?: boolean | undefined;
  /** Lives or limbs at stake: no return before the unit has made the place safe (先行处置). */
  safety: boolean;
  /** Words in a description that prompt the operator to think of 110, 119, 120 or 122. */
  emergencyWords: readonly string[];
  questions: readonly Readonly<{ key: string; text: string; required: boolean }>[];
  statutory: Readonly<{ amount: number; kind: 'calendar_day' | 'working_day'; law: string }> | null;
  /** A retired item (证明事项) is answered with the reason and the right path. */
  retired: Readonly<{ reason: string; rightPath: string }> | null;
}>;

/** Whether a category, by its slash path, is this one or below it. */
export const isBelow = (category: string | null, root: string): boolean =>
  category !== null && (category === root || category.startsWith(`${root}/`));

/**
 * A row of the directory (派单目录): for this category and all below it, in this area and all below it (null: the whole
 * city), this unit is responsible, or the unit of this level that serves the place.
 */
export type DirectoryRow = Readonly<{
  line: string;
  category: string;
  area: string | null;
  unit: string | null;
  level: 'community' | 'street' | null;
  dutyBasis: string;
  tier: Tier | null;
  coHandlers: readonly string[];
  ceiling: 'community' | 'street' | 'district' | null;
}>;

/** The four lists of what a street or community does, and the negative one of what it must not be given (四张清单). */
export const dutyListKinds = ['statutory', 'assist', 'purchase', 'negative'] as const;

/** A line of a duty list (权责清单). It holds for one unit, or for every unit of a kind; `basis` is the admission it came by. */
export type DutyLine = Readonly<{
  line: string;
  unitKind: 'street' | 'community' | null;
  unit: string | null;
  category: string;
  list: (typeof dutyListKinds)[number];
  text: string;
  basis?: string | null | undefined;
}>;

/** A channel (渠道): its `code` keeps `(channel, externalId)` apart from every other's. */
export type Channel = Readonly<{ code: string; name: string }>;

/** Roles of actors. What each may do is decided per route and per action, never by name elsewhere. */
export const roles = [
  'operator',
  'dispatcher',
  'shift_leader',
  'grid_worker',
  'community_clerk',
  'street_centre',
  'unit_clerk',
  'unit_leader',
  'supervisor',
  'follow_up_agent',
  'survey_vendor',
  'message_gateway',
  'judge',
  'inspector',
  'centre_leader',
  'legal_office',
  'government',
  'publisher',
  'auditor',
  'admin',
] as const;
export type Role = (typeof roles)[number];

/** The city as it stands: everything a decision may look up. Immutable; a change swaps the whole. */
export type City = Readonly<{
  version: string;
  units: ReadonlyMap<string, Unit>;
  posts: readonly Post[];
  categories: ReadonlyMap<string, Category>;
  directory: Readonly<{ version: string; rows: readonly DirectoryRow[] }>;
  dutyLists: readonly DutyLine[];
  channels: ReadonlyMap<string, Channel>;
  calendar: Calendar;
  clockRules: ClockRules;
  counts: CountRules;
  sampling: Sampling;
  defaultHours: UnitHours;
}>;

/** Whether `unit` is `above` or under its command, however deep. */
export function isUnder(city: City, unit: string, above: string): boolean {
  for (let at: string | null = unit; at !== null; at = city.units.get(at)?.parent ?? null)
    if (at === above) return true;
  return false;
}

/** A unit and everybody under its command. */
export const unitsUnder = (city: City, above: string): readonly string[] =>
  [...city.units.keys()].filter((unit) => isUnder(city, unit, above));

/** The area a unit stands for: that of a district, a street or a community. */
export const groundOf = (unit: Pick<Unit, 'kind' | 'area'> | undefined): string | null =>
  unit !== undefined && ['district', 'street', 'community'].includes(unit.kind) ? unit.area : null;

/** The units above this one, nearest first. */
export function superiors(city: City, unit: string): readonly string[] {
  const above: string[] = [];
  for (let at = city.units.get(unit)?.parent ?? null; at !== null; at = city.units.get(at)?.parent ?? null)
    above.push(at);
  return above;
}

/** The lowest unit that commands all of these: the arbiter (street, district, city) of a dispute between them. */
export function lowestCommonSuperior(city: City, units: readonly string[]): string | null {
  const [first, ...rest] = units;
  if (first === undefined) return null;
  return (
    superiors(city, first).find((above) => rest.every((unit) => unit !== above && isUnder(city, unit, above))) ?? null
  );
}
