import { type Change, withPart } from './change.ts';
import type { City } from './city.ts';
import type { Setting } from './obstacles.ts';
import { resumeClocks, startClockOf } from './order-clocks.ts';
import { withdrawApprovals } from './overtaken.ts';
import type { Assignment, Fact, WorkOrder } from './work-order.ts';

/** Makes a unit the one responsible: the ledger, the count of leads, and what falls with the former owner. */
export function give(
  order: WorkOrder,
  to: Readonly<{ unit: string; cause: Assignment['cause']; basis: string }>,
  setting: Setting,
): Change {
  const { now, city } = setting;
  const seq = order.seq + 1;
  const ended = order.assignments.map((a) => (a.to === null ? { ...a, to: now } : a));
  const counted = to.cause !== 'passed_down' && to.cause !== 'self_handled' && !order.leads.includes(to.unit);
  const leads = counted ? [...order.leads, to.unit] : order.leads;
  const given = withdrawApprovals(
    {
      ...order,
      seq,
      owner: to.unit,
      designated: to.cause === 'designated',
      leads,
      clerk: null,
      signedAt: null,
      signedLate: false,
      verifier: null,
      dispatchedAt: now,
      assignments: [
        ...ended,
        { seq, role: 'lead', unit: to.unit, cause: to.cause, basis: to.basis, from: now, to: null },
      ],
      // What stood still for the former owner goes on for the resident.
      clocks: resumeClocks(order.clocks, setting),
    },
    setting,
  );
  const unit = city.units.get(to.unit);
  const received = unit?.kind === 'district' ? startClockOf(given, 'pass_down', setting) : given;
  return {
    order: copied(received, to.unit, setting),
    body: { unit: to.unit, cause: to.cause, basis: to.basis },
  };
}

/** The line bureau of a stationed unit and the supervising unit of a property company get copies, as watchers. */
function copied(order: WorkOrder, owner: string, { city, now }: Setting): WorkOrder {
  const unit = city.units.get(owner);
  const copies = [
    { unit: unit?.line ?? null, why: 'line_bureau' },
    { unit: unit?.kind === 'property_company' ? unit.parent : null, why: 'supervising_unit' },
  ].filter((copy) => copy.unit !== null && !order.watchers.some((w) => w.unit === copy.unit));
  return copies.reduce((o, copy) => withPart(o, 'watchers', { ...copy, actor: null, since: now }), order);
}

/** A problem order (疑难工单) goes one level up (提级办理): the superior is told, supervises, and may designate. */
export function asProblem(
  order: WorkOrder,
  city: City,
): Readonly<{ order: WorkOrder; facts: readonly Omit<Fact, 'at' | 'actor'>[] }> {
  const superior = city.units.get(order.owner)?.parent ?? null;
  return {
    order: { ...order, problem: true },
    facts: [{ type: 'problem_order', unit: superior, body: { leads: order.leads, reworks: order.reworks } }],
  };
}

/** An ended order lives again, under the same owner unless another is named. */
export function revive(order: WorkOrder, { now }: Setting, basis: string, unit: string = order.owner): WorkOrder {
  const seq = order.seq + 1;
  return {
    ...order,
    seq,
    owner: unit,
    endedAt: null,
    ending: null,
    assignments: [...order.assignments, { seq, role: 'lead', unit, cause: 'revived', basis, from: now, to: null }],
  };
}

/** Back to the hotline centre, which leads until the next dispatch. */
export const toHotline = (order: WorkOrder, setting: Setting, basis: string): WorkOrder => ({
  ...revive(order, setting, basis, order.assignments[0]?.unit),
  designated: false,
  clerk: null,
  signedAt: null,
  signedLate: false,
  verifier: null,
});
