import { type Position, type Ring, ringAreaM2, side } from './geometry.ts';

/** What is wrong with a ring, and where where that can be said. */
export type RingFault = Readonly<{ fault: RingFaultCode; at: Position | null }>;
export type RingFaultCode =
  | 'not-positions'
  | 'not-finite'
  | 'out-of-range'
  | 'too-short'
  | 'not-closed'
  | 'crosses-itself'
  | 'no-area';

/** The first fault of what should be a ring, or null: closed, at least 4 positions, on earth, simple, with an area. */
export function ringFault(ring: unknown): RingFault | null {
  if (!Array.isArray(ring) || !ring.every(isPair)) return { fault: 'not-positions', at: null };
  const positions: Ring = ring;
  const first = positions[0];
  const last = positions.at(-1);
  for (const at of positions) {
    if (!Number.isFinite(at[0]) || !Number.isFinite(at[1])) return { fault: 'not-finite', at };
    if (!isOnEarth(at)) return { fault: 'out-of-range', at };
  }
  if (!first || !last || positions.length < 4) return { fault: 'too-short', at: first ?? null };
  if (!same(first, last)) return { fault: 'not-closed', at: last };
  if (ringAreaM2(positions) === 0) return { fault: 'no-area', at: first };
  const at = selfContact(positions);
  return at && { fault: 'crosses-itself', at };
}

/** Whether a position can exist: longitude within 180, latitude within 90 degrees. False for NaN. */
export const isOnEarth = ([lon, lat]: Position): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

const isPair = (at: unknown): boolean =>
  Array.isArray(at) && at.length >= 2 && typeof at[0] === 'number' && typeof at[1] === 'number';
const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];

type Edge = Readonly<{ a: Position; b: Position; i: number; west: number; east: number; south: number; north: number }>;

/** The start of an edge with which a ring touches or crosses itself, or null. Compares edges only where they may meet. */
function selfContact(ring: Ring): Position | null {
  const corners = ring.filter((at, i) => i === 0 || !same(at, ring[i - 1]!));
  const edges = corners.slice(1).map((b, i): Edge => {
    const a = corners[i]!;
    return {
      a,
      b,
      i,
      west: Math.min(a[0], b[0]),
      east: Math.max(a[0], b[0]),
      south: Math.min(a[1], b[1]),
      north: Math.max(a[1], b[1]),
    };
  });
  let open: Edge[] = [];
  for (const edge of edges.toSorted((e, f) => e.west - f.west)) {
    open = open.filter((other) => other.east >= edge.west);
    for (const other of open) {
      if (other.north < edge.south || other.south > edge.north) continue;
      const steps = Math.abs(other.i - edge.i);
      if (steps > 1 && steps < edges.length - 1 && meet(other, edge)) return edge.a;
    }
    open.push(edge);
  }
  return null;
}

/** Whether two edges that are no neighbours meet. Those on one line are left to their neighbours, which then meet. */
const meet = (one: Edge, two: Edge): boolean =>
  side(one.a, one.b, two.a) !== side(one.a, one.b, two.b) && side(two.a, two.b, one.a) !== side(two.a, two.b, one.b);
