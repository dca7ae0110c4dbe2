import type { Approval } from './approval.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import type { Fact } from './work-order.ts';

/** What became true of an approval; told to whoever decides it. */
export const approvalFact = (
  type: string,
  { id, kind, decider }: Approval,
  { now, actor }: Setting,
  body: Fact['body'],
): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit: decider.unit,
  body: { approval: id, kind, ...body },
});
