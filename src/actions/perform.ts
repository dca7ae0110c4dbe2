import { uuidv7 } from 'uuidv7';
import type { Command, Decision } from '../domain/decide.ts';
import { decide, settle } from '../domain/decide.ts';
import { holdByDecrees } from '../domain/decree-hold.ts';
import { superviseCounts } from '../domain/ladder-counts.ts';
import type { Fired } from '../domain/ladder-fire.ts';
import { messageOf } from '../domain/messages.ts';
import type { Setting } from '../domain/obstacles.ts';
import { type Refusal, type RefusalCode, refuse } from '../domain/refusal.ts';
import { isUrgent } from '../domain/request.ts';
import { fillSeats } from '../domain/seating.ts';
import { taskOf } from '../domain/tasks.ts';
import type { Instant } from '../domain/time.ts';
import { type Actor, isClaimable, isOpen, theSystem, type WorkOrder } from '../domain/work-order.ts';
import { dropLease } from '../store/claims.ts';
import { openMessages } from '../store/messages.ts';
import { lock, saveAll, saveRequests } from '../store/orders.ts';
import { writeRefusedPush } from '../store/pushes.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import { finishAlarm, openTasks } from '../store/tasks.ts';
import { leaveCoordination } from './coordinate.ts';
import { countAgainst } from './count-against.ts';
import { type Deps, powerSettingOf, seedFor, settingOf } from './deps.ts';
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
  if (command.action !== 'self-handle') await countPush(deps.pool, deps.now(), { order: id, by: actor }, outcome);
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
  const decided = deciding(order, settingOf(deps, actor));
  if (decided.kind === 'refused') return decided;
  const [kept = decided] = await keep(tx, deps, [{ before: order, decided }]);
  return kept;
}

/** An order that is held, what was decided about it, and which rungs fired meanwhile. */
export type Decided = Readonly<{ before: WorkOrder; decided: Decision; fired?: readonly Fired[] }>;

/** Writes what was decided about orders that are held, all together, and lets everything beside them follow. */
export async function keep(tx: Queryable, deps: Deps, changes: readonly Decided[]): Promise<readonly Decision[]> {
  const setting = powerSettingOf(deps, theSystem);
  const counted = changes.map(({ before, decided, fired = [] }) => {
    // No rule waits for a lot: whatever seats a decision left empty are filled before anybody sees them.
    const seated = fillSeats(before, decided, seedFor(deps), setting);
    const counts = superviseCounts(before, seated.order, setting);
    const held = holdByDecrees(seated.order, deps.surge().decrees, setting);
    const facts = [...seated.facts, ...counts.facts, ...held.facts];
    const outcome: Decision = { ...seated, order: held.order, facts };
    return { before, outcome, fired: [...fired, ...counts.fired] };
  });
  const saved = counted.map(({ before, outcome }) => ({ before, after: outcome.order, facts: outcome.facts }));
  const sent: Promise<unknown>[] = [saveAll(tx, saved, deps.city())];
  for (const { before, outcome } of counted) await follow(tx, deps, before, outcome, sent);
  await Promise.all(sent);
  await superviseFired(
    tx,
    deps,
    counted.flatMap(({ fired }) => fired),
  );
  for (const { before, outcome } of counted) await countAgainst(tx, deps, before.id, outcome.facts);
  return counted.map(({ outcome }) => outcome);
}

/** What a change of an order means to everything beside it. What need not be waited for is left with `sent`. */
async function follow(
  tx: Queryable,
  deps: Deps,
  before: WorkOrder,
  { order, facts }: Decision,
  sent: Promise<unknown>[],
): Promise<void> {
  if (before.requests !== order.requests) sent.push(saveRequests(tx, before, order));
  if (isOpen(before.state) && !isOpen(order.state)) {
    await leaveCoordination(tx, deps, order);
    await leaveUndertakings(tx, deps, order);
  }
  const tasks = facts.flatMap((fact) => taskOf(fact, deps.city().city) ?? []);
  if (tasks.length > 0) sent.push(openTasks(tx, order.id, deps.now(), tasks.map(withId)));
  const messages = facts.flatMap((fact) => messageOf(fact, order) ?? []);
  if (messages.length > 0) await openMessages(tx, order.id, deps.now(), messages.map(withId));
  // Somebody has it in hand: no human word is waited for any more.
  if (before.state === 'dispatched' && order.state !== 'dispatched' && isUrgent(order.urgency))
    sent.push(finishAlarm(tx, order.id, 'system', deps.now()));
  await followWork(tx, deps, before, order);
  await followLead(tx, deps, before, order);
  await followPublications(tx, deps, before, order);
  // Whoever signs first has it, by claim or directly; a new owner has nothing to do with the leases of the old one.
  if (order.owner !== before.owner || (isClaimable(before) && !isClaimable(order))) sent.push(dropLease(tx, order.id));
}

const withId = <T extends object>(thing: T): T & Readonly<{ id: string }> => ({ ...thing, id: uuidv7() });

const pushes: ReadonlySet<RefusalCode> = new Set(['off-duty-list', 'assessment-task']);

/** Counts what somebody would have had a street or community do and was refused (减负), though nothing else is kept of it. */
export async function countPush(
  to: Queryable,
  at: Instant,
  { order, by }: Readonly<{ order: string; by: Pick<Actor, 'name' | 'unit'> }>,
  outcome: Decision | Refusal,
): Promise<void> {
  if (outcome.kind !== 'refused' || !pushes.has(outcome.code)) return;
  const { details, code } = outcome;
  const said = (key: string): string | null => (typeof details[key] === 'string' ? details[key] : null);
  const [unit, category] = [said('unit'), said('category')];
  if (unit === null || category === null) throw new Error(`a push refused as ${code} names its unit and its category`);
  const push = { pushedBy: by.name, pushedUnit: by.unit, unit, category, line: said('line'), code, at };
  await writeRefusedPush(to, order, push);
}
