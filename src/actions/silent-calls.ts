import { climbCall } from '../domain/ladder-climb.ts';
import { climbAll } from '../domain/ladder-notices.ts';
import { theSystem } from '../domain/work-order.ts';
import { loadCoordinations, lockCoordination } from '../store/coordination.ts';
import type { Queryable } from '../store/rows.ts';
import { holdWorks } from '../store/supervisions.ts';
import { save } from './coordinate.ts';
import { type Deps, powerSettingOf } from './deps.ts';
import { superviseFired } from './supervise.ts';

/**
 * Fires what is due on the calls of an order: a unit is warned, and past its limit marked as silent, supervised, and the
 * district is told. Work orders are held before what is about them, as everybody does.
 */
export async function fireCalls(
  tx: Queryable,
  deps: Deps,
  id: string,
  wait: boolean,
): Promise<'fired' | 'stale' | 'held'> {
  const [before] = await loadCoordinations(tx, [id]);
  if (before === undefined) throw new Error('a coordination order is never deleted');
  await holdWorks(tx, before.workOrderIds);
  const order = await lockCoordination(tx, id, !wait);
  if (order === null || order.workOrderIds.some((work) => !before.workOrderIds.includes(work))) return 'held';
  const setting = powerSettingOf(deps, theSystem);
  const { ladder } = deps.city();
  const climbed = climbAll(order, (each, seq) => climbCall(each, seq, ladder, setting), setting);
  // Also where nothing fired: then the moment that was written down is not the right one.
  await save(tx, deps, order, climbed);
  await superviseFired(tx, deps, climbed.fired);
  return climbed.fired.length > 0 ? 'fired' : 'stale';
}
