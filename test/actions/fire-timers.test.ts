import { beforeEach, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { change } from '../../src/actions/perform.ts';
import type { ApprovalKind, ApprovalTerms } from '../../src/domain/approval.ts';
import { ask, rule } from '../../src/domain/approvals.ts';
import { instant } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { lock } from '../../src/store/orders.ts';
import { transaction } from '../../src/store/rows.ts';
import { aLight, demo, monday } from '../support/city.ts';

const { call, act, clock, deps, pool } = await demo();
const unit = 'unit:510107-urban-management';

beforeEach(async () => {
  // The orders of earlier tests wait for nothing more.
  await pool.query("update clocks set state = 'stopped', next_rung_at = null");
  await pool.query('update work_orders set ended_at = null');
  clock.set(monday);
});

const register = async (remarkable: object = {}): Promise<string> => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.status, made.text).toBe(201);
  return made.body.workOrder.id;
};
const order = async (id: string) => (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
const factsOf = async (
  ids: string[],
  type: string,
): Promise<{ id: string; at: Date; body: Record<string, unknown> }[]> =>
  (
    await pool.query(
      'select subject_id as id, at, body from facts where subject_id = any($1) and type = $2 order by facts.id',
      [ids, type],
    )
  ).rows;
const done = async (as: string, id: string, action: string, body: object = {}): Promise<void> => {
  const { status, text } = await act(as, id, action, body);
  expect(status, `${action}: ${text}`).toBe(200);
};
const handled = async (): Promise<string> => {
  const id = await register();
  await done(unit, id, 'sign');
  await done(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
  return id;
};
const decidersOf = async (id: string): Promise<(string | null)[]> => {
  const { rows } = await pool.query("select decider->>'role' as role from approvals where order_id = $1 order by seq", [
    id,
  ]);
  return rows.map(({ role }) => role);
};
const fourWorkers = (): Promise<number[]> => Promise.all([1, 2, 3, 4].map(() => fireDue(deps)));
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

test('an unsigned order is signed by timeout once, when its time has come, however many look', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => register()));
  clock.set('2026-03-02T13:59:59.999+08:00');
  await fourWorkers();
  expect(await factsOf(ids, 'sign_by_timeout')).toHaveLength(0);
  clock.set('2026-03-02T14:00:00+08:00');
  expect(sum(await fourWorkers())).toBe(12);
  expect(sum(await fourWorkers())).toBe(0);
  expect(await factsOf(ids, 'sign_by_timeout')).toHaveLength(12);
  expect(await factsOf(ids, 'urged')).toHaveLength(12);
  const [id = ''] = ids;
  expect(await order(id)).toMatchObject({ state: 'signed', signedLate: true });
  const rungs = await factsOf([id], 'rung_fired');
  expect(rungs.map(({ body }) => [body.rung, body.policy])).toEqual([
    ['unclaimed_1', 'default-1'],
    ['unclaimed_2', 'default-1'],
    ['warn', 'default-1'],
    ['sign_limit', 'default-1'],
  ]);
  expect(rungs[3]?.body.clock).toMatchObject({ kind: 'sign', version: 1, rule: 'default-1' });
});

test('a look that finds nothing due asks the database once', async () => {
  await register();
  await fireDue(deps);
  let asked = 0;
  const count = (): void => {
    asked += 1;
  };
  deps.pool.on('acquire', count);
  expect(await fireDue(deps)).toBe(0);
  deps.pool.off('acquire', count);
  expect(asked).toBe(1);
});

test('what is due fires in the order in which it came due', async () => {
  const late = await register();
  clock.set('2026-02-27T17:00:00+08:00');
  const early = await register({ title: '早' });
  clock.set('2026-03-02T10:00:00+08:00');
  const last = await register({ title: '晚' });
  clock.set('2026-03-03T09:00:00+08:00');
  await fireDue(deps);
  expect((await factsOf([late, early, last], 'sign_by_timeout')).map((f) => f.id)).toEqual([early, late, last]);
});

test('an urgent order is never signed by timeout; people are rung at 10 and 20 minutes and asked at 30, once', async () => {
  const id = await register({ urgency: 'urgent' });
  const told = async () => [
    ...(await factsOf([id], 'ring')).map(({ body }) => body.whom),
    ...(await factsOf([id], 'unacknowledged')).map(({ body }) => body.role),
  ];
  for (const [at, whom] of [
    ['09:09:59', []],
    ['09:10:00', ['post_b']],
    ['09:20:00', ['post_b', 'duty_leader']],
    ['09:30:00', ['post_b', 'duty_leader', 'shift_leader']],
    ['12:00:00', ['post_b', 'duty_leader', 'shift_leader']],
  ] as const) {
    clock.set(`2026-03-02T${at}+08:00`);
    await fourWorkers();
    expect(await told(), at).toEqual(whom);
  }
  expect((await order(id)).state).toBe('dispatched');
  expect(await factsOf([id], 'sign_by_timeout')).toHaveLength(0);
});

test('a provisional date costs the unit nothing', async () => {
  const id = await register();
  await pool.query("update clocks set provisional = true where order_id = $1 and kind = 'sign'", [id]);
  clock.set('2026-03-03T09:00:00+08:00');
  await fireDue(deps);
  expect((await order(id)).state).toBe('dispatched');
  const fired = (await factsOf([id], 'rung_fired')).filter(
    ({ body }) => (body.clock as { kind: string }).kind === 'sign',
  );
  expect(fired.map(({ body }) => body.rung)).toEqual(['unclaimed_1', 'unclaimed_2', 'warn']);
  const published = 'update clocks set provisional = false, next_rung_at = due_at where order_id = $1 and kind = $2';
  await pool.query(published, [id, 'sign']);
  await fireDue(deps);
  expect((await order(id)).state).toBe('signed');
});

const dispatcher: Actor = { ...theSystem, client: 'desk', name: '审批员', roles: ['dispatcher'], system: false };
const head: Actor = { ...dispatcher, roles: ['unit_leader', 'supervisor'], unit: '510107' };
const owner: Actor = {
  ...dispatcher,
  client: 'unit',
  name: '经办人',
  roles: ['unit_clerk'],
  unit: '510107-urban-management',
};

/** Asks in the owner's name, and answers with how to grant what was asked. */
const askFor = async (id: string, kind: ApprovalKind, terms: ApprovalTerms): Promise<(by: Actor) => Promise<void>> => {
  const asked = await change(deps, id, owner, null, (o, setting) => ask(o, { kind, reason: '需要', terms }, setting));
  if (asked.kind === 'refused') throw new Error(asked.code);
  const approval = asked.order.approvals.at(-1)?.id ?? '';
  return async (by) => {
    const granted = await change(deps, id, by, null, (o, setting) =>
      rule(o, approval, { granted: true, reason: '同意' }, setting),
    );
    expect(granted.kind === 'refused' ? granted.code : 'granted').toBe('granted');
  };
};
const waitingUntil = (until: string) => ({ cause: 'waiting_for_requester' as const, until: instant(until) });

test('an undecided approval goes one level up, and at the top stays and is urged every working day', async () => {
  const id = await handled();
  await askFor(id, 'suspension', waitingUntil('2026-03-20T18:00:00+08:00'));
  for (const [at, deciders] of [
    ['2026-03-03T18:00:00+08:00', ['dispatcher', 'shift_leader']],
    ['2026-03-04T18:00:00+08:00', ['dispatcher', 'shift_leader', 'centre_leader']],
    ['2026-03-05T18:00:00+08:00', ['dispatcher', 'shift_leader', 'centre_leader']],
    ['2026-03-06T18:00:00+08:00', ['dispatcher', 'shift_leader', 'centre_leader']],
  ] as const) {
    clock.set(at);
    expect(sum(await fourWorkers()), at).toBe(1);
    expect(await decidersOf(id)).toEqual(deciders);
  }
  expect(await factsOf([id], 'approval_lapsed')).toHaveLength(2);
  expect(await factsOf([id], 'urged')).toHaveLength(2);
});

test('a suspension ends by itself at the granted date', async () => {
  const id = await handled();
  const grant = await askFor(id, 'suspension', waitingUntil('2026-03-04T10:00:00+08:00'));
  await grant(dispatcher);
  expect((await order(id)).state).toBe('suspended');
  clock.set('2026-03-04T09:59:59+08:00');
  expect(await fireDue(deps)).toBe(0);
  clock.set('2026-03-04T10:00:00+08:00');
  expect(sum(await fourWorkers())).toBe(1);
  expect((await order(id)).state).toBe('handling');
});

test('an order on account with no note of progress in thirty days is restored', async () => {
  const id = await handled();
  const until = instant('2026-05-20T18:00:00+08:00');
  const grant = await askFor(id, 'on_account', { cause: 'season_or_engineering', plan: '五月施工', until });
  await grant(head);
  expect((await order(id)).state).toBe('on_account');
  clock.set('2026-04-01T23:59:58+08:00');
  await fireDue(deps);
  expect((await order(id)).state).toBe('on_account');
  clock.set('2026-04-01T23:59:59+08:00');
  expect(sum(await fourWorkers())).toBe(1);
  expect((await order(id)).state).toBe('handling');
});

const verifying = async (): Promise<string> => {
  const id = await handled();
  await done(unit, id, 'submit', { result: 'solved', evidence: [{ text: '灯已更换' }], requesterTold: true });
  await done('operator', id, 'review', { passed: true });
  expect((await order(id)).state).toBe('verifying');
  return id;
};

test('a verification nobody makes in time lets the order go on unverified, charged to the verifier', async () => {
  const id = await verifying();
  clock.set('2026-03-03T18:00:00+08:00');
  expect(sum(await fourWorkers())).toBe(1);
  expect(await order(id)).toMatchObject({ state: 'following_up', unverified: true });
  const [fact] = await factsOf([id], 'verify_by_timeout');
  expect(fact?.body.chargedTo).toMatchObject({ party: 'grid_worker' });
  const urged = await factsOf([id], 'urged');
  expect(urged.map(({ body }) => body.role)).toEqual(['verifier']);
});

test('an ended order goes to the archive with the last second of its thirtieth day, unless an objection is pending', async () => {
  const [id, contested] = [await register(), await register()];
  for (const each of [id, contested]) await done('shiftLeader', each, 'void', { reason: '重复' });
  await pool.query("update work_orders set state = 'closed' where id = $1", [contested]);
  await pool.query(
    `insert into approvals (order_id, seq, id, kind, terms, reason, asked_by, asked_at, asked_in_state, decider, state)
     values ($1, 900, gen_random_uuid(), 'objection', '{}', '未解决', 'x', now(), 'closed', '{"role":"centre_leader","unit":null}', 'pending')`,
    [contested],
  );
  clock.set('2026-04-01T23:59:58+08:00');
  expect(await fireDue(deps)).toBe(0);
  clock.set('2026-04-01T23:59:59+08:00');
  expect(sum(await fourWorkers())).toBe(1);
  expect([(await order(id)).state, (await order(contested)).state]).toEqual(['archived', 'closed']);
});

test('an order that cannot be fired rests and keeps no other from firing', async () => {
  const [broken, sound] = [await register(), await register()];
  await pool.query(`create function refuse_fact() returns trigger language plpgsql as $$
    begin raise exception 'no'; end $$`);
  await pool.query(
    `create trigger refuse before insert on facts for each row when (new.subject_id = '${broken}') execute function refuse_fact()`,
  );
  clock.set('2026-03-02T14:00:00+08:00');
  expect(await fireDue(deps)).toBe(1);
  expect(await fireDue(deps)).toBe(0);
  expect([(await order(broken)).state, (await order(sound)).state]).toEqual(['dispatched', 'signed']);
  await pool.query('drop trigger refuse on facts');
});

test('a limit whose effect no longer applies does nothing and says so', async () => {
  const id = await verifying();
  await pool.query("update work_orders set state = 'handling' where id = $1", [id]);
  clock.set('2026-03-03T18:00:00+08:00');
  await fireDue(deps);
  expect(await fireDue(deps)).toBe(0);
  expect((await factsOf([id], 'rung_fired')).at(-1)?.body).toMatchObject({
    rung: 'verify_limit',
    nothing: [{ action: 'unverified', because: 'verified' }],
    clock: { kind: 'verify' },
  });
});

test('whoever waited for an order reads all of it as the one before left it', async () => {
  const id = await register();
  const first = await pool.connect();
  await first.query('begin');
  await lock(first, id);
  const second = transaction(pool, (tx) => lock(tx, id));
  await expect
    .poll(async () => (await pool.query("select from pg_stat_activity where wait_event_type = 'Lock'")).rowCount)
    .toBeGreaterThan(0);
  await first.query('update work_orders set version = 77 where id = $1', [id]);
  await first.query("update clocks set version = 88 where order_id = $1 and kind = 'sign'", [id]);
  await first.query('commit');
  first.release();
  const seen = await second;
  expect([seen?.version, seen?.clocks.find((c) => c.kind === 'sign')?.version]).toEqual([77, 88]);
});
