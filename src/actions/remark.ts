import { uuidv7 } from 'uuidv7';
import { type Remark, type RemarkSaid, remarked } from '../domain/conduct.ts';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor } from '../domain/work-order.ts';
import { findRemarks, type RemarkFilter, saveRemark } from '../store/conduct.ts';
import { load } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';

/** One side says something of the other's conduct on an order it can see. */
export async function remark(deps: Deps, orderId: string, said: RemarkSaid, actor: Actor): Promise<Remark | Refusal> {
  const order = await load(deps.pool, orderId, actor.requests);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const outcome = remarked(order, said, uuidv7(), settingOf(deps, actor));
  if (outcome.kind === 'refused') return outcome;
  await transaction(deps.pool, (tx) => saveRemark(tx, outcome.remark, outcome.fact));
  return outcome.remark;
}

/** What was said of anybody's conduct, newest first: for the hotline and inspectors. */
export const listRemarks = (deps: Deps, filter: RemarkFilter): Promise<readonly Remark[]> =>
  findRemarks(deps.reading, filter);
