import type { Area } from '../domain/area.ts';
import { bbox, type MultiPolygon, type Ring } from '../domain/geometry.ts';
import { escaped } from '../domain/markup.ts';

/** What a heat picture shows: areas of one level with their counts, and what could not be drawn. */
export type Heat = Readonly<{
  title: string;
  /** The span, as it is written in the language of the picture. */
  span: string;
  areas: readonly Area[];
  counts: ReadonlyMap<string | null, number>;
  /** What stands below the picture for requests that are in none of the areas. */
  elsewhere: string;
  total: string;
}>;

const width = 800;
const margin = 16;
const legendWidth = 150;
const headHeight = 34;
/** Where there are more areas than this, only so many of them can bear their names: those with most. */
const mostLabels = 20;
/** None, then from pale to dark, so that it can be read without seeing colours and when it is printed. */
const colours = ['#fff7ec', '#fdd49e', '#fdbb84', '#fc8d59', '#d7301f', '#7f0000'] as const;

/** A picture of how many requests came from where, as SVG: no tiles, no script, every area with a title of its own. */
export function heatPicture({ title, span, areas, counts, elsewhere, total }: Heat): string {
  const drawn = areas.flatMap(({ code, name, shape }) =>
    shape === null ? [] : [{ name, shape, count: counts.get(code) ?? 0 }],
  );
  const steps = stepsOf(drawn.map(({ count }) => count));
  const known = drawn.reduce((sum, { count }) => sum + count, 0);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const { project, height } = projection(drawn.map(({ shape }) => shape));
  const paths = drawn.map(
    ({ name, shape, count }) =>
      `<path d="${pathOf(shape, project)}" fill="${colourOf(count, steps)}"><title>${escaped(name)}: ${count}</title></path>`,
  );
  const labelled = drawn.length > mostLabels ? mostFirst(drawn).slice(0, mostLabels) : drawn;
  const labels = labelled.map(({ name, shape }) => labelOf(name, shape, project));
  const legend = [0, ...steps].map((from, i) => legendRow(i, from, steps));
  const bottom = headHeight + Math.max(height, margin * 2 + 44 + legend.length * 22);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + legendWidth} ${bottom}" role="img" aria-labelledby="heat-title heat-text" font-family="sans-serif" font-size="12">
<title id="heat-title">${escaped(title)}</title>
<desc id="heat-text">${escaped(described(drawn, elsewhere, all - known))}</desc>
<text x="${margin}" y="22" font-size="15" font-weight="600">${escaped(title)}<tspan dx="12" font-size="12" font-weight="400" fill="#555">${escaped(`${span}  ${total} ${all}`)}</tspan></text>
<g transform="translate(0 ${headHeight})">
<g stroke="#555" stroke-width="0.5" stroke-linejoin="round" fill-rule="evenodd">
${paths.join('\n')}
</g>
<g text-anchor="middle" fill="#111" stroke="#fff" stroke-width="2.5" paint-order="stroke" font-size="11">${labels.join('')}</g>
<g transform="translate(${width} ${margin})">${legend.join('')}<text y="${legend.length * 22 + 30}">${escaped(`${elsewhere}: ${all - known}`)}</text></g>
</g>
</svg>
`;
}

/** The five with most, for who hears the picture instead of seeing it. */
function described(
  drawn: readonly Readonly<{ name: string; count: number }>[],
  elsewhere: string,
  rest: number,
): string {
  return [
    ...mostFirst(drawn)
      .slice(0, 5)
      .map(({ name, count }) => `${name} ${count}`),
    `${elsewhere} ${rest}`,
  ].join('; ');
}

const mostFirst = <T extends Readonly<{ name: string; count: number }>>(drawn: readonly T[]): readonly T[] =>
  drawn.toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));

/**
 * Where each colour after that of none begins: equal steps up to the most, 1, 2 or 5 of some power of ten wide, so that a
 * place with far more than the others stands alone.
 */
export function stepsOf(counts: readonly number[]): readonly number[] {
  const most = Math.max(0, ...counts);
  const wide = widths.find((width) => width * (colours.length - 1) >= most) ?? most;
  return colours.slice(1).flatMap((_, i) => (i * wide < most ? [i * wide + 1] : []));
}
const widths = Array.from({ length: 7 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** The darkest is that of the last step, however few there are. */
function colourOf(count: number, steps: readonly number[]): string {
  const step = steps.filter((from) => count >= from).length;
  return colours[step === 0 ? 0 : colours.length - 1 - steps.length + step] as string;
}

function legendRow(i: number, from: number, steps: readonly number[]): string {
  const next = steps[i];
  const range = next === undefined ? `≥ ${from}` : next - 1 <= from ? String(from) : `${from} – ${next - 1}`;
  return `<rect y="${i * 22}" width="18" height="16" fill="${colourOf(from, steps)}" stroke="#555" stroke-width="0.5"/><text x="26" y="${i * 22 + 13}">${range}</text>`;
}

type Project = (at: readonly [lon: number, lat: number]) => readonly [x: number, y: number];

/** A plain map: degrees of longitude shortened as they are at the middle of the city, north above. */
function projection(shapes: readonly MultiPolygon[]): Readonly<{ project: Project; height: number }> {
  const boxes = shapes.map(bbox);
  if (boxes.length === 0) return { project: () => [0, 0], height: 0 };
  const west = Math.min(...boxes.map(([w]) => w));
  const south = Math.min(...boxes.map(([, s]) => s));
  const east = Math.max(...boxes.map(([, , e]) => e));
  const north = Math.max(...boxes.map(([, , , n]) => n));
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = (width - 2 * margin) / Math.max((east - west) * narrow, 1e-9);
  const height = Math.min(2000, (north - south) * scale) + 2 * margin;
  const fit = Math.min(scale, (height - 2 * margin) / Math.max(north - south, 1e-9));
  return {
    height: Math.ceil(height),
    project: ([lon, lat]) => [margin + (lon - west) * narrow * fit, margin + (north - lat) * fit],
  };
}

const tolerance = 0.4; // of a pixel

const pathOf = (shape: MultiPolygon, project: Project): string =>
  shape.flatMap((polygon) => polygon.map((ring) => ringPath(ring, project))).join('');

function ringPath(ring: Ring, project: Project): string {
  const points = simplified(ring.slice(0, -1).map(project));
  return points.length < 3 ? '' : `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`;
}

type Point = readonly [x: number, y: number];

/** Leaves out the points of a ring that nobody would see (Douglas and Peucker, on its two halves). */
export function simplified(ring: readonly Point[]): readonly Point[] {
  if (ring.length < 5) return ring;
  const half = farthest(ring, ring[0] as Point);
  const keep = new Set<number>([0, half]);
  const stack: [number, number][] = [
    [0, half],
    [half, ring.length],
  ];
  for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
    const [a, b] = span;
    const [from, to] = [ring[a] as Point, ring[b % ring.length] as Point];
    let most = tolerance;
    let at = -1;
    for (let i = a + 1; i < b; i++) {
      const away = distance(ring[i] as Point, from, to);
      if (away <= most) continue;
      most = away;
      at = i;
    }
    if (at < 0) continue;
    keep.add(at);
    stack.push([a, at], [at, b]);
  }
  return ring.filter((_, i) => keep.has(i));
}

const farthest = (ring: readonly Point[], [x, y]: Point): number =>
  ring.reduce((best, point, i) => {
    const of = (p: Point) => (p[0] - x) ** 2 + (p[1] - y) ** 2;
    return of(point) > of(ring[best] as Point) ? i : best;
  }, 0);

/** How far a point is from the line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = Math.hypot(bx - ax, by - ay);
  return length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length;
}

/** The name in the middle of the largest part. */
function labelOf(name: string, shape: MultiPolygon, project: Project): string {
  const rings = shape.map(([outline]) => (outline ?? []).slice(0, -1).map(project));
  const [largest] = rings.toSorted((a, b) => Math.abs(doubleArea(b)) - Math.abs(doubleArea(a)));
  if (largest === undefined || largest.length === 0) return '';
  const [x, y] = middle(largest);
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" aria-hidden="true">${escaped(name)}</text>`;
}

const cross = ([ax, ay]: Point, [bx, by]: Point): number => ax * by - bx * ay;
const doubleArea = (ring: readonly Point[]): number =>
  ring.reduce((sum, point, i) => sum + cross(point, ring[(i + 1) % ring.length] as Point), 0);

function middle(ring: readonly Point[]): Point {
  const area = doubleArea(ring);
  const [x, y] = ring.reduce<Point>(
    ([sx, sy], point, i) => {
      const next = ring[(i + 1) % ring.length] as Point;
      const c = cross(point, next);
      return [sx + (point[0] + next[0]) * c, sy + (point[1] + next[1]) * c];
    },
    [0, 0],
  );
  return area === 0 ? (ring[0] as Point) : [x / (3 * area), y / (3 * area)];
}
