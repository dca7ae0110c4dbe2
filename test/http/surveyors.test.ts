import { beforeEach, expect, test } from 'vitest';
import { addClients, newKey } from '../../src/store/clients.ts';
import { demo } from '../support/city.ts';
import { askingIn, content, lightsUnit as unit } from '../support/follow-ups.ts';

const city = await demo();
const { call, act, pool, runtime, clock, keys } = city;
const { handled, claims, take, answer, finish } = askingIn(city);
await runtime.notices.ready();
const own = `unit:${unit}`;

/** A survey desk inside the handling unit: allowed by its role, kept out by where it sits. */
const inside = newKey('test');
await addClients(
  pool,
  [
    {
      id: inside.id,
      secretHash: inside.secretHash,
      client: {
        name: 'inside',
        roles: ['follow_up_agent'],
        unit,
        areas: null,
        channels: null,
        cidrs: [],
        expiresAt: null,
      },
    },
  ],
  clock.now(),
);

const stateOf = async (id: string) => (await call('operator', 'GET', `work-orders/${id}`)).body.state;
const isWaiting = (n: number) => expect.poll(() => runtime.deps.waits.waiting(), { interval: 5 }).toBe(n);

beforeEach(async () => {
  await pool.query("update follow_ups set state = 'cancelled', take_from = null where state = 'open'");
});

test('an agent sees the unit’s reply and never who handled it; a vendor only number, contact and title', async () => {
  await handled();
  const { body: agents } = await claims();
  expect(agents.claims[0]).toMatchObject({
    token: 1,
    followUp: {
      title: '路灯不亮',
      contact: { phone: '13800001234' },
      reply: { result: 'solved', text: '灯已更换' },
    },
  });
  expect(JSON.stringify(agents)).not.toContain(unit);
  await handled();
  const { body: vendors, text } = await claims({}, 'vendor');
  expect(Object.keys(vendors.claims[0].followUp).toSorted()).toEqual(['contact', 'id', 'number', 'title']);
  expect(text).not.toContain(unit);
});

test('an agent reads what was asked, what was tried, and in a second round what was answered in the first', async () => {
  const order = await handled({ description: '三盏都不亮' });
  const [first] = (await claims()).body.claims;
  expect(first.followUp).toMatchObject({ description: '三盏都不亮', round: 1, attempts: [], before: null });
  await answer(first.followUp.id, { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' });
  expect(await stateOf(order)).toBe('rework');
  expect((await act(own, order, 'take', {})).status).toBe(200);
  await finish(order, 2);
  const [second] = (await claims()).body.claims;
  expect(second.followUp).toMatchObject({ round: 2, before: { solved: 'no', satisfaction: 'dissatisfied' } });
});

test('a vendor is never given a confidential requester; an agent is', async () => {
  await handled({ confidential: true });
  expect((await claims({}, 'vendor')).body.claims).toEqual([]);
  await take();
});

test('each resident is given to one asker, however many pull', async () => {
  for (let n = 0; n < 6; n++) await handled();
  const got = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => (await claims({}, n % 2 ? 'followUp' : 'vendor')).body.claims),
  );
  const ids = got.flat().map((c: { followUp: { id: string } }) => c.followUp.id);
  expect([ids.length, new Set(ids).size]).toEqual([6, 6]);
});

test('an asker can keep a resident for longer, or give the task back at once to whoever waits', async () => {
  await handled();
  const mine = (await claims({ lease: 30 })).body.claims[0];
  const on = (method: 'PATCH' | 'POST', path: string, body: object, as = 'followUp') =>
    call(as, method, `claims/${mine.claimId}${path}`, { token: mine.token, ...body });
  const longer = await on('PATCH', '', { lease: 600 });
  expect(Date.parse(longer.body.leaseUntil) - Date.parse(mine.leaseUntil), longer.text).toBeGreaterThan(500_000);
  const shorter = await on('PATCH', '', { lease: 30 });
  expect(shorter.body.leaseUntil).toBe(longer.body.leaseUntil);
  for (const stranger of ['vendor', 'messageGateway', own]) {
    expect((await on('PATCH', '', { lease: 600 }, stranger)).status).toBe(404);
    expect((await on('POST', '/release', {}, stranger)).status).toBe(404);
  }
  expect((await on('POST', '/sign', {}, own)).status).toBe(404);
  const waiting = claims({ wait: 20 }, 'vendor');
  await isWaiting(1);
  expect((await on('POST', '/release', {})).body).toMatchObject({ released: true });
  expect((await waiting).body.claims[0]).toMatchObject({
    token: mine.token + 1,
    followUp: { id: mine.followUp.id },
  });
  expect((await on('PATCH', '', { lease: 600 })).body.code).toBe('lease-lost');
  expect((await answer(mine.followUp.id)).body.code).toBe('lease-lost');
});

test('the order closes when every resident has answered', async () => {
  const order = await handled();
  const id = await take();
  const said = await answer(id, { ...content, comment: '谢谢' });
  expect(said.body, said.text).toMatchObject({ id, state: 'answered', answer: { solved: 'yes', comment: '谢谢' } });
  expect(await stateOf(order)).toBe('closed');
  const { rows } = await pool.query("select body from facts where subject_id = $1 and type = 'follow_up_answered'", [
    order,
  ]);
  expect(rows).toMatchObject([{ body: { followUp: id, solved: 'yes', satisfaction: 'satisfied' } }]);
  expect(JSON.stringify(rows)).not.toContain('谢谢');
});

test('one who says “not solved” sends the order back at once, and nobody else is asked about that round', async () => {
  const order = await handled();
  const id = await take();
  await answer(id, { contacted: true, solved: 'partly', satisfaction: 'basically' });
  expect(await stateOf(order)).toBe('rework');
});

test('solved but dissatisfied is counted and closes', async () => {
  const order = await handled();
  await answer(await take(), { ...content, satisfaction: 'dissatisfied', reason: 'attitude' });
  expect(await stateOf(order)).toBe('closed');
});

test('the same answer again is 200 and changes nothing; another one is 409 answer-differs', async () => {
  const order = await handled();
  const id = await take();
  const first = await answer(id);
  const facts = () => pool.query('select id from facts where subject_id = $1', [order]);
  const before = (await facts()).rowCount;
  const again = await answer(id);
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect((await facts()).rowCount).toBe(before);
  const other = await answer(id, { ...content, satisfaction: 'very_satisfied' });
  expect([other.status, other.body.code]).toEqual([409, 'answer-differs']);
});

test('422 reason-missing when a dissatisfied resident was not asked why', async () => {
  await handled();
  const said = await answer(await take(), { ...content, satisfaction: 'very_dissatisfied' });
  expect([said.status, said.body.code]).toEqual([422, 'reason-missing']);
});

test('409 follow-up-done when the asking is over', async () => {
  await handled();
  const id = await take();
  await pool.query("update follow_ups set state = 'not_reached', take_from = null where id = $1", [id]);
  expect((await answer(id)).body.code).toBe('follow-up-done');
});

test('the handling unit neither gets nor answers what it handled itself', async () => {
  await handled();
  const headers = { authorization: `Bearer ${inside.key}` };
  const got = await call(null, 'POST', 'follow-ups/claims', {}, headers);
  expect(got.body, got.text).toEqual({ claims: [] });
  const said = await call(null, 'POST', `follow-ups/${await take()}/answer`, content, headers);
  expect([said.status, said.body.code]).toEqual([403, 'handling-unit-asks']);
  expect((await claims({}, own)).status).toBe(403);
});

test('only who holds the lease answers, and only while it holds', async () => {
  await handled();
  const id = await take();
  expect((await answer(id, content, 'vendor')).body.code).toBe('lease-lost');
  await pool.query("update follow_ups set lease_until = now() - interval '1 second' where id = $1", [id]);
  expect((await answer(id)).body.code).toBe('lease-lost');
  expect(await take('vendor')).toBe(id);
  expect((await answer(id)).body.code).toBe('lease-lost');
  expect((await answer(id, content, 'vendor')).status).toBe(200);
});

test('being asked to change one’s rating is told to the inspector, not to the unit', async () => {
  const order = await handled();
  await answer(await take(), { ...content, askedToChange: true });
  const { rows } = await pool.query(
    "select unit from facts where subject_id = $1 and type = 'asked_to_change_rating'",
    [order],
  );
  expect(rows).toEqual([{ unit: null }]);
});

test('a waiting agent is woken when a resident is to be asked, and when a lease on one runs out', async () => {
  const waiting = claims({ wait: 20 });
  await isWaiting(1);
  await handled();
  const [got] = (await waiting).body.claims;
  const { id } = got.followUp;
  await pool.query("update follow_ups set lease_until = now() + interval '200 milliseconds' where id = $1", [id]);
  expect((await claims({ wait: 20 }, 'vendor')).body.claims).toMatchObject([
    { followUp: { id }, token: got.token + 1 },
  ]);
});

test('nonsense about follow-ups is a problem, and unknown ones are 404', async () => {
  expect(keys.followUp).toBeDefined();
  expect((await answer('00000000-0000-7000-8000-000000000000')).status).toBe(404);
  expect((await answer('x')).status).toBe(400);
  for (const said of [{}, { ...content, solved: 'maybe' }, { ...content, comment: '\u0000' }])
    expect((await answer('00000000-0000-7000-8000-000000000000', said)).status).toBe(400);
  expect((await claims({ max: 51 })).status).toBe(400);
});
