import { uuidv7 } from 'uuidv7';
import { decide, settle } from '../domain/decide.ts';
import { lifecycle } from '../domain/lifecycle.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import type { Actor } from '../domain/work-order.ts';
import { type DutyMove, finishMove, holdDueMove, ordersOfDuty, writeMove } from '../store/moves.ts';
import { transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';
import { changeIn } from './perform.ts';

export type { DutyMove } from '../store/moves.ts';

/** Which duty moves from whom to whom; `area` null is everywhere, `effectiveAt` null is now. */
export type Moving = Readonly<{
  category: string;
  area: string | null;
  from: string;
  to: string;
  basis: string;
  effectiveAt: Instant | null;
}>;

/** Records that a duty moves. Its open orders go along at once, or when the moment comes. */
export async function moveDuty(deps: Deps, moving: Moving, actor: Actor): Promise<DutyMove | Refusal> {
  const { category, area, from, to, basis } = moving;
  const now = deps.now();
  const { city } = deps.city();
  if (!city.categories.has(category)) return refuse('category-unknown', { category });
  for (const unit of [from, to]) if (!city.units.has(unit)) return refuse('unit-unknown', { unit });
  if (from === to) return refuse('same-unit', { unit: to });
  const effectiveAt = moving.effectiveAt ?? now;
  if (effectiveAt < now) return refuse('in-the-past', { effectiveAt: new Date(effectiveAt).toISOString() });
  if (area !== null && !deps.city().areasAt(effectiveAt).tree.byCode.has(area)) return refuse('area-unknown', { area });
  const move: DutyMove = {
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
  };
  await writeMove(deps.pool, move);
  return effectiveAt > now ? move : ((await moveNext(deps, move.id)) ?? move);
}

/** Makes every move whose moment has come, each once however many look. Answers how many were made. */
export async function moveDuties(deps: Deps): Promise<number> {
  let made = 0;
  while ((await moveNext(deps, null)) !== null) made += 1;
  return made;
}

/** The orders that go together: all of them or, where the process dies, none. */
const moveNext = (deps: Deps, id: string | null): Promise<DutyMove | null> =>
  transaction(deps.pool, async (tx) => {
    const move = await holdDueMove(tx, deps.now(), id);
    if (move === null) return null;
    const refused: { workOrderId: string; code: string }[] = [];
    let moved = 0;
    for (const order of await ordersOfDuty(tx, move, lifecycle['move-duty'].from)) {
      const said = { unit: move.toUnit, basis: move.basis, reason: `duty move ${move.id}` };
      const outcome = await changeIn(tx, deps, order, move.movedBy, null, (now, setting) => {
        if (now.owner !== move.fromUnit) return refuse('same-unit'); // went elsewhere while it was waited for
        const decision = decide(now, { action: 'move-duty', said }, setting);
        return decision.kind === 'decided' ? settle(decision, setting) : decision;
      });
      if (outcome.kind === 'refused') refused.push({ workOrderId: order, code: outcome.code });
      else moved += 1;
    }
    const done: DutyMove = { ...move, doneAt: deps.now(), moved, refused };
    await finishMove(tx, done);
    return done;
  });
