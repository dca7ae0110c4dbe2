import { createHash } from 'node:crypto';
import type { DirectoryRow } from '../domain/city.ts';
import type { BoundaryRoad } from '../domain/placement.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { recordFacts } from './facts.ts';
import { fromJson, type Queryable, writer } from './rows.ts';
import * as t from './tables.ts';

/** What two kinds of version have in common. `report` has `blocking` and `warnings`. */
export type Version = Readonly<{
  id: string;
  name: string;
  validFrom: Instant;
  state: 'draft' | 'active';
  report: Readonly<{ blocking: readonly unknown[]; warnings: readonly unknown[] }>;
  acceptedWarnings: string | null;
  changedBy: string;
  activatedAt: Instant | null;
}>;
export type AreaVersion = Version & Readonly<{ levels: readonly string[]; boundaryRoads: readonly BoundaryRoad[] }>;
export type DirectoryVersion = Version & Readonly<{ rows: readonly DirectoryRow[] }>;

const tables = { area: t.areaVersions, directory: t.directoryVersions } as const;
const names = { area: 'area_versions', directory: 'directory_versions' } as const;
export type VersionKind = keyof typeof tables;
type Of<K extends VersionKind> = K extends 'area' ? AreaVersion : DirectoryVersion;

/** Versions of one kind, the latest made first; `before` is the id of the last one on the page before. */
export async function listVersions<K extends VersionKind>(
  from: Queryable,
  kind: K,
  { limit, before }: Readonly<{ limit: number; before: string | null }>,
): Promise<readonly Of<K>[]> {
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    `select row_to_json(v) as row from ${names[kind]} v where $1::uuid is null or id < $1 order by id desc limit $2`,
    [before, limit],
  );
  return rows.map(({ row }) => versionOf(kind, row));
}

/** One version, or null; `held` keeps it from changing until the transaction ends. */
export async function findVersion<K extends VersionKind>(
  from: Queryable,
  kind: K,
  id: string,
  { held = false } = {},
): Promise<Of<K> | null> {
  if (held) await from.query(`select from ${names[kind]} where id = $1 for update`, [id]);
  const { rows } = await from.query<{ row: Record<string, unknown> }>(
    `select row_to_json(v) as row from ${names[kind]} v where id = $1`,
    [id],
  );
  return rows[0] ? versionOf(kind, rows[0].row) : null;
}

/** One that was loaded without being checked has nothing in its report. */
function versionOf<K extends VersionKind>(kind: K, row: Readonly<Record<string, unknown>>): Of<K> {
  const { report, ...version } = fromJson(tables[kind], row);
  return { ...version, report: { blocking: [], warnings: [], ...(report as object) } } as unknown as Of<K>;
}

const writeAreaVersion = writer(t.areaVersions);
const writeDirectoryVersion = writer(t.directoryVersions);

/** Records a draft of the directory. */
export const addDirectoryVersion = (tx: Queryable, version: DirectoryVersion): Promise<void> =>
  writeDirectoryVersion(tx, [version]);

/** Records a draft of the areas. `chunks` are JSON texts, each a list of areas. */
export async function addAreaVersion(tx: Queryable, version: AreaVersion, chunks: readonly string[]): Promise<void> {
  await writeAreaVersion(tx, [version]);
  for (const chunk of chunks)
    await tx.query({
      name: 'write areas of a version',
      text: `insert into areas (version_id, code, name, level, parent, scheme, shape)
        select $1, code, name, level, parent, scheme, shape
        from json_to_recordset($2) as a(code text, name text, level text, parent text, scheme text, shape jsonb)`,
      values: [version.id, chunk],
    });
}

/** A draft becomes valid from its date on. */
export async function activateVersion(
  tx: Queryable,
  kind: VersionKind,
  id: string,
  of: Readonly<{ validFrom: Instant; accepted: string | null; by: string; now: Instant }>,
): Promise<void> {
  await tx.query(
    `update ${names[kind]} set state = 'active', valid_from = $2, accepted_warnings = $3, changed_by = $4, activated_at = $5 where id = $1`,
    [id, new Date(of.validFrom).toISOString(), of.accepted, of.by, new Date(of.now).toISOString()],
  );
}

/** Only one change of the city at a time: each is checked against what the one before left. */
export const holdCity = (tx: Queryable): Promise<unknown> => tx.query('select pg_advisory_xact_lock(7305)');

/** What was changed, by kind and code, and what else there is to know. */
export type Change = Readonly<Record<string, unknown>> & Readonly<{ kind: string; code: string }>;

/** Records that somebody has changed the city. `subjectId` null: one made from kind and code, the same every time. */
export const recordChange = (
  tx: Queryable,
  actor: Actor,
  now: Instant,
  { subjectId, type, body }: Readonly<{ subjectId?: string; type: string; body: Change }>,
): Promise<void> =>
  recordFacts(tx, { subject: 'city', subjectId: subjectId ?? idOf(body.kind, body.code) }, [
    { type, at: now, actor: { client: actor.client, name: actor.name, unit: actor.unit }, unit: null, body },
  ]);

const cityNamespace = Buffer.from('9d2f0e3c5b7a4c8e8f10a6b2c4d6e8f0', 'hex');

/** A UUID of version 5 in the city's namespace. */
export function idOf(kind: string, code: string): string {
  const bytes = createHash('sha1').update(cityNamespace).update(`${kind} ${code}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
