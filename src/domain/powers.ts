import { type City, isUnder, type Role, superiors, type Unit } from './city.ts';
import { commandRoles } from './parties.ts';
import { unitOfLevel } from './routing.ts';
import type { Actor } from './work-order.ts';

/** The two powers of the street: to call units together (协调权), and to demand an answer of them (督办权). */
export type Power = 'coordination' | 'supervision';

/**
 * Who holds a power: these roles in the units of this level; `units` null means all of them. A county without streets
 * gives it to a party committee of a community, so it is bound to a role at a level and never to the word street.
 */
export type PowerRow = Readonly<{
  power: Power;
  level: 'community' | 'street' | 'district';
  roles: readonly Role[];
  units: readonly string[] | null;
}>;

/** Streets hold both, by their centre and their leaders. */
export const defaultPowers: readonly PowerRow[] = (['coordination', 'supervision'] as const).map((power) => ({
  power,
  level: 'street',
  roles: ['street_centre', 'unit_leader'],
  units: null,
}));

/** What a row is found by: there is one for a power at a level. */
export const powerCode = ({ power, level }: Pick<PowerRow, 'power' | 'level'>): string => `${power}-${level}`;

/** Who holds the powers: as the city says, else as it is everywhere. A row without roles takes a power away. */
export const withDefaults = (rows: readonly PowerRow[]): readonly PowerRow[] => [
  ...rows,
  ...defaultPowers.filter((row) => !rows.some((own) => powerCode(own) === powerCode(row))),
];

type Powers = Readonly<{ city: City; powers: readonly PowerRow[] }>;

const rowsOf = (unit: Unit, power: Power, powers: readonly PowerRow[]): readonly PowerRow[] =>
  powers.filter(
    (r) => r.power === power && r.level === unit.kind && r.roles.length > 0 && (r.units?.includes(unit.code) ?? true),
  );

/** Whether a unit is of a level that holds the power. */
export function isHolder(code: string, power: Power, { city, powers }: Powers): boolean {
  const unit = city.units.get(code);
  return unit !== undefined && rowsOf(unit, power, powers).length > 0;
}

/** Whether an actor may use the power of this unit: of the unit, and in a role the power is bound to. */
export function wields(actor: Actor, code: string, power: Power, { city, powers }: Powers): boolean {
  const unit = city.units.get(code);
  return (
    unit !== undefined &&
    actor.unit === code &&
    rowsOf(unit, power, powers).some((row) => row.roles.some((role) => actor.roles.includes(role)))
  );
}

/** The unit that holds the power over a place: the deepest one. `path` runs from the city to the deepest area. */
export function holderAt(path: readonly string[], power: Power, { city, powers }: Powers): Unit | undefined {
  const held = (['community', 'street', 'district'] as const).map((level) => unitOfLevel(city, level, path));
  return held.find((unit) => unit !== undefined && rowsOf(unit, power, powers).length > 0);
}

/** The unit to which somebody of `code` turns for the power: it, or the nearest above it that holds the power. */
export const holderAbove = (code: string, power: Power, setting: Powers): string | undefined =>
  [code, ...superiors(setting.city, code)].find((each) => isHolder(each, power, setting));

/** Why a unit cannot be called by a street. */
export type OutsideJurisdiction =
  | 'the-street-itself'
  | 'superior'
  | 'another-street'
  | 'of-another-street'
  | 'another-district'
  | 'another-area';

/**
 * Why `street` cannot call `code`; null when it can. It calls what it commands, and the departments and utilities that
 * serve its district or the whole city; never its superiors, another street, or what another street commands.
 */
export function outsideJurisdiction(city: City, street: string, code: string): OutsideJurisdiction | null {
  const unit = city.units.get(code);
  const above = superiors(city, street);
  if (unit === undefined) return 'another-area';
  if (code === street) return 'the-street-itself';
  if (isUnder(city, code, street)) return null;
  if (unit.kind === 'district' || unit.kind === 'hotline_centre')
    return above.includes(code) ? 'superior' : 'another-district';
  if (unit.kind === 'street') return 'another-street';
  if (unit.kind === 'stationed' || unit.kind === 'community') return 'of-another-street';
  if (unit.kind !== 'department' && unit.kind !== 'utility') {
    const commander = unit.parent === null ? undefined : city.units.get(unit.parent);
    if (commander?.kind === 'street' || commander?.kind === 'community') return 'of-another-street';
    if (commander?.kind === 'department' || commander?.kind === 'utility')
      return outsideJurisdiction(city, street, commander.code);
  }
  if (unit.parent !== null && !above.includes(unit.parent))
    return city.units.get(unit.parent)?.kind === 'street' ? 'of-another-street' : 'another-district';
  const served = [street, ...above].map((each) => city.units.get(each)?.area);
  return unit.area === null || served.includes(unit.area) ? null : 'another-area';
}

/** Whether an actor speaks for a unit to those below it. */
export const speaksFor = (actor: Actor, unit: string): boolean =>
  actor.unit === unit && commandRoles.some((role) => actor.roles.includes(role));

/** The district of a place, else the one above a unit, else whoever is at the top above it. */
export const districtOf = (city: City, path: readonly string[], unit: string): string | null =>
  unitOfLevel(city, 'district', path)?.code ??
  superiors(city, unit).find((each) => city.units.get(each)?.kind === 'district') ??
  superiors(city, unit).at(-1) ??
  null;

/**
 * Who supervises `unit` about an order that `owner` leads: the holder of the power at the place; the district where that
 * is the owner or the unit itself, or nothing is placed; else the level above. Null at the top.
 */
export function supervisorOf(
  { unit, owner, path }: Readonly<{ unit: string; owner: string; path: readonly string[] }>,
  setting: Powers,
): string | null {
  const { city } = setting;
  const holder = holderAt(path, 'supervision', setting)?.code;
  const candidates = [holder, districtOf(city, path, unit), ...superiors(city, unit), ...superiors(city, owner)];
  return candidates.find((each) => each != null && each !== unit && each !== owner) ?? null;
}
