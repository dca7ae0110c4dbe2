import { uuidv7 } from 'uuidv7';
import { decide, settle } from '../domain/decide.ts';
import { lifecycle } from '../domain/lifecycle.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { rowsOfDuty } from '../domain/routing.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { readCity } from '../store/city.ts';
import {
  type DutyMove,
  findMoves,
  loadMove,
  lockMove,
  type MoveFilter,
  ordersOfDuty,
  writeMove,
} from '../store/moves.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { changeIn, countPush } from './perform.ts';

export type { DutyMove, MoveFilter } from '../store/moves.ts';

/** Which duty moves from whom to whom; `area` null is everywhere, `effectiveAt` null is now. */
export type Moving = Readonly<{
  category: string;
  area: string | null;
  from: string;
  to: string;
  basis: string;
  effectiveAt: Instant | null;
  keepOpen: boolean;
}>;

/** A move, and the lines of the directory that will still send the duty to the former unit then. */
export type MadeMove = Readonly<{ move: DutyMove; stillNamed: readonly string[] }>;

/** Records that a duty moves. Its open orders go along, or stay, at once or when the moment comes. */
export async function moveDuty(deps: Deps, moving: Moving, actor: Actor): Promise<MadeMove | Refusal> {
  const { category, area, from, to, basis, keepOpen } = moving;
  const now = deps.now();
  const { city } = deps.city();
  if (!city.categories.has(category)) return refuse('category-unknown', { category });
  for (const unit of [from, to]) if (!city.units.has(unit)) return refuse('unit-unknown', { unit });
  if (from === to) return refuse('same-unit', { unit: to });
  const effectiveAt = moving.effectiveAt ?? now;
  if (effectiveAt < now) return refuse('in-the-past', { effectiveAt });
  if (area !== null && !deps.city().areasAt(effectiveAt).tree.byCode.has(area)) return refuse('area-unknown', { area });
  const planned: DutyMove = {
    id: uuidv7(),
    category,
    area,
    fromUnit: from,
    toUnit: to,
    basis,
    effectiveAt,
    movedBy: actor,
    madeAt: now,
    doneAt: null,
    moved: null,
    refused: null,
    keepOpen,
    kept: null,
    withdrawnAt: null,
    withdrawnBy: null,
    withdrawReason: null,
  };
  await writeMove(deps.pool, planned);
  const then = (await readCity(deps.pool, now))(effectiveAt);
  const stillNamed = rowsOfDuty(then.city, planned).map(({ line }) => line);
  if (effectiveAt > now) return { move: planned, stillNamed };
  await transaction(deps.pool, (tx) => fireMove(tx, deps, planned.id, true));
  return { move: (await loadMove(deps.pool, planned.id)) ?? planned, stillNamed };
}

/** Takes back a move whose moment has not come. */
export const withdrawMove = (deps: Deps, id: string, reason: string, actor: Actor): Promise<DutyMove | Refusal> =>
  transaction(deps.pool, async (tx) => {
    const move = await lockMove(tx, id);
    if (move === null) return refuse('not-found');
    if (move.doneAt !== null || move.withdrawnAt !== null)
      return refuse('not-pending', { state: move.doneAt === null ? 'withdrawn' : 'done' });
    const back = { ...move, withdrawnAt: deps.now(), withdrawnBy: actor.name, withdrawReason: reason };
    await writeMove(tx, back);
    return back;
  });

/** Moves of duties, the last made first. */
export const listMoves = ({ reading }: Deps, filter: MoveFilter): Promise<readonly DutyMove[]> =>
  findMoves(reading, filter);

/** One move. */
export const lookAtMove = async ({ pool }: Deps, id: string): Promise<DutyMove | Refusal> =>
  (await loadMove(pool, id)) ?? refuse('not-found');

/** Makes a move whose moment has come, once however many look: the orders go together, all of them or none. */
export async function fireMove(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const move = await lockMove(tx, id, !wait);
  if (move === null) return 'held';
  if (move.doneAt !== null || move.withdrawnAt !== null || move.effectiveAt > deps.now()) return 'stale';
  const orders = await ordersOfDuty(tx, move, lifecycle['move-duty'].from);
  const refused: { workOrderId: string; code: string }[] = [];
  for (const order of move.keepOpen ? [] : orders) {
    const outcome = await redispatched(tx, deps, move, order);
    if (!isRefusal(outcome)) continue;
    refused.push({ workOrderId: order, code: outcome.code });
    // With the move: one that is rolled back has pushed nobody, and fires again.
    await countPush(tx, deps.now(), { order, by: move.movedBy }, outcome);
  }
  const moved = move.keepOpen ? 0 : orders.length - refused.length;
  await writeMove(tx, { ...move, doneAt: deps.now(), moved, kept: orders.length - moved, refused });
  return 'fired';
}

const redispatched = (tx: Queryable, deps: Deps, move: DutyMove, order: string) =>
  changeIn(tx, deps, order, move.movedBy, null, (now, setting) => {
    if (now.owner !== move.fromUnit) return refuse('same-unit'); // went elsewhere while it was waited for
    const said = { unit: move.toUnit, basis: move.basis, reason: `duty move ${move.id}` };
    const decision = decide(now, { action: 'move-duty', said }, setting);
    return decision.kind === 'decided' ? settle(decision, setting) : decision;
  });
