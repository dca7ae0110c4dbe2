import type pg from 'pg';
import type { City } from '../domain/city.ts';
import {
  categoryFaults,
  clockRuleFaults,
  dutyFaults,
  type Fault,
  matterFaults,
  postFaults,
  powerFaults,
  publicationFaults,
  unitFaults,
  unitTies,
} from '../domain/configuration.ts';
import { schemeFaults } from '../domain/evaluation-scheme.ts';
import { judgingPolicyFaults } from '../domain/judging-policy.ts';
import { ladderFaults } from '../domain/ladder-faults.ts';
import { powerCode } from '../domain/powers.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { serviceFaults } from '../domain/service.ts';
import { servicePointFaults } from '../domain/service-point.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { announceCity, type CityKind, type CityNow, type CityThings, putThing, readCity } from '../store/city.ts';
import { hasOpenOrders } from '../store/look-city.ts';
import { transaction } from '../store/rows.ts';
import { holdCity, recordChange } from '../store/versions.ts';
import type { Deps } from './deps.ts';

export type { CityKind, CityThings } from '../store/city.ts';

/** What came of a change: what holds from `validFrom` on, and whether it is new. */
export type Configured<K extends CityKind> = Readonly<{
  kind: 'configured';
  made: boolean;
  code: string;
  body: CityThings[K];
  validFrom: Instant;
}>;

/** What makes a change acceptable, by kind of thing. */
const faultsOf: {
  [K in CityKind]: (
    thing: CityThings[K],
    city: City,
    hasArea: (code: string) => boolean,
    hasArticle: (code: string) => boolean,
  ) => readonly Fault[];
} = {
  unit: unitFaults,
  post: postFaults,
  category: categoryFaults,
  duty: dutyFaults,
  channel: () => [],
  notice: () => [],
  article: ({ category }, { categories }) =>
    category === null || categories.has(category)
      ? []
      : [{ pointer: '/category', message: `no category is called ${category}` }],
  service: (service, city, _hasArea, hasArticle) => serviceFaults(service, city, hasArticle),
  service_point: servicePointFaults,
  external_index: () => [],
  clock_rules: clockRuleFaults,
  sampling: () => [],
  joint_matter: matterFaults,
  evaluation_scheme: schemeFaults,
  ladder: (ladder, city) =>
    ladderFaults(ladder, city).map(({ row, fault }) => ({ pointer: `/rows/${row}`, message: fault })),
  power: powerFaults,
  publication: publicationFaults,
  judging: judgingPolicyFaults,
};

/**
 * Creates or replaces one thing of the city from now or a later moment on. It is checked against the city as it will be
 * then, one change at a time; recorded, and every process hears of it.
 */
export async function configure<K extends CityKind>(
  deps: Deps,
  actor: Actor,
  { kind, code, validFrom }: Readonly<{ kind: K; code: string; validFrom: Instant | null }>,
  make: (before: CityThings[K] | null) => CityThings[K] | Refusal,
): Promise<Configured<K> | Refusal> {
  return changing(deps, validFrom, async (tx, state, at) => {
    const before = thingOf(state, kind, code);
    const body = make(before);
    if (isRefusal(body)) return body;
    return putChecked(tx, deps, { kind, code, body, state, at }, actor);
  });
}

/** Creates or replaces one thing within a change of the city, if it fits the city as it will be at `at`. */
export async function putChecked<K extends CityKind>(
  tx: pg.PoolClient,
  deps: Deps,
  {
    kind,
    code,
    body,
    state,
    at,
  }: Readonly<{ kind: K; code: string; body: CityThings[K]; state: CityNow; at: Instant }>,
  actor: Actor,
): Promise<Configured<K> | Refusal> {
  const { tree } = deps.city().areasAt(at);
  const errors = faultsOf[kind](
    body,
    state.city,
    (area) => tree.byCode.has(area),
    (article) => state.knowledge.has(article),
  );
  if (errors.length > 0) return refuse('configuration-invalid', { errors });
  const before = thingOf(state, kind, code);
  const now = deps.now();
  await putThing(tx, kind, code, body, { at, by: actor.name, now });
  await recordChange(tx, actor, now, { type: 'configured', body: { kind, code, validFrom: at, before, after: body } });
  return { kind: 'configured', made: before === null, code, body, validFrom: at };
}

/** Ends one thing of the city, now or later. What still hangs on a unit is named. */
export async function endThing(
  deps: Deps,
  actor: Actor,
  { kind, code, validFrom }: Readonly<{ kind: CityKind; code: string; validFrom: Instant | null }>,
): Promise<Readonly<{ kind: 'ended'; validFrom: Instant }> | Refusal> {
  return changing(deps, validFrom, async (tx, state, at) => {
    const { city } = state;
    const before = thingOf(state, kind, code);
    if (before === null) return refuse('not-found');
    if (kind === 'unit') {
      const errors = [...unitTies(code, city), ...served(code, state)];
      const openOrders = await hasOpenOrders(tx, code);
      if (errors.length > 0 || openOrders) return refuse('unit-in-use', { openOrders, errors });
    }
    const errors = kind === 'category' ? categoryTies(code, city) : [];
    if (errors.length > 0) return refuse('configuration-invalid', { errors });
    const now = deps.now();
    await putThing(tx, kind, code, null, { at, by: actor.name, now });
    await recordChange(tx, actor, now, { type: 'configuration_ended', body: { kind, code, validFrom: at, before } });
    return { kind: 'ended', validFrom: at };
  });
}

/** Runs one change of the city against the city as it will be at `validFrom`; nothing takes effect in the past. */
export async function changing<R extends object>(
  deps: Deps,
  validFrom: Instant | null,
  work: (tx: pg.PoolClient, state: CityNow, at: Instant) => Promise<R | Refusal>,
): Promise<R | Refusal> {
  const now = deps.now();
  const at = validFrom ?? now;
  if (at < now) return refuse('in-the-past');
  const changed = await transaction(deps.pool, async (tx) => {
    await holdCity(tx);
    const outcome = await work(tx, (await readCity(tx, now))(at), at);
    if (!isRefusal(outcome)) await announceCity(tx);
    return outcome;
  });
  // Whoever changed the city may count on it with the next call.
  if (!isRefusal(changed)) await deps.reloadCity();
  return changed;
}

/** The services and service points that are a unit's. */
const served = (unit: string, { services, servicePoints }: CityNow): readonly Fault[] =>
  (
    [
      ['/services', services],
      ['/servicePoints', servicePoints],
    ] as const
  ).flatMap(([pointer, things]) =>
    [...things.values()]
      .filter((thing) => thing.unit === unit)
      .slice(0, 10)
      .map(({ code }) => ({ pointer, message: `${code} is its` })),
  );

const categoryTies = (code: string, { categories, directory, dutyLists }: City): readonly Fault[] => [
  ...[...categories.values()]
    .filter((c) => c.parent === code)
    .slice(0, 10)
    .map((c) => ({ pointer: '/code', message: `${c.code} is below it` })),
  ...directory.rows
    .filter((r) => r.category === code)
    .slice(0, 10)
    .map((r) => ({ pointer: '/directory', message: `row ${r.line} names it` })),
  ...dutyLists
    .filter((d) => d.category === code)
    .slice(0, 10)
    .map((d) => ({ pointer: '/dutyLists', message: `line ${d.line} names it` })),
];

/** One thing of the city by its code. */
export function thingOf<K extends CityKind>(
  { city, knowledge, powers, matters, schemes, ladder, publication, judging, ...more }: CityNow,
  kind: K,
  code: string,
): CityThings[K] | null {
  const things: { readonly [Kind in CityKind]: () => CityThings[Kind] | undefined } = {
    unit: () => city.units.get(code),
    post: () => city.posts.find((p) => p.code === code),
    category: () => city.categories.get(code),
    duty: () => city.dutyLists.find((d) => d.line === code),
    channel: () => city.channels.get(code),
    notice: () => undefined,
    article: () => knowledge.get(code),
    service: () => more.services.get(code),
    service_point: () => more.servicePoints.get(code),
    external_index: () => more.indices.get(code),
    clock_rules: () => city.clockRules,
    sampling: () => city.sampling,
    joint_matter: () => matters.get(code),
    evaluation_scheme: () => schemes.get(code),
    ladder: () => ladder,
    judging: () => judging,
    power: () => powers.find((row) => powerCode(row) === code),
    publication: () => publication,
  };
  return things[kind]() ?? null;
}
