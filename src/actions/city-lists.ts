import { type DirectoryRow, isBelow } from '../domain/city.ts';
import type { CityKind, CityThings } from './configure.ts';
import type { CityState, Deps } from './deps.ts';

/** A kind of thing the city is made of, as a list: all of them as they are now, by what one is found, and by what narrowed. */
export type CityList<T> = Readonly<{
  all: (state: CityState) => Iterable<T>;
  codeOf: (thing: T) => string;
  filters: Readonly<Record<string, (thing: T, wanted: string) => boolean>>;
}>;

const codeOf = (thing: Readonly<{ code: string }>): string => thing.code;

/** The kinds whose list everybody reads. */
export const cityLists = {
  unit: {
    all: ({ city }) => city.units.values(),
    codeOf,
    filters: {
      kind: (u, kind) => u.kind === kind,
      parent: (u, parent) => u.parent === parent,
      area: (u, area) => u.area === area,
    },
  },
  post: {
    all: ({ city }) => city.posts,
    codeOf,
    filters: {
      unit: (p, unit) => p.unit === unit,
      role: (p, role) => p.role === role,
      area: (p, area) => p.areas.includes(area),
    },
  },
  category: {
    all: ({ city }) => city.categories.values(),
    codeOf,
    filters: { parent: (x, parent) => x.parent === parent, under: (x, above) => isBelow(x.code, above) },
  },
  channel: { all: ({ city }) => city.channels.values(), codeOf, filters: {} },
  duty: {
    all: ({ city }) => city.dutyLists,
    codeOf: (duty) => duty.line,
    filters: {
      unit: (d, unit) => d.unit === unit,
      unitKind: (d, kind) => d.unitKind === kind,
      category: (d, category) => isBelow(category, d.category),
      list: (d, list) => d.list === list,
    },
  },
  article: {
    all: ({ knowledge }) => knowledge.values(),
    codeOf,
    filters: {
      category: (a, category) => a.category === category,
      q: (a, words) => `${a.title} ${a.text}`.includes(words),
    },
  },
  joint_matter: {
    all: ({ matters }) => matters.values(),
    codeOf,
    filters: {
      unit: (m, unit) => m.requiredUnits.includes(unit) || m.lead === unit,
      category: (m, category) => m.category === category,
    },
  },
  evaluation_scheme: {
    all: ({ schemes }) => schemes.values(),
    codeOf,
    filters: { unitKind: (scheme, kind) => scheme.unitKind === kind },
  },
  external_index: {
    all: ({ indices }) => indices.values(),
    codeOf,
    filters: { cut: (index, cut) => index.cut === cut },
  },
  service: {
    all: ({ services }) => services.values(),
    codeOf,
    filters: {
      unit: (service, unit) => service.unit === unit,
      category: (service, category) => isBelow(service.category, category),
      visits: (service, most) => service.visitsNeeded <= Number(most),
      q: (service, words) => service.name.includes(words),
    },
  },
  service_point: {
    all: ({ servicePoints }) => servicePoints.values(),
    codeOf,
    filters: { unit: (point, unit) => point.unit === unit, kind: (point, kind) => point.kind === kind },
  },
} as const satisfies { [K in CityKind]?: CityList<CityThings[K]> };

/** The things of a list that pass, by code. */
export const thingsOf = <T>(
  { all, codeOf: code, filters }: CityList<T>,
  state: CityState,
  wanted: Readonly<Record<string, string | undefined>>,
): readonly T[] =>
  [...all(state)]
    .filter((thing) =>
      Object.entries(filters).every(([name, passes]) => {
        const said = wanted[name];
        return said === undefined || passes(thing, said);
      }),
    )
    .toSorted((a, b) => (code(a) < code(b) ? -1 : 1));

/** The rows of the directory in force, by line: of one unit, and of one category with all below it, where that is said. */
export const directoryRows = (
  { city }: Pick<Deps, 'city'>,
  { unit, category }: Readonly<{ unit?: string | undefined; category?: string | undefined }>,
): readonly DirectoryRow[] =>
  city()
    .city.directory.rows.filter(
      (row) => (unit === undefined || row.unit === unit) && (category === undefined || isBelow(row.category, category)),
    )
    .toSorted((a, b) => (a.line < b.line ? -1 : 1));
