import { and, asc, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { type Area, areaTree } from '../domain/area.ts';
import { buildCalendar, type HolidayNotice, officeHours } from '../domain/calendar.ts';
import type { Category, Channel, City, DirectoryRow, DutyLine, Post, Unit } from '../domain/city.ts';
import { type ClockRules, defaultClockRules } from '../domain/clock-rules.ts';
import type { AreaIndex, BoundaryRoad } from '../domain/placement.ts';
import type { Instant } from '../domain/time.ts';
import { buildAreaIndex } from './area-index.ts';
import type { Queryable } from './rows.ts';
import * as t from './tables.ts';

/** An answer of the knowledge base. */
export type Article = Readonly<{ code: string; title: string; category: string | null; text: string }>;

/** Everything configured, in memory and immutable: a change makes a new one. */
export type CityState = Readonly<{
  city: City;
  knowledge: ReadonlyMap<string, Article>;
  /** The areas that were valid then; the first version where nothing was valid yet. */
  areasAt(at: Instant): AreaIndex;
}>;

/** The kinds of thing a city is made of, and what each looks like. */
export type CityThings = {
  unit: Unit;
  post: Post;
  category: Category;
  duty: DutyLine;
  channel: Channel;
  notice: HolidayNotice;
  article: Article;
  clock_rules: ClockRules;
};
export type CityKind = keyof CityThings;

type AreaVersion = Readonly<{ validFrom: Instant; index: AreaIndex }>;

/** Reads the city as it is at `now`. Indexes of area versions that have not changed are taken from `before`. */
export async function loadCity(pool: pg.Pool, now: Instant, indexes: Map<string, AreaVersion>): Promise<CityState> {
  const db = drizzle({ client: pool });
  const rows = await db
    .select()
    .from(t.cityRows)
    .where(and(lte(t.cityRows.validFrom, now), or(isNull(t.cityRows.validTo), gt(t.cityRows.validTo, now))))
    .orderBy(asc(t.cityRows.kind), asc(t.cityRows.code));
  const all = <K extends CityKind>(kind: K): CityThings[K][] =>
    rows.filter((r) => r.kind === kind).map((r) => r.body as CityThings[K]);
  const directories = await db
    .select()
    .from(t.directoryVersions)
    .where(and(eq(t.directoryVersions.state, 'active'), lte(t.directoryVersions.validFrom, now)))
    .orderBy(asc(t.directoryVersions.validFrom), asc(t.directoryVersions.activatedAt));
  const directory = directories.at(-1);
  const versions = await loadAreas(db, pool, indexes);
  return {
    city: {
      version: `${rows.length}-${directory?.id ?? 'none'}-${Math.max(0, ...rows.map((r) => r.changedAt))}`,
      units: new Map(all('unit').map((u) => [u.code, u])),
      posts: all('post'),
      categories: new Map(all('category').map((c) => [c.code, c])),
      directory: { version: directory?.name ?? 'none', rows: (directory?.rows ?? []) as readonly DirectoryRow[] },
      dutyLists: all('duty'),
      channels: new Map(all('channel').map((c) => [c.code, c])),
      calendar: buildCalendar(all('notice')),
      clockRules: all('clock_rules')[0] ?? defaultClockRules,
      defaultHours: officeHours,
    },
    knowledge: new Map(all('article').map((a) => [a.code, a])),
    areasAt: (at) => versions.findLast((v) => v.validFrom <= at)?.index ?? versions[0]?.index ?? noAreas,
  };
}

const noAreas: AreaIndex = buildAreaIndex(areaTree([], []), [], null);

async function loadAreas(
  db: ReturnType<typeof drizzle>,
  pool: pg.Pool,
  indexes: Map<string, AreaVersion>,
): Promise<readonly AreaVersion[]> {
  const versions = await db
    .select()
    .from(t.areaVersions)
    .where(eq(t.areaVersions.state, 'active'))
    .orderBy(asc(t.areaVersions.validFrom), asc(t.areaVersions.activatedAt));
  const loaded: AreaVersion[] = [];
  for (const { id, levels, boundaryRoads, validFrom } of versions) {
    const known = indexes.get(id) ?? {
      validFrom,
      index: await readAreas(pool, id, levels, boundaryRoads as readonly BoundaryRoad[]),
    };
    indexes.set(id, known);
    loaded.push(known);
  }
  return loaded;
}

/** The areas of one version, indexed. */
export async function readAreas(
  from: Queryable,
  versionId: string,
  levels: readonly string[],
  roads: readonly BoundaryRoad[],
): Promise<AreaIndex> {
  const { rows } = await from.query<Area>(
    'select code, name, level, parent, scheme, shape from areas where version_id = $1 order by code',
    [versionId],
  );
  return buildAreaIndex(areaTree(levels, rows), roads, versionId);
}

/** Every process hears that the city has changed once the transaction commits. */
export const announceCity = (tx: Queryable): Promise<unknown> => tx.query("select pg_notify('city', '')");

/** Replaces one thing of the city from `at` on; what was valid before stays in the record. `body` null ends it. */
export async function putThing<K extends CityKind>(
  tx: Queryable,
  kind: K,
  code: string,
  body: CityThings[K] | null,
  of: Readonly<{ at: Instant; by: string }>,
): Promise<void> {
  const at = new Date(of.at).toISOString();
  await tx.query('delete from city_rows where kind = $1 and code = $2 and valid_from >= $3', [kind, code, at]);
  await tx.query('update city_rows set valid_to = $3 where kind = $1 and code = $2 and valid_to is null', [
    kind,
    code,
    at,
  ]);
  if (body === null) return;
  await tx.query(
    'insert into city_rows (kind, code, valid_from, body, changed_by, changed_at) values ($1, $2, $3, $4, $5, $3)',
    [kind, code, at, JSON.stringify(body), of.by],
  );
}
