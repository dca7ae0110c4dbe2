import { describe, expect, test } from 'vitest';
import { type CoordinationCommand, coordinate } from '../../src/domain/coordinate.ts';
import { type CallCommand, coordinateUnit } from '../../src/domain/coordinate-call.ts';
import {
  type CallParty,
  type CallState,
  type CoordinationParty,
  type CoordinationState,
  callOf,
  callParties,
  callStates,
  coordinationParties,
  coordinationStates,
} from '../../src/domain/coordination.ts';
import {
  type CallAction,
  type CallSaid,
  type CoordinationAction,
  type CoordinationSaid,
  callLife,
  coordinationLife,
} from '../../src/domain/coordination-life.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { decideSupervision, type SupervisionCommand } from '../../src/domain/supervise.ts';
import {
  type SupervisionAction,
  type SupervisionParty,
  type SupervisionSaid,
  type SupervisionState,
  supervisionLife,
  supervisionParties,
  supervisionStates,
} from '../../src/domain/supervision.ts';
import type { Table } from '../../src/domain/table.ts';
import { everybody } from '../support/orders.ts';
import { diagramOf } from '../support/picture.ts';
import { asks, callIn, coordinationIn, supervisionIn } from '../support/powers.ts';
import { agrees, linesOf } from '../support/tables.ts';

const orderWords: { [A in CoordinationAction]: CoordinationSaid[A] } = {
  amend: { demand: 'come today' },
  issue: {},
  attach: { workOrders: [{ id: 'w3', open: true }] },
  call: { units: [{ code: 'lights', task: 'light it' }] },
  leave: { workOrderId: 'w1', state: 'closed' },
  close: { outcome: 'dry again' },
  cancel: { reason: 'the rain stopped' },
};
const callWords: { [A in CallAction]: CallSaid[A] } = {
  summon: {},
  acknowledge: {},
  'report-in': {},
  result: { text: 'pumped' },
  accept: {},
  refuse: { reason: 'still wet' },
  release: { reason: 'thank you' },
  silent: {},
};
const supervisionWords: { [A in SupervisionAction]: SupervisionSaid[A] } = {
  reply: { text: 'today' },
  accept: {},
  refuse: { reason: 'not an answer' },
  escalate: {},
  gather: {
    workOrderIds: ['w9'],
    grade: 'listed',
    by: 'street-a',
    cause: { rung: 'work_listed', policy: 'default-1', about: 'order' },
  },
  leave: { workOrderId: 'w1', state: 'closed' },
};

describe.each(coordinationStates)('a coordination order in %s', (state) => {
  test.each(Object.keys(coordinationLife) as CoordinationAction[])(
    'takes %s exactly from whom the table says',
    (action) => {
      const order = coordinationIn(state);
      expect(order.state).toBe(state);
      const table: Table<CoordinationAction, CoordinationState, CoordinationParty, string> = coordinationLife;
      for (const actor of everybody) {
        const command = { action, said: orderWords[action] } as unknown as CoordinationCommand;
        const outcome = coordinate(order, command, asks(actor));
        const parties = coordinationParties(actor, order, asks(actor));
        agrees(table, action, state, parties, isRefusal(outcome) ? outcome : { to: outcome.order.state });
      }
    },
  );
});

describe.each(callStates)('a call in %s', (state) => {
  test.each(Object.keys(callLife) as CallAction[])('takes %s exactly from whom the table says', (action) => {
    const order = callIn(state);
    const call = callOf(order, 'water');
    expect(call?.state).toBe(state);
    if (call === undefined) return;
    const table: Table<CallAction, CallState, CallParty, string> = callLife;
    for (const actor of everybody) {
      const command = { action, said: callWords[action] } as unknown as CallCommand;
      const outcome = coordinateUnit(order, 'water', command, asks(actor));
      const refused = { kind: 'refused', code: 'wrong-state', details: { state: 'draft', action, allowedActions: [] } };
      if (state === 'named') expect(outcome).toEqual(refused);
      else {
        const to = isRefusal(outcome) ? undefined : callOf(outcome.order, 'water')?.state;
        const parties = callParties(actor, order, call, asks(actor));
        agrees(table, action, state, parties, to === undefined ? (outcome as Refusal) : { to });
      }
    }
  });
});

describe.each(supervisionStates)('a supervision order that is %s', (state) => {
  test.each(Object.keys(supervisionLife) as SupervisionAction[])(
    'takes %s exactly from whom the table says',
    (action) => {
      const order = supervisionIn(state);
      expect(order.state).toBe(state);
      const table: Table<SupervisionAction, SupervisionState, SupervisionParty, string> = supervisionLife;
      for (const actor of everybody) {
        const command = { action, said: supervisionWords[action] } as unknown as SupervisionCommand;
        const outcome = decideSupervision(order, command, asks(actor));
        const parties = supervisionParties(actor, order, asks(actor));
        agrees(table, action, state, parties, isRefusal(outcome) ? outcome : { to: outcome.order.state });
      }
    },
  );
});

// The matrices above follow the tables wherever they go; these do not.
test('G8 the life of a coordination order', () => {
  const table: Table<CoordinationAction, CoordinationState, CoordinationParty, string> = coordinationLife;
  expect(diagramOf(table, ['draft', 'draft'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> draft : draft
      draft --> issued : issue
      issued --> closed : close
      draft --> cancelled : cancel
      issued --> cancelled : cancel
      closed --> [*]
      cancelled --> [*]"
  `);
});

test('G10 the life of a called unit', () => {
  const table: Table<CallAction, CallState, CallParty, string> = callLife;
  expect(diagramOf(table, ['named', 'draft'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> named : draft
      named --> called : summon
      called --> acknowledged : acknowledge
      called --> reported_in : report-in
      acknowledged --> reported_in : report-in
      reported_in --> result : result
      result --> accepted : accept
      result --> reported_in : refuse
      called --> released : release
      acknowledged --> released : release
      reported_in --> released : release
      result --> released : release
      accepted --> released : release
      released --> [*]"
  `);
});

test('G9 the life of a supervision order', () => {
  const table: Table<SupervisionAction, SupervisionState, SupervisionParty, string> = supervisionLife;
  expect(diagramOf(table, ['issued', 'issue'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> issued : issue
      issued --> replied : reply
      replied --> accepted : accept
      replied --> issued : refuse
      issued --> withdrawn : leave
      replied --> withdrawn : leave
      accepted --> [*]
      withdrawn --> [*]"
  `);
});

test('whose part each action is, and what stands in its way', () => {
  expect([...linesOf(coordinationLife), ...linesOf(callLife), ...linesOf(supervisionLife)]).toMatchInlineSnapshot(`
    [
      "amend: street caller | unless unit-unknown called-already outside-jurisdiction matter-unknown work-order-ended slot-backwards | stops  | starts ",
      "issue: street | unless work-orders-missing units-missing unit-unknown called-already outside-jurisdiction matter-missing matter-unknown required-units-missing quorum-missing | stops  | starts report_in answer_call",
      "attach: street | unless work-order-ended | stops  | starts ",
      "call: street | unless units-missing unit-unknown called-already outside-jurisdiction | stops  | starts report_in answer_call",
      "leave: system | unless  | stops  | starts ",
      "close: street | unless outcome-missing units-not-released | stops  | starts ",
      "cancel: street | unless reason-missing | stops report_in answer_call | starts ",
      "summon: system | unless  | stops  | starts report_in answer_call",
      "acknowledge: unit | unless  | stops answer_call | starts ",
      "report-in: unit | unless  | stops report_in answer_call | starts ",
      "result: unit | unless result-missing | stops  | starts ",
      "accept: street | unless  | stops  | starts ",
      "refuse: street | unless reason-missing | stops  | starts ",
      "release: street | unless reason-missing | stops report_in answer_call | starts ",
      "silent: system | unless  | stops  | starts ",
      "reply: unit | unless reply-missing | stops supervision_reply | starts ",
      "accept: supervisor | unless  | stops  | starts ",
      "refuse: supervisor | unless reason-missing in-the-past | stops  | starts supervision_reply",
      "escalate: system | unless  | stops supervision_reply | starts supervision_reply",
      "gather: system | unless  | stops  | starts ",
      "leave: system | unless  | stops  | starts ",
    ]
  `);
});
