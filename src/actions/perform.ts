import { uuidv7 } from 'uuidv7';
import type { Command, Decision } from '../domain/decide.ts';
import { decide, settle } from '../domain/decide.ts';
import { superviseCounts } from '../domain/ladder-counts.ts';
import { messageOf } from '../domain/messages.ts';
import type { Setting } from '../domain/obstacles.ts';
import { type Refusal, type RefusalCode, refuse } from '../domain/refusal.ts';
import { fillSeats } from '../domain/seating.ts';
import { taskOf } from '../domain/tasks.ts';
import { type Actor, isClaimable, isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { dropLease } from '../store/claims.ts';
import { openMessages } from '../store/messages.ts';
import { lock, save, saveRequests } from '../store/orders.ts';
import { writeRefusedPush } from '../store/pushes.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { openTasks } from '../store/tasks.ts';
import { leaveCoordination } from './coordinate.ts';
import { type Deps, powerSettingOf, seedFor, settingOf } from './deps.ts';
import { nameOverCap } from './exclusion-cap.ts';
import { followLead } from './incident-end.ts';
import { followPublications } from './publish.ts';
import { followWork, superviseFired } from './supervise.ts';
import { leaveUndertakings } from './undertake.ts';

/** The version a client believes it is changing; null where the caller does not care. */
export type Expected = number | null;

/** Decides something about an order that is locked. */
export type Deciding = (order: WorkOrder, setting: Setting) => Decision | Refusal;

/** The only way a work order changes: lock, decide, save, in one transaction. What follows by itself follows at once. */
export async function perform(
  deps: Deps,
  id: string,
  command: Command,
  actor: Actor,
  expected: Expected = null,
): Promise<Decision | Refusal> {
  const deciding: Deciding = (order, setting) => {
    const outcome = decide(order, command, setting);
    return outcome.kind === 'decided' ? settle(outcome, setting) : outcome;
  };
  const outcome = await change(deps, id, actor, expected, deciding, aboutOf(command));
  if (command.action !== 'self-handle') await countPush(deps, id, actor, outcome);
  return outcome;
}

/** The request something is said about: the order carries it even where it joined an incident and stands aside. */
const aboutOf = ({ said }: Command): readonly string[] =>
  'requestId' in said && typeof said.requestId === 'string' ? [said.requestId] : [];

/** The same with a decision of the caller's own. */
export const change = (
  deps: Deps,
  id: string,
  actor: Actor,
  expected: Expected,
  deciding: Deciding,
  about: readonly string[] = [],
): Promise<Decision | Refusal> =>
  transaction(deps.pool, (tx) => changeIn(tx, deps, id, actor, expected, deciding, about));

/** The same inside a transaction that has other work to do as well. */
export async function changeIn(
  tx: Queryable,
  deps: Deps,
  id: string,
  actor: Actor,
  expected: Expected,
  deciding: Deciding,
  about: readonly string[] = [],
): Promise<Decision | Refusal> {
  const order = await lock(tx, id, [...actor.requests, ...about]);
  if (order === null) return refuse('not-found');
  if (expected !== null && expected !== order.version) return refuse('stale-version', { version: order.version });
  const setting = settingOf(deps, actor);
  const decided = deciding(order, setting);
  if (decided.kind === 'refused') return decided;
  // No rule waits for a lot: whatever seats a decision left empty are filled before anybody sees them.
  const seated = fillSeats(order, decided, seedFor(deps), setting);
  const supervised = superviseCounts(order, seated.order, powerSettingOf(deps, theSystem));
  const outcome: Decision = { ...seated, facts: [...seated.facts, ...supervised.facts] };
  const sent: Promise<unknown>[] = [
    save(tx, { before: order, after: outcome.order, facts: outcome.facts }, deps.city()),
    saveRequests(tx, order, outcome.order),
  ];
  if (isOpen(order.state) && !isOpen(outcome.order.state)) {
    await leaveCoordination(tx, deps, outcome.order);
    await leaveUndertakings(tx, deps, outcome.order);
  }
  const tasks = outcome.facts.flatMap((fact) => taskOf(fact, deps.city().city) ?? []);
  if (tasks.length > 0) sent.push(openTasks(tx, id, deps.now(), tasks.map(withId)));
  const messages = outcome.facts.flatMap((fact) => messageOf(fact, outcome.order) ?? []);
  if (messages.length > 0) await openMessages(tx, id, deps.now(), messages.map(withId));
  await followWork(tx, deps, order, outcome.order);
  await followLead(tx, deps, order, outcome.order);
  await followPublications(tx, deps, order, outcome.order);
  // Whoever signs first has it, by claim or directly; a new owner has nothing to do with the leases of the old one.
  if (outcome.order.owner !== order.owner || (isClaimable(order) && !isClaimable(outcome.order)))
    sent.push(dropLease(tx, id));
  await Promise.all(sent);
  await superviseFired(tx, deps, supervised.fired);
  await nameOverCap(tx, deps, id, outcome.facts);
  return outcome;
}

const withId = <T extends object>(thing: T): T & Readonly<{ id: string }> => ({ ...thing, id: uuidv7() });

const pushes: ReadonlySet<RefusalCode> = new Set(['off-duty-list', 'assessment-task']);

/** Counts what somebody would have had a street or community do and was refused (减负), though nothing else is kept of it. */
export async function countPush(
  { pool, now }: Pick<Deps, 'pool' | 'now'>,
  orderId: string,
  by: Pick<Actor, 'name' | 'unit'>,
  outcome: Decision | Refusal,
): Promise<void> {
  if (outcome.kind !== 'refused' || !pushes.has(outcome.code)) return;
  const { details, code } = outcome;
  const said = (key: string): string | null => (typeof details[key] === 'string' ? details[key] : null);
  const [unit, category] = [said('unit'), said('category')];
  if (unit === null || category === null) throw new Error(`a push refused as ${code} names its unit and its category`);
  const push = { pushedBy: by.name, pushedUnit: by.unit, unit, category, line: said('line'), code, at: now() };
  await writeRefusedPush(pool, orderId, push);
}
