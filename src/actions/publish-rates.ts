import { nameOf } from '../domain/decide.ts';
import { isPublicKey, rateBoard } from '../domain/rate-board.ts';
import { nameOfKey } from '../domain/rated.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { recordFacts } from '../store/facts.ts';
import { lockRates, type PublishedRates, publishRates, withdrawRates } from '../store/rate-boards.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { lookAtSnapshot } from './snapshots.ts';

export type { PublishedRates } from '../store/rate-boards.ts';

/** Publishes the rates of a snapshot, once: one that does not come out again when it is counted, or of grids, never. */
export async function showRates(deps: Deps, snapshotId: string, actor: Actor): Promise<PublishedRates | Refusal> {
  const seen = await lookAtSnapshot(deps, snapshotId);
  if (isRefusal(seen)) return seen;
  const { snapshot, recounted } = seen;
  const { by } = snapshot;
  if (!isPublicKey(by)) return refuse('not-publishable', { because: 'too_few' });
  if (recounted.reproduced === false) return refuse('not-publishable', { because: 'not_reproduced' });
  const { city, areasAt } = deps.city();
  const { tree } = areasAt(snapshot.to);
  return transaction(deps.pool, async (tx) => {
    if ((await lockRates(tx, snapshotId)) !== null) return refuse('publication-exists', { snapshotId });
    const content = rateBoard({ ...snapshot, by }, (code) => nameOfKey(by, code, city, tree));
    const at = deps.now();
    await publishRates(tx, snapshotId, content, { at, by: nameOf(actor) });
    return recorded(tx, snapshotId, 'rates_published', at, actor);
  });
}

/** Takes published rates down; they are not published again, a corrected snapshot is. */
export const hideRates = (
  deps: Deps,
  snapshotId: string,
  reason: string,
  actor: Actor,
): Promise<PublishedRates | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const found = await lockRates(tx, snapshotId);
    if (found === null) return refuse('not-found');
    if (found.withdrawnAt !== null) return refuse('wrong-state', { state: 'withdrawn', allowedActions: [] });
    const at = deps.now();
    await withdrawRates(tx, snapshotId, { at, by: nameOf(actor), reason });
    return recorded(tx, snapshotId, 'rates_withdrawn', at, actor);
  });

async function recorded(
  tx: Queryable,
  snapshotId: string,
  type: string,
  at: PublishedRates['publishedAt'],
  actor: Actor,
): Promise<PublishedRates> {
  const fact = { type, at, actor: nameOf(actor), unit: null, body: {} };
  await recordFacts(tx, { subject: 'statistics', subjectId: snapshotId }, [fact]);
  const now = await lockRates(tx, snapshotId);
  if (now === null) throw new Error('rates just published are there');
  return now;
}
