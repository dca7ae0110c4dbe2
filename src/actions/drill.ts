import { type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { moveDrill } from '../store/clock.ts';
import type { Deps } from './deps.ts';
import { fireDue, nextDue } from './fire-timers.ts';
import { nextLadderAt } from './ladder.ts';

/**
 * Moves the drill's clock to `to`, or on by `byMs`, and fires everything that comes due on the way, each at its own
 * moment: the clock stops at every one, so that what one starts may come due before the end. Only forward.
 */
export async function moveClock(
  deps: Deps,
  move: Readonly<{ to: Instant } | { byMs: number }>,
): Promise<Instant | Refusal> {
  const turn = moving.then(() => moveNow(deps, move));
  moving = turn.catch(() => {});
  return turn;
}

// Two moves at once would each jump over what the other has yet to fire.
let moving: Promise<unknown> = Promise.resolve();

async function moveNow(deps: Deps, move: Readonly<{ to: Instant } | { byMs: number }>): Promise<Instant | Refusal> {
  const { pool, now } = deps;
  const target = 'to' in move ? move.to : ((now() + move.byMs) as Instant);
  if (target < now()) return refuse('clock-backwards', { now: now() });
  for (;;) {
    const [due] = await nextDue(deps, target, 1);
    const next = Math.min(due?.dueAt ?? Infinity, nextLadderAt(deps, target) ?? Infinity);
    if (next === Infinity) break;
    if (next > now()) await moveDrill(pool, next as Instant);
    await fireDue(deps, { inOrder: true });
  }
  if (target > now()) await moveDrill(pool, target);
  return now();
}
