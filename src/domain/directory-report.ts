import { type City, type DirectoryRow, isBelow } from './city.ts';
import { admits } from './routing.ts';

export type DirectoryFindingCode =
  | 'line-twice'
  | 'category-unknown'
  | 'unit-unknown'
  | 'area-unknown'
  | 'nobody-named'
  | 'ambiguous'
  | 'administrative-act'
  | 'leaf-undecided'
  | 'off-duty-list';

/** Something wrong with a row (`line`), or with a category no row decides (`line` is null). */
export type DirectoryFinding = Readonly<{
  code: DirectoryFindingCode;
  line: string | null;
  category: string;
  message: string;
}>;

/** What the check of a directory found. Blocking findings keep it from being activated, warnings must be accepted in writing. */
export type DirectoryReport = Readonly<{
  blocking: readonly DirectoryFinding[];
  warnings: readonly DirectoryFinding[];
  rows: number;
}>;

/** Checks the rows of a directory against the rest of the city. */
export function reportOnDirectory(
  city: City,
  rows: readonly DirectoryRow[],
  hasArea: (code: string) => boolean,
): DirectoryReport {
  const blocking: DirectoryFinding[] = [];
  const warnings: DirectoryFinding[] = [];
  const lines = new Set<string>();
  const places = new Set<string>();
  for (const row of rows) {
    const { line, category, area, unit, level, coHandlers } = row;
    const block = (code: DirectoryFindingCode, message: string) => blocking.push({ code, line, category, message });
    if (lines.has(line)) block('line-twice', `line ${line} stands twice`);
    if (places.has(`${category} ${area ?? ''}`)) block('ambiguous', 'another row has the same category and area');
    lines.add(line);
    places.add(`${category} ${area ?? ''}`);
    if (!city.categories.has(category)) block('category-unknown', `no category is called ${category}`);
    if ((unit === null) === (level === null)) block('nobody-named', 'a row names one unit, or a level');
    for (const code of [...(unit === null ? [] : [unit]), ...coHandlers])
      if (!city.units.has(code)) block('unit-unknown', `no unit is called ${code}`);
    if (area !== null && !hasArea(area)) block('area-unknown', `no area is called ${area}`);
    for (const code of leavesBelow(city, category)) {
      const found = levelFinding(city, row, code);
      if (found?.code === 'administrative-act') blocking.push(found);
      else if (found) warnings.push(found);
    }
  }
  for (const { code } of [...city.categories.values()].filter((c) => c.leaf && c.retired === null))
    if (!rows.some((row) => isBelow(code, row.category)))
      warnings.push({ code: 'leaf-undecided', line: null, category: code, message: 'no row decides it' });
  return { blocking, warnings, rows: rows.length };
}

const leavesBelow = ({ categories }: City, category: string): readonly string[] =>
  categories.get(category)?.leaf === true
    ? [category]
    : [...categories.values()].filter((c) => c.leaf && c.code.startsWith(`${category}/`)).map((c) => c.code);

/** What a street or community must not be given, and a community never: an administrative act. */
function levelFinding(city: City, { line, unit, level }: DirectoryRow, category: string): DirectoryFinding | null {
  const kind = level ?? city.units.get(unit ?? '')?.kind;
  if (kind === 'community' && city.categories.get(category)?.administrativeAct === true)
    return { code: 'administrative-act', line, category, message: 'a community never owns an administrative act' };
  const whom = unit === null ? [...city.units.values()].find((u) => u.kind === level) : city.units.get(unit);
  const admission = whom && admits(city, whom, category);
  return admission?.refused === true
    ? { code: 'off-duty-list', line, category, message: admission.line ?? 'on no duty list' }
    : null;
}
