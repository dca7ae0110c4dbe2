import type { City } from './city.ts';
import type { PowerSetting } from './coordination.ts';
import { unsolvedRounds } from './follow-up.ts';
import { type CountRung, type Counts, countsReached } from './ladder.ts';
import { type Fired, subjectOfOrder, whatRungDoes } from './ladder-fire.ts';
import { asProblem } from './responsibility.ts';
import type { Instant } from './time.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** What has been counted on a matter so far. */
export const countsOf = ({ returns, leads, reworks, followUps }: WorkOrder): Counts => ({
  returns,
  leads: leads.length,
  reworks,
  unsolved: unsolvedRounds(followUps, reworks),
});

/** Whether a return asked now is the arbiter's to decide, by the counts in force. */
export const isArbitersReturn = ({ returns }: Pick<WorkOrder, 'returns'>, { counts }: City): boolean =>
  counts.rows.some(
    ({ count, action, times }) => count === 'returns' && action === 'arbitration' && returns + 1 >= times,
  );

const reached = (before: WorkOrder, after: WorkOrder, { counts }: City): readonly CountRung[] =>
  countsReached(countsOf(before), countsOf(after), counts.rows);

/**
 * What counts lead to on the order itself: the ping-pong breaker makes it a problem order. Arbitration and rework are in
 * the decision that was counted; supervising is done beside the order. One fact for each count that is reached.
 */
export function climbCounts(
  before: WorkOrder,
  after: WorkOrder,
  { city, now }: Readonly<{ city: City; now: Instant }>,
): Readonly<{ order: WorkOrder; facts: readonly Fact[] }> {
  let order = after;
  const facts: Fact[] = [];
  for (const rung of reached(before, after, city)) {
    if (rung.action === 'supervision') continue;
    if (rung.action === 'problem_order' && order.problem) {
      facts.push(countFact(rung, order, now, city, { nothing: [{ action: rung.action, because: 'problem-already' }] }));
      continue;
    }
    facts.push(countFact(rung, order, now, city, { did: [{ do: rung.action }] }));
    if (rung.action !== 'problem_order') continue;
    const problem = asProblem(order, city);
    order = problem.order;
    facts.push(...problem.facts.map((fact) => ({ at: now, actor: bySystem, ...fact })));
  }
  return { order, facts };
}

/** Whom counts have supervised, as rungs that fired; carried out in the transaction of the change that was counted. */
export function superviseCounts(
  before: WorkOrder,
  after: WorkOrder,
  setting: Pick<PowerSetting, 'city' | 'powers' | 'now'>,
): Readonly<{ fired: readonly Fired[]; facts: readonly Fact[] }> {
  const { city, now } = setting;
  const rungs = reached(before, after, city).filter(({ action }) => action === 'supervision');
  const fired = rungs.map((rung): Fired => {
    const actions = [{ do: 'supervise', grade: 'daily', by: 'street_of_place' }] as const;
    const done = whatRungDoes({ actions }, subjectOfOrder(after), setting);
    return { rung: rung.id, policy: city.counts.version, dueAt: now, lateMs: 0, ...done };
  });
  const facts = rungs.map((rung, i) => {
    const { intents = [], nothing = [] } = fired[i] ?? {};
    return countFact(rung, after, now, city, { did: intents, nothing });
  });
  return { fired, facts };
}

const { client, name, unit } = theSystem;
const bySystem = { client, name, unit };

const countFact = (
  { id, count }: CountRung,
  order: WorkOrder,
  at: Instant,
  { counts }: City,
  { did = [], nothing = [] }: Readonly<{ did?: readonly object[]; nothing?: readonly object[] }>,
): Fact => ({
  type: 'rung_fired',
  at,
  actor: bySystem,
  unit: order.owner,
  body: { rung: id, policy: counts.version, counted: { [count]: countsOf(order)[count] }, did, nothing },
});
