import { type Category, type City, type DirectoryRow, isBelow, type Tier, type Unit } from './city.ts';

/** Who the directory holds responsible, or why it does not say. */
export type Routing = Readonly<{
  status: 'decided' | 'undecided';
  unit: string | null;
  row: Readonly<{ line: string; dutyBasis: string; category: string; area: string | null; version: string }> | null;
  tier: Tier | null;
  coHandlers: readonly string[];
  reason: RoutingReason | null;
  candidates: readonly Readonly<{ unit: string; reason: string }>[];
}>;

/** Why nothing was decided. */
export type RoutingReason =
  | 'category-missing'
  | 'place-missing'
  | 'no-directory-row'
  | 'level-not-reached'
  | 'no-unit-at-level'
  | 'administrative-act'
  | 'unit-not-ready'
  | 'off-duty-list'
  | 'assessment-task'
  | 'retired';

const undecided = (reason: RoutingReason, candidates: Routing['candidates'] = []): Routing => ({
  status: 'undecided',
  unit: null,
  row: null,
  tier: null,
  coHandlers: [],
  reason,
  candidates,
});

/**
 * Looks the responsible unit up: most specific category, then most specific area. One result or none; none comes with
 * the reason and with candidates for a dispatcher. `areaPath` runs from the city to the deepest area; `place` says
 * whether the order is placed, unplaced or needs no place.
 */
export function route(
  city: City,
  category: Category | undefined,
  areaPath: readonly string[],
  place: 'placed' | 'unplaced' | 'not_needed',
): Routing {
  if (category === undefined) return undecided('category-missing');
  if (category.retired !== null) return undecided('retired');
  const rows = matching(city, category.code, areaPath);
  const row = rows[0];
  if (row === undefined) return undecided('no-directory-row');
  if (place === 'unplaced' && (row.level !== null || category.needsPlace))
    return undecided('place-missing', candidatesOf(city, row, areaPath));

  const unit = row.unit ?? (row.level === null ? null : unitOfLevel(city, row.level, areaPath)?.code) ?? null;
  if (unit === null)
    return undecided(areaPath.length > 0 ? 'level-not-reached' : 'place-missing', candidatesOf(city, row, areaPath));
  if (category.administrativeAct && city.units.get(unit)?.kind === 'community')
    return undecided('administrative-act', candidatesOf(city, row, areaPath));
  return {
    status: 'decided',
    unit,
    row: {
      line: row.line,
      dutyBasis: row.dutyBasis,
      category: row.category,
      area: row.area,
      version: city.directory.version,
    },
    tier: row.tier,
    coHandlers: [...new Set([...row.coHandlers, ...category.coHandlers])].filter((code) => code !== unit),
    reason: null,
    candidates: [],
  };
}

/** The unit of this level that serves a place, if the place is known that deeply. */
export function unitOfLevel(
  city: City,
  level: 'community' | 'street' | 'district',
  areaPath: readonly string[],
): Unit | undefined {
  for (const area of areaPath.toReversed()) {
    const unit = servingUnits(city).get(`${level} ${area}`);
    if (unit) return unit;
  }
  return undefined;
}

const byLevelAndArea = new WeakMap<City, ReadonlyMap<string, Unit>>();

function servingUnits(city: City): ReadonlyMap<string, Unit> {
  const known = byLevelAndArea.get(city);
  if (known) return known;
  const made = new Map([...city.units.values()].filter((u) => u.area !== null).map((u) => [`${u.kind} ${u.area}`, u]));
  byLevelAndArea.set(city, made);
  return made;
}

const byCategory = new WeakMap<City['directory'], ReadonlyMap<string, readonly DirectoryRow[]>>();

function rowsByCategory(directory: City['directory']): ReadonlyMap<string, readonly DirectoryRow[]> {
  const known = byCategory.get(directory);
  if (known) return known;
  const made = Map.groupBy(directory.rows, (row) => row.category);
  byCategory.set(directory, made);
  return made;
}

/** Directory rows that hold here, best first: the longest category, then the deepest area. */
export function matching(city: City, category: string, areaPath: readonly string[]): readonly DirectoryRow[] {
  const depth = (row: DirectoryRow): number => (row.area === null ? -1 : areaPath.indexOf(row.area));
  const found: DirectoryRow[] = [];
  for (let code = category; code !== ''; code = code.includes('/') ? code.slice(0, code.lastIndexOf('/')) : '') {
    const here = (rowsByCategory(city.directory).get(code) ?? []).filter(
      (row) => row.area === null || areaPath.includes(row.area),
    );
    found.push(...here.toSorted((a, b) => depth(b) - depth(a)));
  }
  return found;
}

/** Rows by which the directory sends this duty, or a part of it, to the unit it moves from. `area` null is everywhere. */
export function rowsOfDuty(
  city: City,
  duty: Readonly<{ category: string; area: string | null; fromUnit: string }>,
): readonly DirectoryRow[] {
  const [above] = matching(city, duty.category, duty.area === null ? [] : [duty.area]);
  return city.directory.rows.filter(
    (row) =>
      row.unit === duty.fromUnit &&
      (duty.area === null || row.area === null || row.area === duty.area) &&
      (row === above || isBelow(row.category, duty.category)),
  );
}

function candidatesOf(city: City, row: DirectoryRow, areaPath: readonly string[]): Routing['candidates'] {
  const above = unitOfLevel(city, 'street', areaPath) ?? unitOfLevel(city, 'district', areaPath);
  const named = row.unit === null ? [] : [{ unit: row.unit, reason: row.dutyBasis }];
  return above ? [...named, { unit: above.code, reason: `${row.level ?? 'place'}: ${row.dutyBasis}` }] : named;
}

/** Whether the guard stands before a unit: streets and communities are given only what is theirs. */
export const isGuarded = (unit: Pick<Unit, 'kind'> | undefined): boolean =>
  unit?.kind === 'street' || unit?.kind === 'community';

/** Why a unit may not be given a matter, by the duty lists; null when it may. */
export type GuardAnswer = Readonly<{ refused: false } | { refused: true; line: string | null; text: string }>;

/**
 * The admission guard (准入): a street or community is only given what stands on its duty list. Refused with the line
 * of the negative list, or with none when no list names the matter. Other units are not guarded.
 */
export function admits(city: City, unit: Unit, category: string): GuardAnswer {
  if (!isGuarded(unit)) return { refused: false };
  const lines = city.dutyLists.filter(
    (l) => (l.unit === unit.code || (l.unit === null && l.unitKind === unit.kind)) && isBelow(category, l.category),
  );
  const deepest = Math.max(...lines.map((l) => l.category.length));
  const own = lines.filter((l) => l.category.length === deepest);
  const negative = own.find((l) => l.list === 'negative');
  if (negative) return { refused: true, line: negative.line, text: negative.text };
  if (own.length === 0) return { refused: true, line: null, text: category };
  return { refused: false };
}
