import { uuidv7 } from 'uuidv7';
import { allowedOnOutage, decideOutage, issueOutage, type OutageCommand, type OutageNotice } from '../domain/outage.ts';
import { reachFaults } from '../domain/reach.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { nextNumber } from '../store/numbers.ts';
import { findOutage, findOutages, type OutageFilter, saveOutage, standingOutages } from '../store/outages.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';

/** A notice with what the actor may do to it now. */
export type SeenOutage = Readonly<{ notice: OutageNotice; allowedActions: readonly string[] }>;

const seen = (deps: Deps, notice: OutageNotice, actor: Actor): SeenOutage => ({
  notice,
  allowedActions: allowedOnOutage(notice, settingOf(deps, actor)),
});

/** Issues a notice of a planned outage: from its commit on it answers at intake. */
export async function issueNotice(
  deps: Deps,
  asked: Omit<Parameters<typeof issueOutage>[0], 'id' | 'number'>,
  actor: Actor,
): Promise<SeenOutage | Refusal> {
  const { categories, units } = deps.city().city;
  if (!categories.has(asked.category)) return refuse('category-unknown', { category: asked.category });
  if (!units.has(asked.unit)) return refuse('unit-unknown', { unit: asked.unit });
  const fault = placeFault(deps, asked.reach);
  if (fault) return fault;
  return saving(deps, actor, async (tx) => {
    const names = { id: uuidv7(), number: await nextNumber(tx, 'outage', deps.now()) };
    return issueOutage({ ...asked, ...names }, settingOf(deps, actor));
  });
}

/** Changes a notice that is not over, or withdraws it. */
export async function onNotice(
  deps: Deps,
  id: string,
  command: OutageCommand,
  actor: Actor,
): Promise<SeenOutage | Refusal> {
  const fault = command.action === 'change' && command.said.reach ? placeFault(deps, command.said.reach) : null;
  if (fault) return fault;
  return saving(deps, actor, async (tx) => {
    const notice = await findOutage(tx, id, true);
    return notice === null ? refuse('not-found') : decideOutage(notice, command, settingOf(deps, actor));
  });
}

async function saving(
  deps: Deps,
  actor: Actor,
  work: (tx: Parameters<typeof saveOutage>[0]) => Promise<ReturnType<typeof decideOutage>>,
): Promise<SeenOutage | Refusal> {
  const outcome = await transaction(deps.pool, async (tx) => {
    const decided = await work(tx);
    if (!isRefusal(decided)) await saveOutage(tx, decided.notice, decided.facts);
    return decided;
  });
  if (isRefusal(outcome)) return outcome;
  await deps.reloadSurge();
  return seen(deps, outcome.notice, actor);
}

function placeFault(deps: Deps, reach: OutageNotice['reach']): Refusal | null {
  const errors = reachFaults(reach, (code) => deps.city().areasAt(deps.now()).tree.byCode.has(code));
  return errors.length === 0 ? null : refuse('reach-invalid', { errors });
}

/** Notices that pass the filter, newest first; everybody at a desk may know of them. */
export async function listNotices(deps: Deps, filter: OutageFilter, actor: Actor): Promise<readonly SeenOutage[]> {
  return (await findOutages(deps.reading, filter)).map((notice) => seen(deps, notice, actor));
}

export async function lookAtNotice(deps: Deps, id: string, actor: Actor): Promise<SeenOutage | Refusal> {
  const notice = await findOutage(deps.pool, id);
  return notice === null ? refuse('not-found') : seen(deps, notice, actor);
}

/** What the public may know: notices that are announced and not over, in the order they begin. */
export async function publicNotices(deps: Deps, limit: number): Promise<readonly OutageNotice[]> {
  const now = deps.now();
  const standing = await standingOutages(deps.reading, now, limit);
  return standing.filter(({ announcedAt }) => announcedAt <= now);
}
