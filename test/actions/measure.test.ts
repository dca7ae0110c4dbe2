import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { countFacts, recountAll } from '../../src/actions/measure.ts';
import { aLight, demo } from '../support/city.ts';
import { allCounted } from '../support/kept.ts';

const { call, act, clock, deps, pool } = await demo();

/** Numbers that look drawn and are the same every time. */
function drawn(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const minute = 60_000;
const rows = async (): Promise<string> =>
  (await pool.query("select string_agg(m::text, E'\\n' order by order_id, unit) as all from measures m")).rows[0].all;

/** A month in which residents call, units work, return, are late, and some of it is done again; most tries are refused. */
async function aMonth(seed: number): Promise<Set<number>> {
  const pick = drawn(seed);
  const oneOf = <T>(of: readonly T[]): T => of[pick(of.length)] as T;
  const usable = ['城市管理/部件/路灯', '城市管理/事件/暴露垃圾'];
  const statuses = new Set<number>();
  const ids: string[] = [];
  for (let n = 0; n < 420; n += 1) {
    clock.pass((1 + pick(90)) * minute);
    if (n % 23 === 0) await fireDue(deps);
    if (n % 41 === 0) await Promise.all([countFacts(deps), countFacts(deps)]);
    if (ids.length < 40 && pick(4) === 0) {
      const phone = `1380000${String(1000 + pick(20)).padStart(4, '0')}`;
      const more = {
        category: oneOf(usable),
        requester: { name: '测试', phone },
        disposition: oneOf(['auto', 'hold']),
      };
      const made = await call('operator', 'POST', 'requests', aLight(more));
      if (made.status === 201) ids.push(made.body.workOrder.id);
      continue;
    }
    const id = ids[pick(ids.length)];
    if (id === undefined) continue;
    const order = (await call('dispatcher', 'GET', `work-orders/${id}`)).body;
    const unit = `unit:${order.responsibleUnit.code}`;
    const pending = order.approvals.find((a: { state: string }) => a.state === 'pending');
    const tries: (() => Promise<{ status: number }>)[] = [
      () => act('operator', id, 'accept'),
      () => act('dispatcher', id, 'dispatch'),
      () => act(unit, id, 'sign'),
      () => act(unit, id, 'sign'),
      () => act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: oneOf(['reached', 'no_answer']) }),
      () => act(unit, id, 'submit', { result: 'solved', text: '好', evidence: [{ text: '照' }], requesterTold: true }),
      () => act('operator', id, 'review', { passed: pick(5) > 0, reason: '再看' }),
      () => act('gridWorker', id, 'verify', { passed: pick(3) > 0, reason: '没好' }),
      () => act(unit, id, 'take'),
      () => act('operator', id, 'answer', { text: '请看' }),
      () => act('dispatcher', id, 'merge', { into: oneOf(ids) }),
      () => act('shiftLeader', id, 'void', { reason: '测试' }),
      () =>
        call(unit, 'POST', `work-orders/${id}/approvals`, {
          kind: 'return',
          reason: '不归我',
          basis: '目录',
          proposedUnit: oneOf(['510107-water', '510107001', '510107-urban-management']),
        }),
      () =>
        pending === undefined
          ? act(unit, id, 'sign')
          : call(oneOf(['dispatcher', 'supervisor', 'shiftLeader']), 'POST', `approvals/${pending.id}/decision`, {
              granted: pick(2) === 0,
              reason: '已核',
            }),
      async () => {
        await call('followUp', 'POST', 'follow-ups/claims', { max: 50, wait: 0, lease: 60 });
        const open = order.followUps.find((f: { state: string }) => f.state === 'open');
        const solved = oneOf(['yes', 'yes', 'no']);
        const said = { contacted: pick(4) > 0, solved, satisfaction: 'satisfied', askedToChange: false, comment: '' };
        return open === undefined ? { status: 0 } : call('followUp', 'POST', `follow-ups/${open.id}/answer`, said);
      },
    ];
    statuses.add((await oneOf(tries)()).status);
  }
  return statuses;
}

test('after a month of real commands the rows kept by facts are, to the byte, those made anew', {
  timeout: 240_000,
}, async () => {
  const statuses = await aMonth(20_260_302);
  expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  await allCounted(deps);
  const kept = await rows();
  const standings = await pool.query('select count(distinct standing)::int as many from measures');
  expect(standings.rows[0].many).toBeGreaterThan(3);
  expect(await recountAll(deps)).toMatchObject({ differences: [] });
  expect(await rows()).toBe(kept);

  // Counted once more from the first fact on: the same again.
  await pool.query("update measured set xid = '0', fact_id = 0");
  await allCounted(deps);
  expect(await rows()).toBe(kept);

  // A row that was meddled with, one that is gone and one too many are found, told and put right.
  const { rows: some } = await pool.query('select order_id as id, unit from measures order by order_id limit 3');
  await pool.query('update measures set reached = reached + 1 where order_id = $1 and unit = $2', [
    some[0].id,
    some[0].unit,
  ]);
  await pool.query('delete from measures where order_id = $1', [some[1].id]);
  await pool.query(
    'insert into measures select (json_populate_record(m, \'{"unit": "nobody"}\')).* from measures m where order_id = $1 limit 1',
    [some[2].id],
  );
  const { differences } = await recountAll(deps);
  expect(differences.map((d) => d.orderId)).toEqual(some.map(({ id }) => id));
  expect(await rows()).toBe(kept);
});

test('of several who count at once each fact is counted by one, and nothing is counted beyond what is committed', async () => {
  await allCounted(deps);
  await Promise.all(Array.from({ length: 5 }, () => call('operator', 'POST', 'requests', aLight())));
  const open = await pool.connect();
  await open.query('begin');
  await open.query('select pg_current_xact_id()'); // an older transaction that may still write facts
  await call('operator', 'POST', 'requests', aLight());
  await Promise.all([1, 2, 3].map(() => countFacts(deps)));
  const behind = async () =>
    (await pool.query('select count(*)::int as n from facts f, measured m where (f.xid, f.id) > (m.xid, m.fact_id)'))
      .rows[0].n;
  expect(await behind()).toBeGreaterThan(0);
  await open.query('commit');
  open.release();
  await allCounted(deps);
  expect(await behind()).toBe(0);
});

test('an incident counts once and its requests beside, also those that join long after its order was counted', async () => {
  const power = '公用事业/供电';
  const place = { lon: 104.037274, lat: 30.571764 };
  const opened = await call('shiftLeader', 'POST', 'incidents', {
    title: '停电',
    category: power,
    areas: ['510107'],
    leadUnit: 'utility-power',
    answer: '正在抢修。',
  });
  expect(opened.status, opened.text).toBe(201);
  const { rows: leads } = await pool.query('select lead_order_id as id from incidents where id = $1', [opened.body.id]);
  const lead = leads[0].id;
  const count = async () => {
    await allCounted(deps);
    const { rows } = await pool.query(
      'select standing, orders, incidents, requests, incident_requests as beside from measures where order_id = $1 and orders = 1',
      [lead],
    );
    return rows;
  };
  const alone = { standing: 'assessed', orders: 1, incidents: 1, requests: 1, beside: 1 };
  expect(await count()).toEqual([alone]);
  for (const phone of ['13800009901', '13800009902', '13800009903']) {
    const said = {
      channel: 'hotline',
      kind: 'help',
      category: power,
      title: '停电',
      description: '没电',
      location: place,
    };
    const joined = await call('operator', 'POST', 'requests', { ...said, requester: { name: '测试', phone } });
    expect(joined.body.workOrder?.id ?? joined.body.incident, joined.text).toBeDefined();
  }
  expect(await count()).toEqual([{ ...alone, requests: 4, beside: 4 }]);
  expect(await recountAll(deps)).toMatchObject({ differences: [] });
});
