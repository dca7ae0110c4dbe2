import { uuidv7 } from 'uuidv7';
import type { Area } from '../domain/area.ts';
import type { Mapping } from '../domain/area-file.ts';
import type { DirectoryRow } from '../domain/city.ts';
import { reportOnDirectory } from '../domain/directory-report.ts';
import type { BoundaryRoad } from '../domain/placement.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { type Instant, later } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { transaction } from '../store/rows.ts';
import {
  type AreaVersion,
  activateVersion,
  addAreaVersion,
  addDirectoryVersion,
  type DirectoryVersion,
  findVersion,
  listVersions,
  recordChange,
  type Version,
  type VersionKind,
} from '../store/versions.ts';
import type { OpenImport } from './area-check.ts';
import { changing } from './configure.ts';
import type { Deps } from './deps.ts';

export type { AreaVersion, DirectoryVersion, Version, VersionKind } from '../store/versions.ts';

/** What an import of areas says beside its features. */
export type AreaImport = Readonly<{
  name: string;
  validFrom: Instant;
  levels: readonly string[];
  mappings: readonly Mapping[] | undefined;
  also: readonly Area[];
  boundaryRoads: readonly BoundaryRoad[];
}>;

const draftOf = (actor: Actor, { name, validFrom }: Readonly<{ name: string; validFrom: Instant }>) => ({
  id: uuidv7(),
  name,
  validFrom,
  state: 'draft' as const,
  acceptedWarnings: null,
  changedBy: actor.name,
  activatedAt: null,
});

/** Makes a draft version of the areas with its report. Nothing is placed by it before it is activated. */
export async function draftAreas(
  { pool, now }: Deps,
  actor: Actor,
  opened: OpenImport,
  { levels, mappings, also, boundaryRoads, ...about }: AreaImport,
): Promise<AreaVersion> {
  const { chunks, report } = await opened.check({ levels, mappings, also });
  const version: AreaVersion = { ...draftOf(actor, about), levels, boundaryRoads, report };
  await transaction(pool, async (tx) => {
    await addAreaVersion(tx, version, chunks);
    await recordChange(tx, actor, now(), {
      subjectId: version.id,
      type: 'version_drafted',
      body: { kind: 'areas', code: version.name, validFrom: version.validFrom, counts: report.counts },
    });
  });
  return version;
}

/** Makes a draft of the directory with its report, checked against the city as it is now. */
export async function draftDirectory(
  deps: Deps,
  actor: Actor,
  { rows, ...about }: Readonly<{ name: string; validFrom: Instant; rows: readonly DirectoryRow[] }>,
): Promise<DirectoryVersion> {
  const { tree } = deps.city().areasAt(deps.now());
  const report = reportOnDirectory(deps.city().city, rows, (code) => tree.byCode.has(code));
  const version: DirectoryVersion = { ...draftOf(actor, about), rows, report };
  await transaction(deps.pool, async (tx) => {
    await addDirectoryVersion(tx, version);
    await recordChange(tx, actor, deps.now(), {
      subjectId: version.id,
      type: 'version_drafted',
      body: { kind: 'directory', code: version.name, validFrom: version.validFrom, rows: rows.length },
    });
  });
  return version;
}

/**
 * A draft takes effect, whole, from its date on: an area version also backwards, for what was received since; a
 * directory never before now. Blocking findings forbid it, warnings have to be accepted in writing. A directory is
 * checked anew, for the city may have changed since it was drafted.
 */
export async function activate(
  deps: Deps,
  actor: Actor,
  { kind, id, accepted }: Readonly<{ kind: VersionKind; id: string; accepted: string | null }>,
): Promise<Version | Refusal> {
  return changing(deps, null, async (tx, { city }, now) => {
    const version = await findVersion(tx, kind, id, { held: true });
    if (version === null) return refuse('not-found');
    if (version.state === 'active') return refuse('already-active', { activatedAt: version.activatedAt });
    const { tree } = deps.city().areasAt(now);
    const report =
      'rows' in version ? reportOnDirectory(city, version.rows, (code) => tree.byCode.has(code)) : version.report;
    if (report.blocking.length > 0) return refuse('version-blocked', { blocking: report.blocking.slice(0, 100) });
    if (report.warnings.length > 0 && accepted === null)
      return refuse('warnings-not-accepted', { warnings: report.warnings.slice(0, 100) });
    const validFrom = kind === 'directory' ? later(version.validFrom, now) : version.validFrom;
    await activateVersion(tx, kind, id, { validFrom, accepted, by: actor.name, now });
    await recordChange(tx, actor, now, {
      subjectId: id,
      type: 'version_activated',
      body: { kind: kind === 'area' ? 'areas' : kind, code: version.name, validFrom, acceptedWarnings: accepted },
    });
    return {
      ...version,
      validFrom,
      state: 'active',
      acceptedWarnings: accepted,
      changedBy: actor.name,
      activatedAt: now,
    };
  });
}

/** Versions of one kind, the latest first. */
export const versions = (deps: Deps, kind: VersionKind, page: Readonly<{ limit: number; before: string | null }>) =>
  listVersions(deps.pool, kind, page);

/** One version with its report. */
export const versionOf = async <K extends VersionKind>({ pool }: Deps, kind: K, id: string) =>
  (await findVersion(pool, kind, id)) ?? refuse('not-found');
