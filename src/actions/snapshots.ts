import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { nameOf } from '../domain/decide.ts';
import type { Measure } from '../domain/measure.ts';
import { type Span, spanFault } from '../domain/period.ts';
import { groupAmong, type RatedBy, ratedBy } from '../domain/rated.ts';
import { definition, type RateKey } from '../domain/rates.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Thousandths } from '../domain/share.ts';
import { canonical, differencesOf, type Recounted, type Snapshot } from '../domain/snapshot.ts';
import type { Actor } from '../domain/work-order.ts';
import { countedBy } from '../reports/rates.ts';
import { recordFacts } from '../store/facts.ts';
import { holdCounting } from '../store/measures.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import {
  addSnapshot,
  correctionsOf,
  findSnapshots,
  keepRows,
  keptRows,
  rowColumns,
  rowsOfSnapshot,
} from '../store/snapshots.ts';
import type { Deps } from './deps.ts';
import { countFacts } from './measure.ts';

/** What is frozen; a correction names the snapshot it corrects, and why. */
export type Freezing = Span & Readonly<{ by: RateKey; w: Thousandths; corrects: string | null; reason: string | null }>;

export type SeenSnapshot = Readonly<{
  kind: 'seen';
  snapshot: Snapshot;
  correctedBy: readonly string[];
  recounted: Recounted;
}>;

/**
 * Freezes the figures of a span that is over, with the rows they are counted from and the versions of all rules. Every
 * committed fact is counted first; while it is made nothing else counts, so that rows and figures are of one moment.
 */
export async function freeze(deps: Deps, asked: Freezing, actor: Actor): Promise<SeenSnapshot | Refusal> {
  const { from, to, by, w, corrects, reason } = asked;
  const fault = spanFault(asked);
  if (fault !== null) return fault;
  const asOf = deps.now();
  if (to > asOf) return refuse('in-the-future', { to: 'the span is not over' });
  if (corrects !== null && (await findSnapshots(deps.pool, { ids: [corrects], limit: 1 })).length === 0)
    return refuse('not-found', { corrects });
  await countFacts(deps);
  const id = uuidv7();
  await transaction(deps.pool, async (tx) => {
    const upTo = await holdCounting(tx);
    await keepRows(tx, id, from, to);
    const { city, ladder } = deps.city();
    const figures = await figuresOf(tx, { id, from, to, by, w, asOf }, (key) => groupAmong(city, by, key));
    const made: Omit<Snapshot, 'hash'> = {
      id,
      from,
      to,
      by,
      w,
      definition,
      versions: {
        calendar: city.calendar.version,
        clockRules: city.clockRules.version,
        ladder: ladder.version,
        directory: city.directory.version,
        city: city.version,
      },
      asOf,
      factId: Number(upTo.position.id),
      factAt: upTo.at,
      figures,
      columns: rowColumns,
      ...(await rowsOfSnapshot(tx, id, rowColumns)),
      corrects,
      reason,
      madeBy: nameOf(actor),
      madeAt: asOf,
    };
    await addSnapshot(tx, { ...made, hash: hashOf(made) });
    const body = { from, to, by, w, corrects };
    await recordFacts(tx, { subject: 'statistics', subjectId: id }, [
      { type: 'snapshot_made', at: asOf, actor: nameOf(actor), unit: null, body },
    ]);
  });
  return lookAtSnapshot(deps, id);
}

/** A snapshot, counted again from its own rows; it says whether everything came out to the last digit. */
export async function lookAtSnapshot({ pool }: Pick<Deps, 'pool'>, id: string): Promise<SeenSnapshot | Refusal> {
  const [snapshot] = await findSnapshots(pool, { ids: [id], limit: 1 });
  if (snapshot === undefined) return refuse('not-found');
  const groups = new Map(snapshot.figures.items.map(({ key, group }) => [key, group]));
  const [rows, figures, correctedBy] = await Promise.all([
    rowsOfSnapshot(pool, id, snapshot.columns),
    figuresOf(pool, snapshot, (key) => groups.get(key) ?? null),
    correctionsOf(pool, id),
  ]);
  const { hash, ...rest } = snapshot;
  const rowsUnchanged = rows.rowsHash === snapshot.rowsHash && rows.rowCount === snapshot.rowCount;
  const isSameRule = snapshot.definition === definition;
  const differences = isSameRule ? differencesOf(snapshot.figures, figures) : [];
  const hashUnchanged = hashOf(rest) === hash;
  const reproduced = rowsUnchanged && hashUnchanged && differences.length === 0;
  return {
    kind: 'seen',
    snapshot,
    correctedBy,
    recounted: { reproduced: isSameRule || !reproduced ? reproduced : null, rowsUnchanged, hashUnchanged, differences },
  };
}

/** Snapshots without what was counted, newest first. */
export const listSnapshots = (
  { reading }: Pick<Deps, 'reading'>,
  page: Readonly<{ cursor?: string | undefined; limit: number }>,
): Promise<readonly Snapshot[]> => findSnapshots(reading, page);

/** The rows a snapshot was counted from, for whoever wants to count them himself. */
export async function rowsInSnapshot(
  { pool }: Pick<Deps, 'pool'>,
  id: string,
  page: Readonly<{ after: readonly [string, string] | null; limit: number }>,
): Promise<Readonly<{ kind: 'rows'; rows: readonly Measure[] }> | Refusal> {
  const [found] = await findSnapshots(pool, { ids: [id], limit: 1 });
  return found === undefined ? refuse('not-found') : { kind: 'rows', rows: await keptRows(pool, id, page) };
}

/** The figures of a snapshot's rows. Its index has no change: two snapshots are compared by whoever reads them. */
async function figuresOf(
  from: Queryable,
  { id, by, w, asOf, ...span }: Pick<Snapshot, 'id' | 'from' | 'to' | 'by' | 'w' | 'asOf'>,
  groupOf: (key: string | null) => string | null,
): Promise<RatedBy> {
  const all = { units: null, areas: null };
  const { keys } = await countedBy(from, by, all, { from: span.from, to: span.to, asOf }, { snapshot: id });
  return ratedBy(keys, new Map(), groupOf, { by, w });
}

const hashOf = (snapshot: Omit<Snapshot, 'hash'>): string =>
  createHash('sha256').update(canonical(snapshot)).digest('hex');
