import gcoord from 'gcoord';
import type { Position } from '../domain/geometry.ts';
import { isOnEarth } from '../domain/ring.ts';

const { transform, GCJ02, BD09, WGS84 } = gcoord as unknown as typeof gcoord.default; // its types say ESM, its file is CommonJS

/** The reference systems a point may come in. `cgcs2000` equals WGS 84 within our precision. */
export const referenceSystems = ['wgs84', 'gcj02', 'bd09', 'cgcs2000'] as const;
export type ReferenceSystem = (typeof referenceSystems)[number];

/** A point as it was given; the caller keeps it beside the converted one. Degrees; WGS 84 unless said. */
export type Coordinates = Readonly<{ lon: number; lat: number; crs?: ReferenceSystem | undefined }>;

/** The point in WGS 84 degrees, or null if it is not a place on earth (not a number, or out of range). */
export function toWgs84({ lon, lat, crs = 'wgs84' }: Coordinates): Position | null {
  if (!isOnEarth([lon, lat])) return null;
  if (crs === 'wgs84' || crs === 'cgcs2000') return [lon, lat];
  const [x, y] = transform<[number, number]>([lon, lat], crs === 'gcj02' ? GCJ02 : BD09, WGS84);
  return isOnEarth([x, y]) ? [x, y] : null;
}
