import { readdirSync, readFileSync } from 'node:fs';
import { alwaysOpen, type HolidayNotice, longHours } from '../domain/calendar.ts';
import type { Category, Channel, DirectoryRow, DutyLine, Post, Role, Unit, UnitKind } from '../domain/city.ts';
import type { JointMatter } from '../domain/coordination.ts';
import type { ExternalIndex } from '../domain/external-index.ts';
import type { Service } from '../domain/service.ts';
import type { ServicePoint } from '../domain/service-point.ts';

/** One area of the demo map. `level` is the name the file uses; `areaLevels` says what we call it. */
export type AreaFeature = Readonly<{
  type: 'Feature';
  id: string;
  properties: Readonly<{ level: string; code: string; name: string; parent: string | null }>;
  geometry: Readonly<{ type: 'Polygon'; coordinates: readonly (readonly (readonly [lon: number, lat: number])[])[] }>;
}>;

/** GeoJSON, WGS 84, lon before lat. */
export type AreaCollection = Readonly<{ type: 'FeatureCollection'; features: readonly AreaFeature[] }>;

/** A level of the area tree: our `code`, its Chinese name, and the value of the map's property `level` that means it. */
export type AreaLevel = Readonly<{ code: string; name: string; property: string }>;

/** A standard answer of the knowledge base. */
export type Article = Readonly<{ code: string; title: string; category: string; text: string }>;

/** A whole city as data, ready to be loaded into an empty database. */
export type DemoCity = Readonly<{
  areas: AreaCollection;
  levels: readonly AreaLevel[];
  units: readonly Unit[];
  posts: readonly Post[];
  categories: readonly Category[];
  directory: Readonly<{ version: string; rows: readonly DirectoryRow[] }>;
  dutyLists: readonly DutyLine[];
  channels: readonly Channel[];
  notices: readonly HolidayNotice[];
  knowledge: readonly Article[];
  matters: readonly JointMatter[];
  services: readonly Service[];
  servicePoints: readonly ServicePoint[];
  indices: readonly ExternalIndex[];
}>;

/** How the seed requests' own words for channel and urgency read in ours; categories are the same already. */
export type SeedMapping = Readonly<{
  fields: Readonly<Record<string, string>>;
  channels: Readonly<Record<string, string>>;
  urgency: Readonly<Record<string, Readonly<{ kind: string; urgency: string }>>>;
}>;

/** One of the written requests that a drill may send. Coordinates are WGS 84; both are null where only words are known. */
export type SeedRequest = Readonly<{
  id: string;
  created_at: string;
  channel: string;
  title: string;
  body: string;
  category: string;
  urgency: string;
  address: string;
  lat: number | null;
  lon: number | null;
  expect_community: string;
  expect_street: string;
  confidential: boolean;
}>;

const areaLevels: readonly AreaLevel[] = [
  { code: 'district', name: '区', property: 'district' },
  { code: 'street', name: '街道', property: 'street' },
  { code: 'community', name: '社区', property: 'community' },
  { code: 'grid', name: '微网格', property: 'microgrid' },
];

const folder = new URL('city/', import.meta.url);
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const json = <T>(file: string): T => JSON.parse(text(file)) as T;

/** Reads the demo city. Nothing is read before the call; offices are generic and nobody in it exists. */
export function demoCity(): DemoCity {
  const areas = json<AreaCollection>('wuhou_4level.geojson');
  const units = readUnits(areas);
  return {
    areas,
    levels: areaLevels,
    units,
    posts: readPosts(units, areas),
    categories: readCategories(),
    directory: readDirectory(),
    dutyLists: readDutyLists(),
    channels: json<readonly Channel[]>('channels.json'),
    notices: readNotices(),
    knowledge: json<readonly Article[]>('knowledge.json'),
    matters: json<readonly JointMatter[]>('joint-matters.json'),
    services: json<readonly Service[]>('services.json'),
    servicePoints: json<readonly ServicePoint[]>('service-points.json'),
    indices: json<readonly ExternalIndex[]>('indices.json'),
  };
}

/** The 120 seed requests, and how to read them. */
export function demoSeeds(): Readonly<{ requests: readonly SeedRequest[]; mapping: SeedMapping }> {
  const lines = text('seed_requests_zh_cc0.jsonl')
    .split('\n')
    .filter((line) => line !== '');
  return {
    requests: lines.map((line) => JSON.parse(line) as SeedRequest),
    mapping: json<SeedMapping>('seed-mapping.json'),
  };
}

type Named = Readonly<{ code: string; name: string }>;
type UnitFile = Readonly<{
  /** Streets whose communities work 08:00-20:00 and on Saturdays. */
  longHours: readonly string[];
  hotline: Named;
  departments: readonly (Named & Readonly<{ leaderSigns?: boolean }>)[];
  utilities: readonly Named[];
  stationed: Readonly<{ streets: readonly string[]; teams: readonly (Named & Readonly<{ line: string }>)[] }>;
  companies: readonly (Named & Readonly<{ parent: string; area: string }>)[];
}>;

function readUnits({ features }: AreaCollection): readonly Unit[] {
  const file = json<UnitFile>('units.json');
  const hotline = file.hotline.code;
  const district = features.find(({ properties }) => properties.level === 'district')?.properties;
  if (district === undefined) throw new Error('the demo map has no district');
  const unit = (
    named: Named,
    kind: UnitKind,
    parent: string | null,
    area: string | null,
    more: Partial<Unit> = {},
  ): Unit => ({
    code: named.code,
    name: named.name,
    kind,
    parent,
    line: null,
    area,
    hours: null,
    leaderSigns: false,
    ...more,
  });
  const nameOf = new Map(features.map(({ properties }) => [properties.code, properties.name]));
  const served = (kind: 'street' | 'community') =>
    features
      .filter(({ properties }) => properties.level === kind)
      .map(({ properties: { code, name, parent } }) => {
        const hours = kind === 'community' && parent !== null && file.longHours.includes(parent) ? longHours : null;
        return unit({ code, name: kind === 'street' ? `${name}办事处` : name }, kind, parent, code, { hours });
      });
  return [
    unit(file.hotline, 'hotline_centre', null, null),
    unit({ code: district.code, name: `${district.name}城市运行中心` }, 'district', hotline, district.code),
    ...served('street'),
    ...served('community'),
    ...file.departments.map((d) =>
      unit(d, 'department', district.code, district.code, { leaderSigns: d.leaderSigns ?? false }),
    ),
    ...file.utilities.map((u) => unit(u, 'utility', hotline, null, { hours: alwaysOpen })),
    ...file.stationed.streets.flatMap((street) =>
      file.stationed.teams.map(({ code, name, line }) => {
        const named = { code: `${street}-${code}`, name: `${nameOf.get(street) ?? street}${name}` };
        return unit(named, 'stationed', street, street, { line });
      }),
    ),
    ...file.companies.map((c) => unit(c, 'property_company', c.parent, c.area)),
  ];
}

type PostTemplate = Named & Readonly<{ role: Role }>;
type PostFile = Readonly<{
  every: readonly PostTemplate[];
  kinds: Readonly<Partial<Record<UnitKind, readonly PostTemplate[]>>>;
  units: Readonly<Partial<Record<string, readonly PostTemplate[]>>>;
  gridWorker: PostTemplate;
  skills: Readonly<{
    kinds: Readonly<Partial<Record<UnitKind, readonly string[]>>>;
    units: Readonly<Partial<Record<string, readonly string[]>>>;
  }>;
}>;

/** Holders are codes of chairs, never of persons: `holder-<unit>-<post>-a` and `-b`. */
function readPosts(units: readonly Unit[], { features }: AreaCollection): readonly Post[] {
  const file = json<PostFile>('posts.json');
  const children = Map.groupBy(features, ({ properties }) => properties.parent);
  return units.flatMap((unit) => {
    const post = ({ code, name, role }: PostTemplate, areas: readonly string[] = []): Post => ({
      code: `${unit.code}-${code}`,
      unit: unit.code,
      name,
      role,
      holderA: `holder-${unit.code}-${code}-a`,
      holderB: `holder-${unit.code}-${code}-b`,
      acting: 'A',
      areas,
      skills: role === 'unit_clerk' ? (file.skills.units[unit.code] ?? file.skills.kinds[unit.kind] ?? []) : [],
    });
    const templates = [...file.every, ...(file.kinds[unit.kind] ?? []), ...(file.units[unit.code] ?? [])];
    const grids = unit.kind === 'community' ? (children.get(unit.code) ?? []).map((grid) => grid.properties.code) : [];
    const posts = templates.map((template) => post(template));
    return grids.length === 0 ? posts : [...posts, post(file.gridWorker, grids)];
  });
}

/** Leaves that hang under one node and have `as` in common. An empty `under` is the root. */
type LeafGroup = Readonly<{
  under: string;
  as?: Partial<Category>;
  leaves: Readonly<Record<string, Partial<Category>>>;
}>;

const plainLeaf = {
  leaf: true,
  needsPlace: true,
  severity: 'ordinary',
  tier: 'ordinary',
  verification: 'field',
  coHandlers: [],
  comprehensive: false,
  administrativeAct: false,
  safety: false,
  emergencyWords: [],
  questions: [],
  statutory: null,
  retired: null,
} as const satisfies Partial<Category>;

/** Parents stand before their children; nodes above the leaves carry plain values and hold no orders. */
function readCategories(): readonly Category[] {
  const found = new Map<string, Category>();
  const node = (code: string, more: Partial<Category>): void => {
    const cut = code.lastIndexOf('/');
    const parent = cut < 0 ? null : code.slice(0, cut);
    if (parent !== null && !found.has(parent)) node(parent, { leaf: false });
    found.set(code, { ...plainLeaf, ...more, code, name: code.slice(cut + 1), parent });
  };
  for (const { under, as = {}, leaves } of json<readonly LeafGroup[]>('categories.json'))
    for (const [name, own] of Object.entries(leaves)) {
      const code = under === '' ? name : `${under}/${name}`;
      if (found.has(code)) throw new Error(`category ${code} stands twice in the demo city`);
      node(code, { ...as, ...own });
    }
  return [...found.values()];
}

type DirectoryFile = Readonly<{
  version: string;
  groups: readonly Readonly<{
    line: string;
    unit?: string;
    level?: 'community' | 'street';
    dutyBasis: string;
    categories: readonly string[];
  }>[];
}>;

const numbered = (line: string, index: number): string => `${line}-${String(index + 1).padStart(2, '0')}`;

/** Tier and co-handlers are the category's own: no row of the demo overrides them. */
function readDirectory(): DemoCity['directory'] {
  const { version, groups } = json<DirectoryFile>('directory.json');
  const rows = groups.flatMap(({ line, unit = null, level = null, dutyBasis, categories }) =>
    categories.map((category, index): DirectoryRow => {
      const decided = { line: numbered(line, index), category, area: null, unit, level, dutyBasis };
      return { ...decided, tier: null, coHandlers: [], ceiling: null };
    }),
  );
  return { version, rows };
}

type DutyGroup = Omit<DutyLine, 'category' | 'unit'> & Readonly<{ categories: readonly string[] }>;

const readDutyLists = (): readonly DutyLine[] =>
  json<readonly DutyGroup[]>('duty-lists.json').flatMap(({ categories, line, ...rest }) =>
    categories.map((category, index) => ({ ...rest, line: numbered(line, index), unit: null, category })),
  );

const readNotices = (): readonly HolidayNotice[] =>
  readdirSync(new URL('calendar/', folder))
    .filter((file) => /^\d{4}\.json$/.test(file))
    .toSorted()
    .map((file) => json<HolidayNotice>(`calendar/${file}`));
