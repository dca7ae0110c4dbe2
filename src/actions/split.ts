import { decide } from '../domain/decide.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import { intakeFault } from '../domain/register.ts';
import { canSee } from '../domain/visibility.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { nextNumbers } from '../store/intake.ts';
import { type RequestRow, requestsOn } from '../store/look.ts';
import { load } from '../store/orders.ts';
import { transaction } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { draft, writeDrafts } from './draft.ts';
import type { Intake, Registered, Requester } from './intake.ts';
import { changeIn, type Expected } from './perform.ts';
import { registeredBy } from './register.ts';

/** One matter of a call that held several. What is not said is as in the call. */
export type Matter = Omit<Intake, 'channel' | 'splitFrom' | 'confidential'> &
  Readonly<{ confidential: boolean | null }>;

/** What came of each matter, with the order they were split from. */
export type Split = Readonly<{ order: WorkOrder; parts: readonly Readonly<{ made: Registered; intake: Intake }>[] }>;

/** Makes an order of its own of each further matter of one call (一单多诉), all or none of them. */
export async function split(
  deps: Deps,
  id: string,
  matters: readonly Matter[],
  actor: Actor,
  expected: Expected,
): Promise<Split | Refusal> {
  const order = await load(deps.pool, id);
  if (order === null || !canSee(actor, order, deps.city().city)) return refuse('not-found');
  const call = (await requestsOn(deps.pool, [id])).find((r) => r.originalOrderId === id);
  if (call === undefined) return refuse('wrong-state', { state: order.state, action: 'split' });
  const intakes = matters.map(
    (matter): Intake => ({
      ...matter,
      channel: call.channel,
      requester: matter.requester ?? contactOf(call),
      confidential: matter.confidential ?? call.confidential,
      callRecordId: matter.callRecordId ?? call.callRecordId,
      receivedAt: matter.receivedAt ?? call.receivedAt,
      splitFrom: id,
    }),
  );
  const setting = settingOf(deps, actor);
  for (const [index, intake] of intakes.entries()) {
    // The call came in already: whose channel it was does not matter any more.
    const fault = intakeFault(intake, { ...setting, actor: { ...actor, channels: null } });
    if (fault) return refuse(fault.code, { ...fault.details, index });
  }
  const may = decide(order, { action: 'split', said: { orders: [] } }, setting);
  if (isRefusal(may)) return may; // numbers are not for whoever may not use them
  const numbers = await nextNumbers(deps.pool, setting.now, intakes.length);
  const drafts = intakes.map((intake, i) => draft(deps, intake, actor, numbers[i] as string));
  const orders = drafts.map((d) => d.decision.order.id);
  return transaction(deps.pool, async (tx) => {
    const outcome = await changeIn(tx, deps, id, actor, expected, (now, at) =>
      decide(now, { action: 'split', said: { orders } }, at),
    );
    if (outcome.kind === 'refused') return outcome;
    await writeDrafts(deps, tx, drafts);
    const parts = drafts.map((drafted) => ({
      intake: drafted.intake,
      made: registeredBy(deps, drafted, { queryCode: drafted.code, hints: [], nuisance: false }),
    }));
    return { order: outcome.order, parts };
  });
}

const contactOf = ({ requester }: RequestRow): Requester | null =>
  requester && {
    name: requester.name,
    phone: requester.phone,
    anonymous: requester.anonymous,
    onBehalfOf: requester.onBehalfOf,
  };
