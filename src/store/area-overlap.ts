import { difference, FillRule, intersect, type Path64, type Paths64, union } from 'clipper2-ts';
import type { AreaOverlay } from '../domain/area-import.ts';
import { type MultiPolygon, type Position, type Ring, ringAreaM2 } from '../domain/geometry.ts';
import type { GroundOverlay } from '../domain/service-point.ts';

const stepsPerDegree = 1e8; // about a millimetre

/**
 * Compares shapes on a lattice of about one millimetre, where clipping is exact: shared edges stay shared. `origin`
 * should be near all of them; beyond a degree the sums become slower, never wrong.
 */
export function areaOverlay(origin: Position): AreaOverlay & GroundOverlay {
  const known = new WeakMap<MultiPolygon, Paths64>();
  const base = origin.map((degrees) => Math.round(degrees * stepsPerDegree)) as [number, number];

  /** Outlines and holes in directions that tell them apart. */
  const paths = (shape: MultiPolygon): Paths64 => {
    const found = known.get(shape) ?? union(shape.flat().map(path), FillRule.EvenOdd);
    known.set(shape, found);
    return found;
  };
  const path = (ring: Ring): Path64 =>
    ring.slice(1).map(([lon, lat]) => ({
      x: Math.round(lon * stepsPerDegree) - base[0],
      y: Math.round(lat * stepsPerDegree) - base[1],
    }));
  const m2 = (found: Paths64): number => Math.abs(found.reduce((sum, corners) => sum + ringAreaM2(ring(corners)), 0));
  const ring = (corners: Path64): Ring =>
    [...corners, ...corners.slice(0, 1)].map(({ x, y }) => [
      (x + base[0]) / stepsPerDegree,
      (y + base[1]) / stepsPerDegree,
    ]);

  return {
    overlapM2: (a, b) => m2(intersect(paths(a), paths(b), FillRule.NonZero)),
    outsideM2: (shape, parent) => m2(difference(paths(shape), paths(parent), FillRule.NonZero)),
    uncoveredM2: (parent, children) =>
      m2(difference(paths(parent), union(children.flatMap(paths), FillRule.NonZero), FillRule.NonZero)),
    cut: (shape, [west, south, east, north]) => {
      const box = path([
        [west, south],
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ]);
      return intersect(paths(shape), [box], FillRule.NonZero).map((corners) => [ring(corners)]);
    },
  };
}
