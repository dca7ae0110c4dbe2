import {
  type CoordinationCommand,
  type CoordinationDraft,
  coordinate,
  draftCoordination,
} from '../../src/domain/coordinate.ts';
import { type CallCommand, coordinateUnit } from '../../src/domain/coordinate-call.ts';
import type {
  CallState,
  CoordinationOrder,
  CoordinationState,
  JointMatter,
  PowerSetting,
} from '../../src/domain/coordination.ts';
import { defaultPowers } from '../../src/domain/powers.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { decideSupervision, issueSupervision, type SupervisionCommand } from '../../src/domain/supervise.ts';
import type { SupervisedOrder, SupervisionOrder, SupervisionState } from '../../src/domain/supervision.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { city, clerk, gridWorker, head, monday } from './orders.ts';

/** Street food on the pavement: three have to come, the street's own enforcement team leads. */
export const hawkers: JointMatter = {
  code: 'hawkers',
  name: 'street food on the pavement',
  category: 'city/hawkers',
  requiredUnits: ['enforcement', 'water'],
  quorum: 3,
  lead: 'enforcement',
  powerItem: 'power list, line 7',
};

/** What a decision about a power looks at, as seen by somebody; on Monday morning unless said otherwise. */
export const asks = (actor: Actor, more: Partial<PowerSetting> = {}): PowerSetting => ({
  city,
  now: monday,
  actor,
  powers: defaultPowers,
  matters: new Map([[hawkers.code, hawkers]]),
  ...more,
});

/** The street that calls in these tests. */
export const street = head('street-a');

const names = { id: '0199a000-0000-7000-8000-00000000c001', number: 'C-1' };

/** Two units called about two work orders, or whatever is wanted instead. */
export const draftOf = (more: Partial<CoordinationDraft> = {}): CoordinationDraft => ({
  kind: 'resident_request',
  street: 'street-a',
  workOrders: [
    { id: 'w1', open: true },
    { id: 'w2', open: true },
  ],
  units: [
    { code: 'water', task: 'pump' },
    { code: 'enforcement-a', task: 'close the road' },
  ],
  demand: 'come on Tuesday',
  ...more,
});

/** The decision, for tests that expect one; throws the refusal otherwise. */
export function yes<T extends object>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Error(`${outcome.code} ${JSON.stringify(outcome.details)}`);
  return outcome;
}

export const drafted = (more: Partial<CoordinationDraft> = {}, setting = asks(street)): CoordinationOrder =>
  yes(draftCoordination(draftOf(more), names, setting)).order;

/** The order after an action of the street, or of whoever the setting says. */
export const acted = (
  order: CoordinationOrder,
  command: CoordinationCommand,
  setting = asks(street),
): CoordinationOrder => yes(coordinate(order, command, setting)).order;

/** The order after an action on the call of a unit. */
export const unitThen = (
  order: CoordinationOrder,
  unit: string,
  command: CallCommand,
  setting: PowerSetting,
): CoordinationOrder => yes(coordinateUnit(order, unit, command, setting)).order;

export const issued = (more: Partial<CoordinationDraft> = {}, setting = asks(street)): CoordinationOrder =>
  acted(drafted(more, setting), { action: 'issue', said: {} }, setting);

/** An order in a state, brought there by the rules themselves. */
export function coordinationIn(state: CoordinationState): CoordinationOrder {
  switch (state) {
    case 'draft':
      return drafted({}, asks(gridWorker));
    case 'issued':
      return issued();
    case 'closed': {
      const free = ['water', 'enforcement-a'].reduce(
        (order, unit) => unitThen(order, unit, { action: 'release', said: { reason: 'done' } }, asks(street)),
        issued(),
      );
      return acted(free, { action: 'close', said: { outcome: 'dry again' } });
    }
    case 'cancelled':
      return acted(issued(), { action: 'cancel', said: { reason: 'the rain stopped' } });
  }
}

/** An issued order whose call of the water bureau is in a state. */
export function callIn(state: CallState): CoordinationOrder {
  const unit = asks(clerk('water'));
  const before = (earlier: CallState): CoordinationOrder => callIn(earlier);
  switch (state) {
    case 'named':
      return drafted();
    case 'called':
      return issued();
    case 'acknowledged':
      return unitThen(before('called'), 'water', { action: 'acknowledge', said: {} }, unit);
    case 'reported_in':
      return unitThen(before('acknowledged'), 'water', { action: 'report-in', said: {} }, unit);
    case 'result':
      return unitThen(before('reported_in'), 'water', { action: 'result', said: { text: 'pumped' } }, unit);
    case 'accepted':
      return unitThen(before('result'), 'water', { action: 'accept', said: {} }, asks(street));
    case 'released':
      return unitThen(before('accepted'), 'water', { action: 'release', said: {} }, asks(street));
  }
}

/** A work order of the lights bureau in street A, as its supervision sees it. */
export const lamp = (more: Partial<SupervisedOrder> = {}): SupervisedOrder => ({
  id: 'w1',
  open: true,
  owner: 'lights',
  path: ['C', 'D', 'DA', 'DA1', 'DA1g'],
  overdueAssists: [],
  called: [],
  ...more,
});

const demand = { unit: 'lights', grade: 'daily', demand: 'say when', orders: [lamp(), lamp({ id: 'w2' })] } as const;
export const supervisionNames = { id: '0199a000-0000-7000-8000-00000000d001', number: 'S-1' };

/** The order after an action. */
export const answeredBy = (
  order: SupervisionOrder,
  command: SupervisionCommand,
  setting: PowerSetting,
): SupervisionOrder => yes(decideSupervision(order, command, setting)).order;

/** A supervision order of street A against the lights bureau in a state. */
export function supervisionIn(state: SupervisionState): SupervisionOrder {
  switch (state) {
    case 'issued':
      return yes(issueSupervision(demand, supervisionNames, asks(street))).order;
    case 'replied':
      return answeredBy(supervisionIn('issued'), { action: 'reply', said: { text: 'today' } }, asks(clerk('lights')));
    case 'accepted':
      return answeredBy(supervisionIn('replied'), { action: 'accept', said: {} }, asks(street));
    case 'withdrawn':
      return ['w1', 'w2'].reduce(
        (order, workOrderId) =>
          answeredBy(order, { action: 'leave', said: { workOrderId, state: 'closed' } }, asks(theSystem)),
        supervisionIn('issued'),
      );
  }
}
