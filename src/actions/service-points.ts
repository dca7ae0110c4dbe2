import { setImmediate } from 'node:timers/promises';
import type { Area, AreaTree } from '../domain/area.ts';
import type { MultiPolygon, Position } from '../domain/geometry.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { circlesAround, groundWithin, nearestPoints, type ServicePoint } from '../domain/service-point.ts';
import { type Portion, portionOf } from '../domain/share.ts';
import { earlier, type Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { type Reached, requestsReached } from '../reports/service-reach.ts';
import { areaOverlay } from '../store/area-overlap.ts';
import { readCity } from '../store/city.ts';
import type { Coordinates } from '../store/coordinates.ts';
import type { Deps } from './deps.ts';
import { pointOf } from './location.ts';
import { type PlaceLevel, scopeOf } from './statistics.ts';

/** The place of a point in WGS 84, or a refusal where it is no place on earth. */
export const placeOf = (given: Coordinates): Position | Refusal =>
  pointOf(given) ?? refuse('invalid', { errors: [{ pointer: '/lon', message: 'is no place on earth' }] });

/** The points nearest to a place, of one kind or of any. */
export function nearest(
  deps: Deps,
  { kind, most, ...place }: Coordinates & Readonly<{ kind: string | undefined; most: number }>,
): ReturnType<typeof nearestPoints<ServicePoint>> | Refusal {
  const at = placeOf(place);
  if (isRefusal(at)) return at;
  const points = [...deps.city().servicePoints.values()].filter((point) => kind === undefined || point.kind === kind);
  return nearestPoints(at, points, most);
}

/** How much of an area lies near a point: of its ground, null where its shape is not known, and of what was asked there. */
export type Covered = Readonly<{ ground: Portion | null; requests: Portion & Readonly<{ unknown: number }> }>;

type Asked = Span &
  Readonly<{
    level: PlaceLevel;
    area: string | null;
    kind: string | undefined;
    radiusM: number;
  }>;

/** The coverage of a level's areas. `of` works one out when it is shown: each takes a moment, between which others are served. */
export type Coverage = Readonly<{
  kind: 'coverage';
  points: number;
  all: Covered;
  areas: readonly Area[];
  of: (area: Area) => Promise<Covered>;
}>;

/**
 * How far the points reach (“3分钟”幸福生活圈): by area, how much of its ground and of the requests of a span lie within a
 * radius of one. Areas and points are those at the end of the span, or now.
 */
export async function coverage(deps: Deps, asked: Asked, actor: Actor): Promise<Coverage | Refusal> {
  const scope = scopeOf(deps, asked, actor);
  if (isRefusal(scope)) return scope;
  const { level, radiusM } = asked;
  const within = scope.area?.code ?? null;
  const now = deps.now();
  const at = earlier((asked.to - 1) as Instant, now);
  const { servicePoints } = at === now ? deps.city() : (await readCity(deps.reading, at))(at);
  const points = [...servicePoints.values()].filter(({ kind }) => asked.kind === undefined || kind === asked.kind);
  const { tree } = deps.city().areasAt(at);
  const span = { from: asked.from, to: asked.to };
  const reached = await requestsReached(deps.reading, { level, span, area: within, points, radiusM });
  const first = points[0];
  const overlay = areaOverlay(first === undefined ? [104, 30] : [first.lon, first.lat]);
  const circles = circlesAround(points, radiusM);
  const ground = (shape: MultiPolygon | null) => (shape === null ? null : groundWithin(shape, circles, overlay));
  return {
    kind: 'coverage',
    points: points.length,
    all: { ground: ground(shapeOf(tree, within)), requests: requestsOf(sumOf([...reached.values()])) },
    areas: tree.areas.filter((each) => each.level === level && (within === null || tree.isWithin(each.code, within))),
    of: async ({ code, shape }) => {
      await setImmediate();
      return { ground: ground(shape), requests: requestsOf(reached.get(code) ?? none) };
    },
  };
}

/** The shape of an area, or of the whole city; null where one of its parts has none. */
function shapeOf(tree: AreaTree, code: string | null): MultiPolygon | null {
  const parts = code === null ? tree.children(null) : tree.byCode.has(code) ? [tree.byCode.get(code)!] : [];
  return parts.length === 0 || parts.some(({ shape }) => shape === null) ? null : parts.flatMap((p) => p.shape ?? []);
}

const none: Reached = { within: 0, placed: 0, unknown: 0 };
const sumOf = (all: readonly Reached[]): Reached =>
  all.reduce(
    (sum, { within, placed, unknown }) => ({
      within: sum.within + within,
      placed: sum.placed + placed,
      unknown: sum.unknown + unknown,
    }),
    none,
  );
const requestsOf = ({ within, placed, unknown }: Reached) => ({ ...portionOf(within, placed), unknown });
