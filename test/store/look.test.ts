import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Role } from '../../src/domain/city.ts';
import { roles } from '../../src/domain/city.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { instant } from '../../src/domain/time.ts';
import { canSee, sightOf } from '../../src/domain/visibility.ts';
import { type Actor, openStates, type WorkOrder } from '../../src/domain/work-order.ts';
import { findOrders } from '../../src/store/look.ts';
import { saveAll } from '../../src/store/orders.ts';
import { transaction } from '../../src/store/rows.ts';
import { freshDatabase } from '../support/database.ts';
import { city, inside, monday, registered } from '../support/orders.ts';

const { pool } = await freshDatabase();

const units = [...city.units.keys()];
const areas = ['C', 'D', 'DA', 'DB', 'DA1', 'DA2', 'DB1', 'DA1g'];
const people = ['wang', 'li', 'zhao'];
const name = fc.constantFrom(...people);
const unit = fc.constantFrom(...units);
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 2 });
const early = instant('2026-03-01T00:00:00Z');

/** What an order may have about it by which somebody sees it. */
const anyOrder = fc.record({
  owner: unit,
  state: fc.constantFrom(...openStates),
  area: fc.constantFrom('DA1g', 'DA2', 'DB1', 'DB'),
  finder: fc.option(fc.record({ actor: name, unit: fc.option(unit) })),
  verifier: fc.option(unit),
  assists: some(unit),
  watchers: some(fc.record({ unit: fc.option(unit), actor: fc.option(name) })),
  given: some(fc.record({ to: fc.oneof(unit, name), at: fc.constantFrom(early, monday) })),
  decider: fc.option(unit),
  called: some(fc.record({ unit, state: fc.constantFrom('named', 'called', 'accepted', 'released') })),
  isPending: fc.boolean(),
});
type Drawn = typeof anyOrder extends fc.Arbitrary<infer T> ? T : never;

const anyActor: fc.Arbitrary<Actor> = fc.record({
  client: fc.constant('test'),
  name,
  roles: fc.uniqueArray(fc.constantFrom<Role>(...roles), { maxLength: 2 }),
  unit: fc.option(unit, { freq: 6 }),
  areas: fc.option(some(fc.constantFrom(...areas)), { freq: 6 }),
  requests: fc.constant([]),
  system: fc.constant(false),
});

let n = 0;
const uuid = (): string => `0199a000-0000-7000-8000-${(++n).toString(16).padStart(12, '0')}`;

/** The order as drawn, over one that the rules have made. */
function orderOf(drawn: Drawn): WorkOrder {
  const made = registered({ id: uuid(), placement: inside(drawn.area) }).order;
  const seq = made.seq;
  const at = { from: monday, since: monday, at: monday };
  return {
    ...made,
    number: `n${n}`,
    owner: drawn.owner,
    state: drawn.state,
    finder: drawn.finder,
    verifier: drawn.verifier === null ? null : { party: 'street', unit: drawn.verifier, actor: null },
    assignments: [],
    clocks: [],
    requests: [],
    called: drawn.called.filter(({ state }) => state === 'called' || state === 'accepted').map((c) => c.unit),
    assists: drawn.assists.map((code, i) => ({
      ...at,
      seq: seq + i,
      id: uuid(),
      unit: code,
      task: '',
      dueAt: monday,
      completedAt: null,
      result: null,
    })),
    watchers: drawn.watchers.map((w, i) => ({ ...w, seq: seq + i, why: 'finder', since: monday })),
    innerAssignments: drawn.given.map((g, i) => ({ ...g, seq: seq + i, task: '', dueAt: null, by: 'head' })),
    approvals:
      drawn.decider === null
        ? []
        : [
            {
              seq,
              id: uuid(),
              kind: 'hand_over',
              terms: {},
              reason: '',
              askedBy: 'clerk',
              askedByUnit: drawn.owner,
              askedAt: monday,
              askedInState: 'handling',
              decider: { role: null, unit: drawn.decider },
              state: drawn.isPending ? 'pending' : 'refused',
              decidedBy: null,
              decidedAt: null,
              decisionReason: null,
              succeeds: null,
            },
          ],
  };
}

/** A coordination order about a work order, with these calls of units. */
async function callAbout(workOrder: string, calls: Drawn['called']): Promise<void> {
  if (calls.length === 0) return;
  await pool.query(
    `with made as (
       insert into coordination_orders (id, number, version, kind, street, state, demand, drafted_by, seq)
       values ($1::uuid, 'C' || $1::uuid, 1, 'emergency', 'street-a', 'issued', '', '{}', 0)),
     about as (insert into coordination_works values ($1::uuid, $2::uuid, 0, false))
     insert into coordination_calls (order_id, seq, id, unit, task, state, silent, refusals)
     select $1::uuid, ordinality, gen_random_uuid(), unit, '', state, false, '[]'
     from unnest($3::text[], $4::text[]) with ordinality as t (unit, state, ordinality)`,
    [uuid(), workOrder, calls.map((c) => c.unit), calls.map((c) => c.state)],
  );
}

test('the list shows exactly the orders the rule lets an actor see', { timeout: 60_000 }, async () => {
  const seen = { yes: 0, no: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyOrder, { minLength: 20, maxLength: 20 }),
      fc.array(anyActor, { minLength: 20, maxLength: 20 }),
      async (drawn, actors) => {
        const orders = drawn.map(orderOf);
        // Snapshots of what was published never go; here there are none, and their table empties with the orders.
        await pool.query(`set session_replication_role = replica;
          truncate coordination_orders, work_orders, watchers, assists, inner_assignments, approvals cascade;
          set session_replication_role = origin`);
        await transaction(pool, (tx) =>
          saveAll(
            tx,
            orders.map((after) => ({ before: null, after, facts: [] })),
            { city, ladder: defaultLadder },
          ),
        );
        for (const [i, { called }] of drawn.entries()) await callAbout(orders[i]?.id ?? '', called);
        for (const actor of actors) {
          const expected = orders.filter((order) => canSee(actor, order, city)).map((order) => order.number);
          const found = await findOrders(pool, sightOf(actor, city), { limit: 200 }, monday);
          expect(found.map((order) => order.number).toSorted(), JSON.stringify(actor)).toEqual(expected.toSorted());
          seen.yes += expected.length;
          seen.no += orders.length - expected.length;
        }
      },
    ),
    { numRuns: 30 },
  );
  // A test of sight in which nothing, or everything, is seen would show nothing.
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(1000);
});

const clerk = (unitCode: string, person: string): Actor => ({
  client: 'test',
  name: person,
  roles: ['unit_clerk'],
  unit: unitCode,
  areas: null,
  requests: [],
  system: false,
});

test('whoever was given the work by its owner sees it, until another unit is responsible', () => {
  const { order } = registered();
  const to = (whom: string): WorkOrder => ({
    ...order,
    owner: 'street-a',
    innerAssignments: [{ seq: 99, to: whom, task: 'mend', at: monday, dueAt: null, by: 'head' }],
  });
  expect(canSee(clerk('power', 'wang'), to('power'), city)).toBe(true);
  expect(canSee({ ...clerk('community-a1', 'wang'), roles: ['judge'] }, to('wang'), city)).toBe(true);
  expect(canSee(clerk('power', 'wang'), to('wang'), city), 'the same name elsewhere').toBe(false);
  const moved = { ...to('power'), owner: 'lights', dispatchedAt: instant('2026-03-03T00:00:00Z') };
  expect(canSee(clerk('power', 'wang'), moved, city)).toBe(false);
});

test('a watcher named as a person sees the order, and nobody of that name elsewhere', () => {
  const { order } = registered({ placement: inside('DB') });
  const watched = {
    ...order,
    watchers: [{ seq: 99, unit: 'community-a1', actor: 'wang', why: 'finder', since: monday }],
  };
  const worker = { ...clerk('community-a1', 'wang'), roles: ['grid_worker'], areas: ['DA1'] } as const;
  expect(canSee(worker, watched, city)).toBe(true);
  expect(canSee({ ...worker, name: 'li' }, watched, city)).toBe(false);
  expect(canSee({ ...worker, unit: 'community-b1' }, watched, city)).toBe(false);
});
