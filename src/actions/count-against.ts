import { uuidv7 } from 'uuidv7';
import { nameOf } from '../domain/decide.ts';
import { isOverCap } from '../domain/judging-policy.ts';
import { taskOf } from '../domain/tasks.ts';
import { atLocal, dateOf } from '../domain/time.ts';
import { type Fact, theSystem } from '../domain/work-order.ts';
import { excludedOf, nameOnce } from '../store/exclusions.ts';
import { recordFacts } from '../store/facts.ts';
import type { Queryable } from '../store/rows.ts';
import { openTasks } from '../store/tasks.ts';
import type { Deps } from './deps.ts';
import { measureFaults } from './take-measures.ts';

/** What became true counts against a unit: an answer taken out of its count, or a duty that judges found not done. */
export async function countAgainst(tx: Queryable, deps: Deps, orderId: string, facts: readonly Fact[]): Promise<void> {
  await nameOverCap(tx, deps, orderId, facts);
  for (const { type, unit, body } of facts)
    if (type === 'judged' && unit !== null && body.dutiful === false) await measureFaults(tx, deps, unit);
}

/** Names a unit to the centre's leader once a month, when more of its answers are excluded than the policy lets pass. */
async function nameOverCap(tx: Queryable, deps: Deps, orderId: string, facts: readonly Fact[]): Promise<void> {
  const units = new Set(facts.flatMap(({ type, unit }) => (type === 'excluded' && unit !== null ? unit : [])));
  const { judging, city } = deps.city();
  const now = deps.now();
  const month = `${dateOf(now).slice(0, 7)}-01`;
  for (const unit of units) {
    const counted = await excludedOf(tx, unit, atLocal(month, '00:00'));
    if (!isOverCap(counted, judging) || !(await nameOnce(tx, unit, month))) continue;
    const body = { unit, month, ...counted, cap: judging.exclusionShare };
    const fact: Fact = { type: 'exclusions_over_cap', at: now, actor: nameOf(theSystem), unit: null, body };
    await recordFacts(tx, { subject: 'work_order', subjectId: orderId }, [fact]);
    const task = taskOf(fact, city);
    if (task !== null) await openTasks(tx, orderId, now, [{ ...task, id: uuidv7() }]);
  }
}
