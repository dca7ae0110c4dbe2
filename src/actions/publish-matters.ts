import { nameOf } from '../domain/decide.ts';
import { type MatterWords, matterBoard } from '../domain/matter-board.ts';
import { namesIn } from '../domain/publication.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { recordFacts } from '../store/facts.ts';
import { appendEntry, lastEntry, type MatterEntry } from '../store/matter-boards.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { loadUndertaking, lockUndertaking } from '../store/undertakings.ts';
import type { Deps } from './deps.ts';
import { volumesAfter } from './hot-matters.ts';

export type { MatterEntry } from '../store/matter-boards.ts';

/** Publishes how a high-frequency matter is governed, as it is now; of one that stands there already, the next entry. */
export async function showMatter(
  deps: Deps,
  id: string,
  words: MatterWords,
  actor: Actor,
): Promise<MatterEntry | Refusal> {
  const before = await loadUndertaking(deps.pool, id);
  if (before === null || before.kind !== 'governance') return refuse('not-found');
  const [after = null] = await volumesAfter(deps, [before]);
  return transaction(deps.pool, async (tx) => {
    const matter = await lockUndertaking(tx, id);
    if (matter === null) throw new Error('an undertaking is never deleted');
    const { city, areasAt } = deps.city();
    const { tree } = areasAt(deps.now());
    const { unit, category } = namesIn(city);
    const made = matterBoard(matter, after, words, {
      unit,
      category: (code) => category(code) ?? { code, name: code },
      street: (code) => ({ code, name: tree.byCode.get(code)?.name ?? code }),
    });
    if ('fault' in made) return refuse('not-publishable', { because: made.fault, doubts: made.doubts });
    return append(tx, deps, { undertakingId: id, content: made.content, reason: null }, actor);
  });
}

/** Takes a matter down; what was published of it stays in the record. */
export const hideMatter = (deps: Deps, id: string, reason: string, actor: Actor): Promise<MatterEntry | Refusal> =>
  transaction(deps.pool, async (tx) => {
    if ((await lockUndertaking(tx, id)) === null) return refuse('not-found');
    const last = await lastEntry(tx, id);
    if (last === null) return refuse('not-found');
    if (last.content === null) return refuse('wrong-state', { state: 'withdrawn', allowedActions: [] });
    return append(tx, deps, { undertakingId: id, content: null, reason }, actor);
  });

async function append(
  tx: Queryable,
  deps: Deps,
  of: Pick<MatterEntry, 'undertakingId' | 'content' | 'reason'>,
  actor: Actor,
): Promise<MatterEntry> {
  const last = await lastEntry(tx, of.undertakingId);
  const stamp = { actor: nameOf(actor), at: deps.now() };
  const entry = { ...of, ...stamp, seq: (last?.seq ?? 0) + 1 };
  await appendEntry(tx, entry);
  const type = of.content === null ? 'matter_withdrawn' : 'matter_published';
  await recordFacts(tx, { subject: 'undertaking', subjectId: of.undertakingId }, [
    { type, ...stamp, unit: of.content?.lead.code ?? null, body: { seq: entry.seq } },
  ]);
  return entry;
}
