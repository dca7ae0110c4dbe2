import { type Area, areaTree } from './area.ts';
import { type FeatureCollection, type Finding, finding, type Mapping, plainMapping, readAreas } from './area-file.ts';
import { codeSchemes } from './code-scheme.ts';
import { type Bbox, bbox, boxesOverlap, type MultiPolygon } from './geometry.ts';

/** What shapes have in common and what not, in square metres; each shape without faults. */
export type AreaOverlay = Readonly<{
  overlapM2: (a: MultiPolygon, b: MultiPolygon) => number;
  outsideM2: (shape: MultiPolygon, parent: MultiPolygon) => number;
  uncoveredM2: (parent: MultiPolygon, children: readonly MultiPolygon[]) => number;
}>;

/** What the import found. A version with blocking findings is never activated, one with warnings only when accepted in writing. */
export type ImportReport = Readonly<{
  blocking: readonly Finding[];
  warnings: readonly Finding[];
  /** Areas by level, highest first. */
  counts: Readonly<Record<string, number>>;
}>;

export type ImportOptions = Readonly<{
  /** Level names, highest first. */
  levels: readonly string[];
  mappings?: readonly Mapping[] | undefined;
  /** Areas the file does not hold, such as the city itself. */
  also?: readonly Area[] | undefined;
}>;

/** Siblings may share this much; more is a mistake in the drawing. */
export const overlapAllowedM2 = 1;

/** Makes a version of the areas out of a GeoJSON file, with the report on it. Throws nothing, whatever the file holds. */
export function importAreas(
  collection: FeatureCollection,
  { levels, mappings = [plainMapping], also = [] }: ImportOptions,
  overlay: AreaOverlay,
): Readonly<{ areas: readonly Area[]; report: ImportReport }> {
  const read = readAreas(collection, mappings);
  const { areas, findings } = settle([...also, ...read.areas], levels);
  const warnings: Finding[] = [];
  const blocking = [...read.findings, ...findings];
  if (!findings.some(({ code }) => code === 'level-order')) {
    const shapes = compareShapes(areas, levels, overlay);
    blocking.push(...shapes.blocking);
    warnings.push(...shapes.warnings);
  }
  const counts = Object.fromEntries(
    levels.map((level) => [level, areas.filter((area) => area.level === level).length]),
  );
  return { areas, report: { blocking, warnings, counts } };
}

/** Gives every area the parent its scheme derives where none is given, and judges codes, levels and parents. */
function settle(given: readonly Area[], levels: readonly string[]) {
  const findings: Finding[] = [];
  const byCode = new Map<string, Area>();
  for (const area of given) {
    const { code, scheme } = area;
    if (byCode.has(code)) {
      findings.push(finding('duplicate-code', code, 'its code is used more than once'));
      continue;
    }
    const fits = codeSchemes[scheme].fits(code);
    if (!fits) findings.push(finding('code-misfit', code, `its code is not written as ${scheme} demands`));
    if (!levels.includes(area.level)) findings.push(finding('level-unknown', code, `no level is called ${area.level}`));
    const derived = fits ? codeSchemes[scheme].parentOf(code) : null;
    if (derived !== null && area.parent !== null && derived !== area.parent)
      findings.push(
        finding('parent-misfit', code, `its code belongs to ${derived}, not to ${area.parent}`, area.parent),
      );
    byCode.set(code, { ...area, parent: area.parent ?? derived });
  }
  const top = Math.min(...[...byCode.values()].map(({ level }) => levels.indexOf(level)).filter((depth) => depth >= 0));
  const areas = [...byCode.values()].map((area): Area => {
    const parent = byCode.get(area.parent ?? '');
    const isRoot = levels.indexOf(area.level) === top;
    if (parent && levels.indexOf(parent.level) >= levels.indexOf(area.level))
      findings.push(
        finding('level-order', area.code, `its parent ${parent.code} is not of a higher level`, parent.code),
      );
    if (!parent && !isRoot)
      findings.push(
        finding(
          'parent-unknown',
          area.code,
          `its parent ${area.parent ?? '(none)'} is not an area of this version`,
          area.parent,
        ),
      );
    return parent || !isRoot ? area : { ...area, parent: null }; // what lies above the root is not ours
  });
  return { areas, findings };
}

type Shaped = Readonly<{ code: string; shape: MultiPolygon; box: Bbox }>;

function compareShapes(areas: readonly Area[], levels: readonly string[], overlay: AreaOverlay) {
  const tree = areaTree(levels, areas);
  const blocking: Finding[] = [];
  const warnings: Finding[] = [];
  for (const parent of [null, ...areas]) {
    const children = tree
      .children(parent?.code ?? null)
      .flatMap(({ code, shape }): Shaped[] => (shape ? [{ code, shape, box: bbox(shape) }] : []));
    for (const [a, b] of neighbours(children)) {
      const m2 = overlay.overlapM2(a.shape, b.shape);
      if (m2 > overlapAllowedM2)
        blocking.push(finding('overlap', a.code, `overlaps ${b.code} by ${metres(m2)}`, b.code, m2));
    }
    if (!parent?.shape || children.length === 0) continue;
    for (const { code, shape } of children) {
      const m2 = overlay.outsideM2(shape, parent.shape);
      if (isNotable(m2))
        warnings.push(
          finding('outside-parent', code, `${metres(m2)} of it lie outside ${parent.code}`, parent.code, m2),
        );
    }
    const m2 = overlay.uncoveredM2(
      parent.shape,
      children.map(({ shape }) => shape),
    );
    if (isNotable(m2))
      warnings.push(finding('uncovered', parent.code, `${metres(m2)} of it belong to no area below it`, null, m2));
  }
  return { blocking, warnings };
}

/** Pairs whose boxes overlap, the smaller code first: sweeps west to east. */
function* neighbours(shapes: readonly Shaped[]): Generator<readonly [Shaped, Shaped]> {
  let open: Shaped[] = [];
  for (const shape of shapes.toSorted((a, b) => a.box[0] - b.box[0])) {
    open = open.filter(({ box }) => box[2] > shape.box[0]);
    for (const other of open)
      if (boxesOverlap(shape.box, other.box)) yield other.code < shape.code ? [other, shape] : [shape, other];
    open.push(shape);
  }
}

/** Warnings have to be answered in writing, so slivers that round to a single square metre are not worth one. */
const isNotable = (m2: number): boolean => Math.round(m2) > 1;
const metres = (m2: number): string => `${m2 < 10 ? m2.toFixed(1) : Math.round(m2)} m²`;
