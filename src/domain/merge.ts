import { askNoMore } from './asking.ts';
import { type Decision, nameOf, settle } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { clockOf, retier, startClockOf } from './order-clocks.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type RequestId, type RequestRef, type Urgency, urgencies } from './request.ts';
import { isOpen, isReachable, type WorkOrder } from './work-order.ts';

/**
 * The order that takes the requests of another one in (并单). It stays what it is, except that the earlier date from
 * above, the higher urgency and confidentiality of either hold for both.
 */
export function absorb(target: WorkOrder, source: WorkOrder, setting: Setting): Decision | Refusal {
  if (target.id === source.id) return refuse('merge-self');
  if (!isOpen(target.state) || target.state === 'following_up')
    return refuse('target-closed', { into: target.id, state: target.state });
  const joined = raised(
    {
      ...target,
      requests: [...target.requests, ...source.requests],
      diversion: target.diversion ?? source.diversion,
      confidential: target.confidential || source.confidential,
    },
    source.urgency,
    setting,
  );
  const fact = {
    type: 'absorbed',
    at: setting.now,
    actor: nameOf(setting.actor),
    unit: target.owner,
    body: { order: source.id, number: source.number, requests: source.requests.map((r) => r.id) },
  };
  return { kind: 'decided', order: toBeContacted(target, joined, setting), facts: [fact] };
}

/** The order at this urgency, if its own is lower; its limits are those of what it then is. */
export function raised(order: WorkOrder, to: Urgency, setting: Setting): WorkOrder {
  const urgency = urgencies.indexOf(to) > urgencies.indexOf(order.urgency) ? to : order.urgency;
  return retier({ ...order, urgency, tier: urgency === 'emergency' ? 'emergency' : order.tier }, setting);
}

/** Where nobody could be reached before and somebody can now, the unit has to. */
const toBeContacted = (before: WorkOrder, after: WorkOrder, setting: Setting): WorkOrder =>
  !isReachable(before) && ['dispatched', 'signed'].includes(after.state) && clockOf(after, 'contact') === undefined
    ? startClockOf(after, 'contact', setting)
    : after;

/** The order that gives requests back (撤销并单): it is no longer asked about them, and their dates no longer bind it. */
export function separate(
  target: WorkOrder,
  { id, number }: Pick<WorkOrder, 'id' | 'number'>,
  requests: readonly RequestId[],
  setting: Setting,
): Decision {
  const left: readonly RequestRef[] = target.requests.filter((r) => !requests.includes(r.id));
  const asked = askNoMore(target, setting, (f) => requests.includes(f.request as RequestId));
  const order = retier({ ...asked, requests: left, confidential: left.some((r) => r.confidential) }, setting);
  const fact = {
    type: 'separated',
    at: setting.now,
    actor: nameOf(setting.actor),
    unit: target.owner,
    body: { order: id, number, requests },
  };
  return settle({ kind: 'decided', order, facts: [fact] }, setting);
}
