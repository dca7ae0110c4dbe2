import { metresPerDegree } from '../domain/geometry.ts';
import type { Span } from '../domain/period.ts';
import type { Queryable } from '../store/rows.ts';

/** Requests of an area by where they come from: near enough to a point, from a known place at all, from an unknown one. */
export type Reached = Readonly<{ within: number; placed: number; unknown: number }>;

/**
 * Requests registered in a span by the area of a level they were placed in, and how many of them come from within
 * `radiusM` of one of the points, straight on. Each point stands in nine squares as wide as the radius, so a request is
 * compared only with what stands in its own, and with no more of it once one is near enough.
 */
export async function requestsReached(
  from: Queryable,
  {
    level,
    span,
    area,
    points,
    radiusM,
  }: Readonly<{
    level: string;
    span: Span;
    area: string | null;
    points: readonly Readonly<{ lon: number; lat: number }>[];
    radiusM: number;
  }>,
): Promise<ReadonlyMap<string | null, Reached>> {
  const up = radiusM / metresPerDegree;
  const north = Math.max(0, ...points.map(({ lat }) => Math.abs(lat)));
  const aside = up / Math.max(0.01, Math.cos(((north + up) * Math.PI) / 180));
  const { rows } = await from.query<{ code: string | null } & Reached>({
    name: 'requests reached',
    text: `
      with squares as (
        select lon, lat, floor(lon / $6) + i as x, floor(lat / $7) + j as y
        from json_to_recordset($5) p(lon float8, lat float8), generate_series(-1, 1) i, generate_series(-1, 1) j),
      asked as (
        select r.id, (r.point->>'lon')::float8 as lon, (r.point->>'lat')::float8 as lat,
          (select step->>'code' from jsonb_array_elements(w.placement->'path') step where step->>'level' = $3 limit 1) as code
        from requests r join work_orders w on w.id = r.work_order_id
        where r.registered_at >= $1 and r.registered_at < $2 and ($4::text is null or w.area_path @> array[$4])),
      near as (
        select a.id from asked a where exists (
          select from squares s where s.x = floor(a.lon / $6) and s.y = floor(a.lat / $7)
            and sqrt(((a.lon - s.lon) * cos(radians(s.lat))) ^ 2 + (a.lat - s.lat) ^ 2) <= $7))
      select code, count(n.id)::int as within, count(a.lon)::int as placed, (count(*) - count(a.lon))::int as unknown
      from asked a left join near n using (id) group by code`,
    values: [
      new Date(span.from).toISOString(),
      new Date(span.to).toISOString(),
      level,
      area,
      JSON.stringify(points.map(({ lon, lat }) => ({ lon, lat }))),
      aside,
      up,
    ],
  });
  return new Map(rows.map(({ code, ...counts }) => [code, counts]));
}
