import { asc, eq, gt, isNull, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { type Area, areaTree } from '../domain/area.ts';
import { buildCalendar, type HolidayNotice, officeHours } from '../domain/calendar.ts';
import type { Category, Channel, City, DirectoryRow, DutyLine, Post, Unit } from '../domain/city.ts';
import { type ClockRules, completed } from '../domain/clock-rules.ts';
import type { JointMatter } from '../domain/coordination.ts';
import type { EvaluationScheme } from '../domain/evaluation-scheme.ts';
import type { ExternalIndex } from '../domain/external-index.ts';
import { defaultJudgingPolicy, type JudgingPolicy } from '../domain/judging-policy.ts';
import { type LadderPolicy, ladderAt } from '../domain/ladder.ts';
import { defaultLadder } from '../domain/ladder-rows.ts';
import type { AreaIndex, BoundaryRoad } from '../domain/placement.ts';
import { type PowerRow, withDefaults } from '../domain/powers.ts';
import { defaultPublicationPolicy, type PublicationPolicy } from '../domain/publication.ts';
import { defaultSampling, type Sampling } from '../domain/sampling.ts';
import type { Service } from '../domain/service.ts';
import type { ServicePoint } from '../domain/service-point.ts';
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
  /** What residents can apply for, and where they are served near home. */
  services: ReadonlyMap<string, Service>;
  servicePoints: ReadonlyMap<string, ServicePoint>;
  /** What others measure of the city. */
  indices: ReadonlyMap<string, ExternalIndex>;
  /** Who holds the two powers, and the list of joint enforcement matters. */
  powers: readonly PowerRow[];
  matters: ReadonlyMap<string, JointMatter>;
  /** When too much is too much: of exclusions, and of what inspectors and judges find. */
  judging: JudgingPolicy;
  /** By what units of a kind are judged. */
  schemes: ReadonlyMap<string, EvaluationScheme>;
  /** The ladder in force. */
  ladder: LadderPolicy;
  /** That one and those known to come later. */
  ladders: readonly LadderPolicy[];
  /** What is published, and how long it can be stopped before. */
  publication: PublicationPolicy;
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
  service: Service;
  service_point: ServicePoint;
  external_index: ExternalIndex;
  clock_rules: ClockRules;
  sampling: Sampling;
  joint_matter: JointMatter;
  evaluation_scheme: EvaluationScheme;
  power: PowerRow;
  judging: JudgingPolicy;
  ladder: Omit<LadderPolicy, 'validFrom'>;
  publication: PublicationPolicy;
};
export type CityKind = keyof CityThings;

type AreaVersion = Readonly<{ validFrom: Instant; index: AreaIndex }>;

/** The city at every moment from the one it was read at: what is known to change later changes by itself, on time. */
export type CityAt = (at: Instant) => CityState;

type CityRow = typeof t.cityRows.$inferSelect;
type DirectoryVersion = typeof t.directoryVersions.$inferSelect;

/** Reads the city as it is at `now` and will be. Indexes of area versions that have not changed are taken from `before`. */
export async function loadCity(pool: pg.Pool, now: Instant, indexes: Map<string, AreaVersion>): Promise<CityAt> {
  const cityAt = await readCity(pool, now);
  const versions = await loadAreas(drizzle({ client: pool }), pool, indexes);
  const areasAt: CityState['areasAt'] = (at) =>
    versions.findLast((v) => v.validFrom <= at)?.index ?? versions[0]?.index ?? noAreas;
  const known = new WeakMap<CityNow, CityState>();
  return (at) => {
    const found = cityAt(at);
    const state = known.get(found) ?? { ...found, areasAt };
    known.set(found, state);
    return state;
  };
}

/** The city at one moment, without its areas. */
export type CityNow = Omit<CityState, 'areasAt'>;

/** The same without its areas. `from` may be a transaction that has changed something. */
export async function readCity(from: pg.Pool | pg.PoolClient, now: Instant): Promise<(at: Instant) => CityNow> {
  const db = drizzle({ client: from });
  const rows = await db
    .select()
    .from(t.cityRows)
    .where(or(isNull(t.cityRows.validTo), gt(t.cityRows.validTo, now)))
    .orderBy(asc(t.cityRows.kind), asc(t.cityRows.code));
  const directories = await db
    .select()
    .from(t.directoryVersions)
    .where(eq(t.directoryVersions.state, 'active'))
    .orderBy(asc(t.directoryVersions.validFrom), asc(t.directoryVersions.activatedAt));
  const changes = [...rows.flatMap((r) => [r.validFrom, r.validTo ?? now]), ...directories.map((d) => d.validFrom)]
    .filter((at) => at > now)
    .toSorted((a, b) => a - b);
  const stages = [now, ...new Set(changes)];
  const made = new Map<Instant, CityNow>();
  return (at) => {
    const stage = stages.findLast((from) => from <= at) ?? now;
    const found = made.get(stage) ?? stateAt(stage, rows, directories);
    made.set(stage, found);
    return found;
  };
}

function stateAt(at: Instant, known: readonly CityRow[], directories: readonly DirectoryVersion[]): CityNow {
  const rows = known.filter((r) => r.validFrom <= at && (r.validTo === null || r.validTo > at));
  const byKind = Map.groupBy(rows, (r) => r.kind);
  const all = <K extends CityKind>(kind: K): CityThings[K][] =>
    (byKind.get(kind) ?? []).map((r) => r.body as CityThings[K]);
  const directory = directories.findLast((d) => d.validFrom <= at);
  const ladders = laddersOf(known);
  const ladder = ladderAt(ladders, at) ?? defaultLadder;
  return {
    city: {
      version: `${rows.length}-${directory?.id ?? 'none'}-${rows.reduce((last, r) => Math.max(last, r.changedAt), 0)}`,
      units: new Map(all('unit').map((u) => [u.code, u])),
      posts: all('post'),
      categories: new Map(all('category').map((c) => [c.code, c])),
      directory: { version: directory?.name ?? 'none', rows: (directory?.rows ?? []) as readonly DirectoryRow[] },
      dutyLists: all('duty'),
      channels: new Map(all('channel').map((c) => [c.code, c])),
      calendar: buildCalendar(all('notice')),
      clockRules: completed(all('clock_rules')[0]),
      counts: { version: ladder.version, rows: ladder.counts },
      sampling: all('sampling')[0] ?? defaultSampling,
      defaultHours: officeHours,
    },
    knowledge: new Map(all('article').map((a) => [a.code, a])),
    services: new Map(all('service').map((s) => [s.code, s])),
    servicePoints: new Map(all('service_point').map((p) => [p.code, p])),
    indices: new Map(all('external_index').map((i) => [i.code, i])),
    powers: withDefaults(all('power')),
    judging: all('judging')[0] ?? defaultJudgingPolicy,
    matters: new Map(all('joint_matter').map((m) => [m.code, m])),
    schemes: new Map(all('evaluation_scheme').map((s) => [s.code, s])),
    ladder,
    ladders,
    publication: all('publication')[0] ?? defaultPublicationPolicy,
  };
}

/** The ladders of a city by the moment they begin; the first is the one it starts with. */
const laddersOf = (rows: readonly CityRow[]): readonly LadderPolicy[] => [
  defaultLadder,
  ...rows
    .filter(({ kind }) => kind === 'ladder')
    .map(({ body, validFrom }) => ({ ...(body as CityThings['ladder']), validFrom }))
    .toSorted((a, b) => a.validFrom - b.validFrom),
];

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

/**
 * Replaces one thing of the city from `at` on; what was valid before stays in the record, what was to come later does
 * not. `body` null ends it.
 */
export async function putThing<K extends CityKind>(
  tx: Queryable,
  kind: K,
  code: string,
  body: CityThings[K] | null,
  of: Readonly<{ at: Instant; by: string; now: Instant }>,
): Promise<void> {
  const [at, now] = [of.at, of.now].map((each) => new Date(each).toISOString());
  await tx.query('delete from city_rows where kind = $1 and code = $2 and valid_from >= $3', [kind, code, at]);
  await tx.query(
    'update city_rows set valid_to = $3 where kind = $1 and code = $2 and (valid_to is null or valid_to > $3)',
    [kind, code, at],
  );
  if (body === null) return;
  await tx.query(
    'insert into city_rows (kind, code, valid_from, body, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6)',
    [kind, code, at, JSON.stringify(body), of.by, now],
  );
}
