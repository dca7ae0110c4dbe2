import { uuidv7 } from 'uuidv7';
import { withPart } from '../domain/change.ts';
import { holdByDecrees } from '../domain/decree-hold.ts';
import type { Incident } from '../domain/incident.ts';
import { separate } from '../domain/merge.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { register } from '../domain/register.ts';
import type { Urgency, WorkOrderId } from '../domain/request.ts';
import type { Actor, WorkOrder } from '../domain/work-order.ts';
import { nextNumbers } from '../store/intake.ts';
import type { RequestRow } from '../store/look.ts';
import { moveToOwn, saveAll } from '../store/orders.ts';
import type { Queryable } from '../store/rows.ts';
import { type Deps, settingOf } from './deps.ts';
import { placementOf } from './location.ts';
import { changeIn } from './perform.ts';

/**
 * Why a request gets an order of its own, how urgent that is, and what its requester said. `isHelp`: something has to be
 * done now, whatever was asked at first.
 */
export type OwnReason = Readonly<{
  incident: Pick<Incident, 'id' | 'number'>;
  urgency: Urgency;
  words: string | null;
  isHelp: boolean;
}>;

/**
 * Takes a request that joined an incident out of the lead order and gives it one of its own, placed and dispatched like
 * any other: with the request's number where no order has it, and the resident's time counted from its registration.
 */
export async function openOwnOrder(
  tx: Queryable,
  deps: Deps,
  request: RequestRow,
  { incident, urgency, words, isHelp }: OwnReason,
  actor: Actor,
): Promise<WorkOrder | Refusal> {
  const setting = settingOf(deps, actor);
  const lead = request.workOrderId;
  if (!request.aside) {
    const left = await changeIn(tx, deps, lead, actor, null, (order, at) => separate(order, order, [request.id], at));
    if (isRefusal(left)) return left;
  }
  const [fresh] = request.originalOrderId === lead ? [request.number] : await nextNumbers(tx, setting.now, 1);
  const { order, facts } = register(
    {
      channel: request.channel,
      kind: isHelp && request.kind === 'consult' ? 'help' : request.kind,
      category: request.category,
      title: request.title,
      urgency,
      disposition: isHelp ? 'auto' : null,
      confidential: request.confidential,
      reachable: request.reachable,
      externalDueAt: request.externalDueAt,
      receivedAt: request.receivedAt,
      registeredAt: request.registeredAt,
      diversion: null,
    },
    {
      orderId: uuidv7() as WorkOrderId,
      requestId: request.id,
      number: fresh ?? request.number,
      placement: placementOf(deps, request.location, request.receivedAt),
    },
    setting,
  );
  const held = holdByDecrees(order, deps.surge().decrees, setting);
  const named = { ...held.order, requests: order.requests.map((each) => ({ ...each, number: request.number })) };
  const told = words === null ? named : noted(named, request.id, words, setting.now);
  const why = { incident: incident.id, incidentNumber: incident.number };
  const [first, ...rest] = facts;
  await saveAll(
    tx,
    [
      {
        before: null,
        after: told,
        facts: first === undefined ? [] : [{ ...first, body: { ...first.body, ...why } }, ...rest, ...held.facts],
      },
    ],
    deps.city(),
  );
  await moveToOwn(tx, request.id, told.id);
  return told;
}

const noted = (order: WorkOrder, request: string, text: string, at: WorkOrder['registeredAt']): WorkOrder =>
  withPart(order, 'notes', { actor: 'resident', unit: null, at, text, public: false, mark: null, request });
