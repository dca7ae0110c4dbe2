import { uuidv7 } from 'uuidv7';
import { allowedOnDecree, type Decree, endDecree, publishDecree } from '../domain/decree.ts';
import { holdByDecrees } from '../domain/decree-hold.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { after, type Instant, minutes } from '../domain/time.ts';
import { type Actor, theSystem } from '../domain/work-order.ts';
import {
  countHeld,
  findDecree,
  findDecrees,
  heldUnder,
  lockDecree,
  runningUnder,
  saveDecree,
  saveWalk,
} from '../store/decrees.ts';
import { nextNumber } from '../store/numbers.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { changeIn } from './perform.ts';

/** A decree with how many orders it holds now, and what the actor may do to it. */
export type SeenDecree = Readonly<{ decree: Decree; held: number; allowedActions: readonly string[] }>;

const seen = async (deps: Deps, decree: Decree, actor: Actor): Promise<SeenDecree> => ({
  decree,
  held: await countHeld(deps.pool, decree),
  allowedActions: allowedOnDecree(decree, settingOf(deps, actor)),
});

/** Publishes a decree: from its beginning on the clocks it is about stand still, those of new orders too. */
export async function publish(
  deps: Deps,
  asked: Omit<Parameters<typeof publishDecree>[0], 'id' | 'number'>,
  actor: Actor,
): Promise<SeenDecree | Refusal> {
  const { tree } = deps.city().areasAt(deps.now());
  const errors = asked.areas.flatMap((code, i) =>
    tree.byCode.has(code) ? [] : [{ pointer: `/areas/${i}`, message: `no area is called ${code}` }],
  );
  if (errors.length > 0) return refuse('area-unknown', { errors });
  const outcome = await transaction(deps.pool, async (tx) => {
    const names = { id: uuidv7(), number: await nextNumber(tx, 'decree', deps.now()) };
    const decided = publishDecree({ ...asked, ...names }, tree.isWithin, settingOf(deps, actor));
    if (isRefusal(decided)) return decided;
    await saveDecree(tx, decided.decree, { at: decided.decree.beginsAt, after: null }, decided.facts);
    return decided;
  });
  if (isRefusal(outcome)) return outcome;
  await deps.reloadSurge();
  return seen(deps, outcome.decree, actor);
}

/** Ends a decree before its date: what it holds goes on from now. */
export async function endEarly(deps: Deps, id: string, reason: string, actor: Actor): Promise<SeenDecree | Refusal> {
  const outcome = await transaction(deps.pool, async (tx) => {
    const found = await lockDecree(tx, id);
    if (found === null) return refuse('not-found');
    const decided = endDecree(found.decree, reason, settingOf(deps, actor));
    if (isRefusal(decided)) return decided;
    await saveDecree(tx, decided.decree, { at: deps.now(), after: null }, decided.facts);
    return decided;
  });
  if (isRefusal(outcome)) return outcome;
  await deps.reloadSurge();
  return seen(deps, outcome.decree, actor);
}

/** Decrees, newest first; everybody may know them. */
export const listDecrees = async (
  deps: Deps,
  page: Readonly<{ cursor?: string | undefined; limit: number }>,
  actor: Actor,
): Promise<readonly SeenDecree[]> =>
  Promise.all((await findDecrees(deps.reading, page)).map((decree) => seen(deps, decree, actor)));

export async function lookAtDecree(deps: Deps, id: string, actor: Actor): Promise<SeenDecree | Refusal> {
  const decree = await findDecree(deps.pool, id);
  return decree === null ? refuse('not-found') : seen(deps, decree, actor);
}

/** What the public may read of decrees. */
export const publicDecrees = (
  deps: Deps,
  page: Readonly<{ cursor?: string | undefined; limit: number }>,
): Promise<readonly Decree[]> => findDecrees(deps.reading, page);

const together = 20;
/** For so long a process that has not heard of the change yet may still decide by what it knew. */
const lateHearing = minutes(1);

/**
 * Goes on through the orders a decree begins or ceases to hold, a few at a time, each held no longer than they take. Once
 * through it looks again a little later. What ends at its date needs no walk: every clock knows its own.
 */
export async function fireDecree(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const found = await lockDecree(tx, id, !wait);
  if (found === null) return 'held';
  const { decree, walk } = found;
  const now = deps.now();
  if (walk.at === null || walk.at > now) return 'stale';
  // What this process has not heard of yet would set going again what is to stand still, or the other way round.
  const known = deps.surge().decrees.find((each) => each.id === id);
  if (decree.endedAt === null ? known === undefined : known !== undefined) await deps.reloadSurge();
  const under = decree.endedAt === null ? runningUnder : heldUnder;
  const orders = await under(tx, decree, walk.after, together);
  for (const order of orders) {
    const outcome = await changeIn(tx, deps, order, theSystem, null, (locked, setting) => ({
      kind: 'decided',
      ...holdByDecrees(locked, [decree], setting),
    }));
    if (isRefusal(outcome)) throw new Error(`a decree cannot hold order ${order}: ${outcome.code}`);
  }
  await saveWalk(
    tx,
    id,
    orders.length === together ? { at: walk.at, after: orders.at(-1) ?? null } : through(decree, now),
  );
  return 'fired';
}

function through({ beginsAt, endedAt }: Decree, now: Instant) {
  const again = after(endedAt ?? beginsAt, lateHearing);
  return { at: now < again ? again : null, after: null };
}
