import { tellPosts, unclaimedSince } from '../domain/post-watch.ts';
import type { Instant } from '../domain/time.ts';
import { theSystem } from '../domain/work-order.ts';
import { lock } from '../store/orders.ts';
import { toldSince, unclaimedOrders } from '../store/post-watch.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { changeIn } from './perform.ts';

const hourMs = 3_600_000;
const atOnce = 200;

/**
 * Tells the stand-in, then the office head, about orders nobody has claimed for one and for two working hours (AB岗).
 * Each is told once however often and however many look. Answers how many were told.
 */
export async function watchPosts(deps: Deps): Promise<number> {
  // A working hour is never shorter than an hour.
  const before = (deps.now() - hourMs) as Instant;
  let told = 0;
  let after: string | null = null;
  for (;;) {
    const ids = await unclaimedOrders(deps.pool, { before, after, limit: atOnce });
    for (const id of ids) told += await tell(deps, id);
    after = ids.at(-1) ?? null;
    if (ids.length < atOnce) return told;
  }
}

const tell = (deps: Deps, id: string): Promise<number> =>
  transaction(deps.pool, async (tx) => {
    const order = await lock(tx, id); // held before asking who has been told: another may be telling them now
    const since = order === null ? null : unclaimedSince(order);
    if (order === null || since === null) return 0;
    const told = await toldSince(tx, id, order.owner, since);
    const facts = tellPosts(order, told, settingOf(deps, theSystem));
    if (facts.length === 0) return 0;
    await changeIn(tx, deps, id, theSystem, null, (now) => ({ kind: 'decided', order: now, facts }));
    return facts.length;
  });
