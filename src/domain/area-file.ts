import type { Area } from './area.ts';
import { isCodeScheme } from './code-scheme.ts';
import type { MultiPolygon } from './geometry.ts';
import { type RingFaultCode, ringFault } from './ring.ts';

/** What a GeoJSON file holds, as far as it matters; nothing in it is believed. */
export type FeatureCollection = Readonly<{ type: 'FeatureCollection'; features: readonly unknown[] }>;

/**
 * Where a value of an area comes from: a property by name; the same for all; or a property, of it the `first` so many
 * characters, and `rename`d where listed.
 */
export type Source =
  | string
  | Readonly<{ const: string }>
  | Readonly<{ of: string; first?: number | undefined; rename?: Readonly<Record<string, string>> | undefined }>;

/** How the features of a file become areas. `when` limits it to features that have that property. */
export type Mapping = Readonly<{
  when?: string | undefined;
  code: Source;
  name: Source;
  level: Source;
  /** A parent that is not given is the one the code scheme derives. */
  parent?: Source | undefined;
  /** Name of a code scheme; `free` if not given. */
  scheme?: Source | undefined;
}>;

/** The mapping of a file written in our own words. */
export const plainMapping: Mapping = { code: 'code', name: 'name', level: 'level', parent: 'parent', scheme: 'scheme' };

export type FindingCode =
  | 'not-a-feature'
  | 'property-missing'
  | 'scheme-unknown'
  | 'code-misfit'
  | 'parent-misfit'
  | 'level-unknown'
  | 'level-order'
  | 'not-a-polygon'
  | 'invalid-ring'
  | 'duplicate-code'
  | 'parent-unknown'
  | 'overlap'
  | 'outside-parent'
  | 'uncovered';

/** Something wrong with an area, or with a feature that could not become one (`area` is then its place: #1 is the first). */
export type Finding = Readonly<{
  code: FindingCode;
  area: string;
  other: string | null;
  m2: number | null;
  message: string;
}>;

export const finding = (
  code: FindingCode,
  area: string,
  message: string,
  other: string | null = null,
  m2: number | null = null,
): Finding => ({
  code,
  area,
  other,
  m2,
  message,
});

const ringFaults: Record<RingFaultCode, string> = {
  'not-positions': 'a ring is not a list of positions',
  'not-finite': 'a coordinate is not a number',
  'out-of-range': 'a position is not on earth',
  'too-short': 'a ring has fewer than four positions',
  'not-closed': 'a ring does not end where it began',
  'crosses-itself': 'a ring touches or crosses itself',
  'no-area': 'a ring encloses nothing',
};

/** The areas a file holds, by the first mapping that fits each feature, and what kept features from becoming one. */
export function readAreas(
  collection: FeatureCollection,
  mappings: readonly Mapping[],
): Readonly<{ areas: readonly Area[]; findings: readonly Finding[] }> {
  const areas: Area[] = [];
  const findings: Finding[] = [];
  for (const [i, feature] of collection.features.entries()) {
    const read = readFeature(feature, mappings, `#${i + 1}`);
    if ('code' in read.area) areas.push(read.area);
    findings.push(...read.findings);
  }
  return { areas, findings };
}

type Read = Readonly<{ area: Area | Readonly<Record<never, never>>; findings: readonly Finding[] }>;

function readFeature(feature: unknown, mappings: readonly Mapping[], place: string): Read {
  const refused = (...findings: Finding[]): Read => ({ area: {}, findings });
  if (!isRecord(feature) || !isRecord(feature.properties))
    return refused(finding('not-a-feature', place, 'has no properties'));
  const { properties, geometry } = feature;
  const mapping = mappings.find(({ when }) => when === undefined || text(properties[when]) !== null);
  if (!mapping) return refused(finding('not-a-feature', place, 'no mapping fits it'));

  const code = value(properties, mapping.code);
  const name = value(properties, mapping.name);
  const level = value(properties, mapping.level);
  const missing = Object.entries({ code, name, level }).filter(([, found]) => found === null);
  if (code === null || name === null || level === null)
    return refused(...missing.map(([which]) => finding('property-missing', code ?? place, `has no ${which}`)));
  const scheme = value(properties, mapping.scheme) ?? 'free';
  if (!isCodeScheme(scheme)) return refused(finding('scheme-unknown', code, `no code scheme is called ${scheme}`));
  const shape = readShape(geometry, code);
  const parent = value(properties, mapping.parent);
  return { area: { code, name, level, parent, scheme, shape: shape.shape }, findings: shape.findings };
}

/** Every polygon is brought into one form. A feature without a geometry is an area without a shape. */
export function readShape(
  geometry: unknown,
  code: string,
): Readonly<{ shape: MultiPolygon | null; findings: readonly Finding[] }> {
  if (geometry === null || geometry === undefined) return { shape: null, findings: [] };
  const { type, coordinates } = isRecord(geometry) ? geometry : {};
  const polygons: unknown = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : null;
  if (!isNested(polygons) || polygons.length === 0)
    return {
      shape: null,
      findings: [finding('not-a-polygon', code, 'its geometry is neither a Polygon nor a MultiPolygon')],
    };
  for (const ring of polygons.flat()) {
    const wrong = ringFault(ring);
    if (!wrong) continue;
    const where = wrong.at ? ` at ${wrong.at[0]}, ${wrong.at[1]}` : '';
    return { shape: null, findings: [finding('invalid-ring', code, ringFaults[wrong.fault] + where)] };
  }
  const rings = polygons as MultiPolygon;
  return {
    shape: rings.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lon, lat] as const))),
    findings: [],
  };
}

function value(properties: Readonly<Record<string, unknown>>, source: Source | undefined): string | null {
  if (source === undefined) return null;
  if (typeof source === 'string') return text(properties[source]);
  if ('const' in source) return source.const;
  const whole = text(properties[source.of]);
  const part = whole === null ? null : whole.slice(0, source.first);
  return part === null ? null : (source.rename?.[part] ?? part);
}

const text = (given: unknown): string | null =>
  typeof given === 'number' ? String(given) : typeof given === 'string' && given.trim() !== '' ? given.trim() : null;
const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null;
const isNested = (given: unknown): given is readonly (readonly unknown[])[] =>
  Array.isArray(given) && given.every((polygon) => Array.isArray(polygon) && polygon.length > 0);
