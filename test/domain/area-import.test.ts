import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../src/domain/area-file.ts';
import { importAreas } from '../../src/domain/area-import.ts';
import type { MultiPolygon } from '../../src/domain/geometry.ts';
import { areaOverlay } from '../../src/store/area-overlap.ts';
import { area, at, box, levels, ring } from '../support/drawn-city.ts';

type Properties = Readonly<Record<string, unknown>>;
const feature = (properties: Properties, shape: MultiPolygon | null) => ({
  type: 'Feature',
  properties,
  geometry: shape && { type: 'MultiPolygon', coordinates: shape },
});
const street = feature({ code: 'S', name: '石羊街道', level: 'street' }, box(0, 0, 2, 2));
const community = (code: string, shape: MultiPolygon | null, more: Properties = {}) =>
  feature({ code, name: code, level: 'community', parent: 'S', ...more }, shape);
const west = community('W', box(0, 0, 1, 2));
const east = community('E', box(1, 0, 1, 2));

const bring = (features: readonly unknown[], mappings?: readonly Mapping[]) =>
  importAreas({ type: 'FeatureCollection', features }, { levels, mappings }, areaOverlay(at(0, 0)));
const blocking = (...features: unknown[]) =>
  bring(features).report.blocking.map(({ code, area: on }) => `${code} ${on}`);
const warnings = (...features: unknown[]) =>
  bring(features).report.warnings.map(({ code, area: on }) => `${code} ${on}`);

test('a tidy file gives its areas, counted by level, and nothing to complain about', () => {
  const { areas, report } = bring([street, west, east]);
  expect(report).toEqual({
    blocking: [],
    warnings: [],
    counts: { city: 0, district: 0, street: 1, community: 2, grid: 0, building: 0 },
  });
  expect(areas[1]).toEqual({
    code: 'W',
    name: 'W',
    level: 'community',
    parent: 'S',
    scheme: 'free',
    shape: box(0, 0, 1, 2),
  });
});

test('a Polygon and heights are brought into the one form', () => {
  const outline = box(0, 0)[0]!.map((r) => r.map((position) => [...position, 500]));
  const { areas } = bring([{ ...street, geometry: { type: 'Polygon', coordinates: outline } }]);
  expect(areas[0]!.shape).toEqual(box(0, 0));
});

describe('blocks', () => {
  test('an invalid ring', () => {
    expect(blocking(street, west, community('E', [[ring([1, 0], [2, 2], [2, 0], [1, 3])]]))).toEqual([
      'invalid-ring E',
    ]);
  });
  test('a geometry that is no polygon', () => {
    expect(blocking(street, { ...west, geometry: { type: 'Point', coordinates: [1, 2] } })).toEqual([
      'not-a-polygon W',
    ]);
    expect(blocking(street, { ...west, geometry: { type: 'Polygon' } })).toEqual(['not-a-polygon W']);
    for (const type of ['Polygon', 'MultiPolygon'])
      expect(blocking(street, { ...west, geometry: { type, coordinates: [] } })).toEqual(['not-a-polygon W']);
  });
  test('a code used twice', () => expect(blocking(street, west, west)).toEqual(['duplicate-code W']));
  test('an unknown parent below the root', () => {
    expect(blocking(street, community('W', null, { parent: 'X' }))).toEqual(['parent-unknown W']);
    expect(blocking(street, community('W', null, { parent: undefined }))).toEqual(['parent-unknown W']);
  });
  test('but not a parent that lies above the root, which is dropped', () => {
    const root = feature({ code: 'S', name: 'S', level: 'street', parent: 'county' }, null);
    expect(bring([root])).toMatchObject({ areas: [{ parent: null }], report: { blocking: [] } });
  });
  test('siblings that overlap by more than 1 square metre, and not by less', () => {
    const by = (m2: number) => {
      const [w, h] = [1 - Math.sqrt(m2) / 744.6, 1 + Math.sqrt(m2) / 868.7]; // a cell is 744.6 m wide here and 868.7 m high
      return community('E', [[ring([1, 0], [2, 0], [2, 2], [1, 2], [1, h], [w, h], [w, 1], [1, 1])]]);
    };
    expect(blocking(street, west, by(0.95))).toEqual([]);
    expect(blocking(street, west, by(1.05))).toEqual(['overlap E']);
    const [found] = bring([street, west, by(50)]).report.blocking;
    expect(found).toMatchObject({
      area: 'E',
      other: 'W',
      message: expect.stringMatching(/^overlaps W by (49|50|51) m²$/),
    });
  });
  test('what is missing, by the place of the feature where there is no code', () => {
    expect(blocking(street, feature({ name: 'x', level: 'grid' }, null), community('W', null, { name: ' ' }))).toEqual([
      'property-missing #2',
      'property-missing W',
    ]);
    expect(blocking(street, null, { type: 'Feature' }, 7)).toEqual([
      'not-a-feature #2',
      'not-a-feature #3',
      'not-a-feature #4',
    ]);
  });
  test('levels and schemes nobody knows, and a parent of no higher level', () => {
    expect(blocking(street, community('W', null, { level: 'ward' }))).toContain('level-unknown W');
    expect(blocking(street, community('W', null, { scheme: 'zip' }))).toEqual(['scheme-unknown W']);
    expect(blocking(street, west, community('E', null, { parent: 'W' }))).toEqual(['level-order E']);
    expect(blocking(community('W', null, { parent: 'E' }), community('E', null, { parent: 'W' }))).toContain(
      'level-order W',
    );
  });
  test('a code its scheme does not allow, and a parent its scheme contradicts', () => {
    const root = feature({ code: '510107001', name: 'S', level: 'street', scheme: 'db11-15' }, null);
    const other = feature({ code: '510107002', name: 'S', level: 'street', scheme: 'db11-15' }, null);
    const child = (code: string, parent?: string) => community(code, null, { scheme: 'db11-15', parent });
    expect(blocking(root, child('51010700100', '510107001'))).toEqual(['code-misfit 51010700100']);
    expect(blocking(root, other, child('510107001004', '510107002'))).toEqual(['parent-misfit 510107001004']);
    expect(bring([root, child('510107001004')]).areas[1]!.parent).toBe('510107001');
  });
});

describe('warns of', () => {
  test('parts outside the parent, with their size', () => {
    const wide = community('E', box(1, 0, 2, 2));
    expect(blocking(street, west, wide)).toEqual([]);
    expect(warnings(street, west, wide)).toEqual(['outside-parent E']);
    expect(bring([street, west, wide]).report.warnings[0]!.m2! / 1e6).toBeCloseTo(2 * 0.8687 * 0.7457, 1);
  });
  test('holes in the cover of the parent', () => expect(warnings(street, west)).toEqual(['uncovered S']));
  test('nothing where the parent has no shape or no children', () => {
    expect(warnings(feature({ code: 'S', name: 'S', level: 'street' }, null), west)).toEqual([]);
    expect(warnings(street)).toEqual([]);
  });
  test('a hole in a part is not taken for the part', () => {
    const frame = community('F', [[box(0, 0, 2, 2)[0]![0]!, box(0.5, 0.5)[0]![0]!]]);
    expect(warnings(street, frame, community('M', box(0.5, 0.5)))).toEqual([]);
    expect(blocking(street, frame, community('M', box(0.5, 0.5)))).toEqual([]);
    expect(warnings(street, frame)).toEqual(['uncovered S']);
  });
});

test('a mapping reads a file written in other words, by the first that fits, beside areas given by hand', () => {
  const mappings: readonly Mapping[] = [
    { when: 'Boro', code: 'Boro', name: 'BoroName', level: { const: 'district' }, parent: { const: 'NYC' } },
    { code: 'CD', name: 'CD', level: { of: 'kind', rename: { cd: 'community' } }, parent: { of: 'CD', first: 1 } },
  ];
  const features = [feature({ CD: 401, kind: 'cd' }, box(0, 0)), feature({ Boro: 4, BoroName: 'Queens' }, box(0, 0))];
  const also = [area('NYC', { level: 'city', name: 'New York' })];
  const { areas, report } = importAreas(
    { type: 'FeatureCollection', features },
    { levels, mappings, also },
    areaOverlay(at(0, 0)),
  );
  expect(report.blocking).toEqual([]);
  expect(areas.map(({ code, name, level, parent }) => [code, name, level, parent])).toEqual([
    ['NYC', 'New York', 'city', null],
    ['401', '401', 'community', '4'],
    ['4', 'Queens', 'district', 'NYC'],
  ]);
});
