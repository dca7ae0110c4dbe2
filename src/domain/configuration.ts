import { type Category, type City, type DutyLine, type Post, type Unit, unitKinds } from './city.ts';
import { type ClockRules, defaultClockRules } from './clock-rules.ts';
import type { JointMatter } from './coordination.ts';
import type { PowerRow } from './powers.ts';
import type { PublicationPolicy } from './publication.ts';
import { hoursFault } from './unit-hours.ts';

/** What is wrong with something to be configured: where in it, and why. */
export type Fault = Readonly<{ pointer: string; message: string }>;

const fault = (pointer: string, message: string): Fault => ({ pointer, message });
/** A fault where something is wrong, and else none. */
export const when = (wrong: boolean, pointer: string, message: string): readonly Fault[] =>
  wrong ? [fault(pointer, message)] : [];

/** Kinds of unit that somebody above always answers for. */
const neverAlone: ReadonlySet<Unit['kind']> = new Set(
  unitKinds.filter((kind) => !['hotline_centre', 'district', 'social_organisation'].includes(kind)),
);

/** What keeps a unit from being part of the city. `hasArea` says whether a code is an area's. */
export function unitFaults(unit: Unit, { units }: City, hasArea: (code: string) => boolean): readonly Fault[] {
  const hours = unit.hours === null ? null : hoursFault(unit.hours);
  return [
    ...when(unit.parent === null && neverAlone.has(unit.kind), '/parent', `a ${unit.kind} has a unit above it`),
    ...when(unit.parent !== null && !units.has(unit.parent), '/parent', `no unit is called ${unit.parent}`),
    ...when(isCircle(unit, units), '/parent', 'a unit cannot be above itself'),
    ...when(unit.kind === 'stationed' && unit.line === null, '/line', 'a stationed unit has a bureau as well'),
    ...when(unit.line !== null && !units.has(unit.line), '/line', `no unit is called ${unit.line}`),
    ...when(unit.area !== null && !hasArea(unit.area), '/area', `no area is called ${unit.area}`),
    ...when(hours !== null, '/hours', hours ?? ''),
  ];
}

function isCircle({ code, parent }: Unit, units: City['units']): boolean {
  const seen = new Set<string>();
  for (let at = parent; at !== null && !seen.has(at); at = units.get(at)?.parent ?? null) {
    if (at === code) return true;
    seen.add(at);
  }
  return false;
}

/** What still hangs on a unit that is to end. */
export function unitTies(code: string, { units, posts, directory, dutyLists }: City): readonly Fault[] {
  const below = [...units.values()].filter((u) => u.code !== code && (u.parent === code || u.line === code));
  return [
    ...below.slice(0, 10).map((u) => fault('/parent', `${u.code} is below it`)),
    ...posts
      .filter((p) => p.unit === code)
      .slice(0, 10)
      .map((p) => fault('/posts', `${p.code} is a post of it`)),
    ...directory.rows
      .filter((r) => r.unit === code || r.coHandlers.includes(code))
      .slice(0, 10)
      .map((r) => fault('/directory', `row ${r.line} names it`)),
    ...dutyLists
      .filter((d) => d.unit === code)
      .slice(0, 10)
      .map((d) => fault('/dutyLists', `line ${d.line} is its`)),
  ];
}

/** What keeps a post from being part of the city. */
export function postFaults(post: Post, { units }: City, hasArea: (code: string) => boolean): readonly Fault[] {
  return [
    ...when(!units.has(post.unit), '/unit', `no unit is called ${post.unit}`),
    ...when(post.holderB === post.holderA, '/holderB', 'the stand-in is somebody else'),
    ...when(post.acting === 'B' && post.holderB === null, '/acting', 'there is no stand-in'),
    ...post.areas.flatMap((code, i) => when(!hasArea(code), `/areas/${i}`, `no area is called ${code}`)),
  ];
}

/** What keeps a category from its place in the tree of three levels. */
export function categoryFaults(category: Category, { units, categories }: City): readonly Fault[] {
  const { code, parent, leaf, coHandlers } = category;
  const above = parent === null ? undefined : categories.get(parent);
  const hasChildren = [...categories.values()].some((c) => c.parent === code);
  return [
    ...when(code.split('/').length > 3, '/code', 'there are three levels'),
    ...when(
      code.split('/').some((part) => part.trim() === ''),
      '/code',
      'a level has no name',
    ),
    ...when(parent !== null && above === undefined, '/code', `no category is called ${parent}`),
    ...when(above?.leaf === true, '/code', `${parent} is a leaf`),
    ...when(leaf && hasChildren, '/leaf', 'it has categories below it'),
    ...coHandlers.flatMap((unit, i) => when(!units.has(unit), `/coHandlers/${i}`, `no unit is called ${unit}`)),
  ];
}

/** What keeps a line of a duty list from holding. */
export function dutyFaults({ unit, unitKind, category }: DutyLine, { units, categories }: City): readonly Fault[] {
  return [
    ...when((unit === null) === (unitKind === null), '/unit', 'a line holds for one unit, or for a kind of unit'),
    ...when(unit !== null && !units.has(unit), '/unit', `no unit is called ${unit}`),
    ...when(!categories.has(category), '/category', `no category is called ${category}`),
  ];
}

/** No limit is longer: a year, in the rule's own unit. */
const longest = { wall: 527_040, working_hour: 527_040, calendar_day: 366, working_day: 366 } as const;
const emergencies: ReadonlySet<string> = new Set(['urgent', 'emergency']);

/** What is wrong with a city's limits: every clock and case the defaults know has one, and urgent ones are wall time. */
export function clockRuleFaults({ rows }: ClockRules): readonly Fault[] {
  const key = (row: Readonly<{ clock: string; variant: string }>) => `${row.clock} ${row.variant}`;
  const known = new Set(defaultClockRules.rows.map(key));
  const given = new Set(rows.map(key));
  return [
    ...[...known].filter((k) => !given.has(k)).map((k) => fault('/rows', `there is no limit for ${k}`)),
    ...rows.flatMap((row, i) => [
      ...when(!known.has(key(row)), `/rows/${i}`, `nothing has the limit ${key(row)}`),
      ...when(rows.findIndex((other) => key(other) === key(row)) < i, `/rows/${i}`, `${key(row)} stands twice`),
      ...when(!(row.amount > 0 && row.amount <= longest[row.kind]), `/rows/${i}/amount`, 'is not a limit'),
      ...when(
        emergencies.has(row.variant) && row.kind !== 'wall',
        `/rows/${i}/kind`,
        'urgent clocks never pause for nights or holidays',
      ),
    ]),
  ];
}

/** What keeps a matter of joint enforcement off the list: everybody it names is a unit, and its category is there. */
export function matterFaults(matter: JointMatter, { units, categories }: City): readonly Fault[] {
  const { requiredUnits, lead, category } = matter;
  return [
    ...requiredUnits.flatMap((code, i) => when(!units.has(code), `/requiredUnits/${i}`, `no unit is called ${code}`)),
    ...when(!units.has(lead), '/lead', `no unit is called ${lead}`),
    ...when(category !== null && !categories.has(category), '/category', `no category is called ${category}`),
  ];
}

/** What keeps a row from saying who holds a power: its units are there, and of its level. */
export const powerFaults = ({ units: codes, level }: PowerRow, { units }: City): readonly Fault[] =>
  (codes ?? []).flatMap((code, i) =>
    when(units.get(code)?.kind !== level, `/units/${i}`, `${code} is no ${level} of the city`),
  );

/** What keeps a publication policy from holding: the categories it leaves out are there. */
export const publicationFaults = ({ excludedCategories }: PublicationPolicy, { categories }: City): readonly Fault[] =>
  excludedCategories.flatMap((code, i) =>
    when(!categories.has(code), `/excludedCategories/${i}`, `no category is called ${code}`),
  );
