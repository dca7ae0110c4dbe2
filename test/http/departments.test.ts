import { beforeEach, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { app, call, act, pool, runtime, keys } = await demo();
await runtime.notices.ready();
const unit = '510107-urban-management';
const own = `unit:${unit}`;
const lightAt = (n: number) => aLight({ title: `路灯不亮 ${n}`, description: `第 ${n} 盏` });

const make = async (remarkable: object = {}): Promise<string> => {
  const made = await call('operator', 'POST', 'requests', aLight(remarkable));
  expect(made.body.workOrder).toMatchObject({ state: 'dispatched', responsibleUnit: { code: unit } });
  return made.body.workOrder.id;
};
const claims = (body: object = {}, clerk?: string) =>
  call(own, 'POST', `units/${unit}/claims`, body, clerk ? { 'gridcall-actor': clerk } : {});
const take = async (clerk?: string) => {
  const { body, text } = await claims({ lease: 30 }, clerk);
  expect(body.claims, text).toHaveLength(1);
  return body.claims[0] as { claimId: string; token: number; leaseUntil: string; workOrder: { id: string } };
};
const onClaim = (claimId: string, what: string, body: object, as = own, clerk?: string) =>
  call(as, 'POST', `claims/${claimId}/${what}`, body, clerk ? { 'gridcall-actor': clerk } : {});
/** Leases end in real time; a test does not wait for them but sets their end. */
const runOut = (order: string) =>
  pool.query("update work_orders set lease_until = now() - interval '1 second' where id = $1", [order]);
const isWaiting = (n: number) => expect.poll(() => runtime.deps.waits.waiting(), { interval: 5 }).toBe(n);

beforeEach(async () => {
  await pool.query("update work_orders set claimable = false, state = 'void', ended_at = now() where ended_at is null");
});

test('G32 fifty clerks pull five hundred orders: each is signed once, none is lost', { timeout: 120_000 }, async () => {
  const batch = await call('operator', 'POST', 'requests/batch', {
    items: Array.from({ length: 500 }, (_, n) => lightAt(n)),
  });
  expect(batch.status, batch.text).toBe(200);
  const signed: { id: string; clerk: string }[] = [];
  const work = async (clerk: string, max: number): Promise<void> => {
    for (;;) {
      const { body, text } = await claims({ max, lease: 600 }, clerk);
      expect(body.claims, text).toBeDefined();
      if (body.claims.length === 0) return;
      for (const { claimId, token, workOrder } of body.claims) {
        const done = await onClaim(claimId, 'sign', { token }, own, clerk);
        expect(done.status, done.text).toBe(200);
        signed.push({ id: workOrder.id, clerk });
      }
    }
  };
  await Promise.all(Array.from({ length: 50 }, (_, n) => work(`clerk-${n}`, 1 + (n % 7))));
  expect(new Set(signed.map((s) => s.id)).size).toBe(500);
  expect(signed).toHaveLength(500);
  const { rows } = await pool.query("select id, clerk from work_orders where state = 'signed'");
  const kept = new Map(rows.map((r) => [r.id, r.clerk]));
  expect(signed.every((s) => kept.get(s.id) === s.clerk)).toBe(true);
  const facts = await pool.query("select count(*)::int as n from facts where type = 'sign'");
  expect(facts.rows[0].n).toBe(500);
});

test('the queue gives the most urgent first, then the earliest deadline, then the oldest', async () => {
  const ordinary = await make();
  const later = await make();
  await pool.query("update work_orders set due_at = due_at + interval '1 hour' where id = $1", [ordinary]);
  const emergency = await make({ urgency: 'emergency' });
  const { body } = await claims({ max: 3 });
  expect(body.claims.map((c: { workOrder: { id: string } }) => c.workOrder.id)).toEqual([emergency, later, ordinary]);
});

test('the queue tells how many stand where and how late, and what comes first', async () => {
  const first = await make({ urgency: 'urgent' });
  await make();
  await take();
  const seen = await call(own, 'GET', `units/${unit}/queue`);
  expect(seen.body, seen.text).toMatchObject({
    unit: { code: unit },
    counts: [{ state: 'dispatched', light: 'green', count: 2 }],
    byState: { dispatched: 2 },
    byLight: { green: 2, yellow: 0, red: 0 },
    claimable: 1,
    leased: 1,
  });
  expect(seen.body.head[0].id).toBe(first);
  expect((await call('unit:510107', 'GET', `units/${unit}/queue`)).status).toBe(200);
  expect((await call('unit:510107-housing', 'GET', `units/${unit}/queue`)).status).toBe(404);
});

test('a claimed order is nobody else’s; signing it makes the clerk final', async () => {
  const order = await make();
  const mine = await take('甲');
  expect(mine.workOrder.id).toBe(order);
  expect((await claims()).body.claims).toEqual([]);
  const signed = await onClaim(mine.claimId, 'sign', { token: mine.token }, own, '甲');
  expect(signed.body, signed.text).toMatchObject({ id: order, state: 'signed', clerk: '甲' });
  expect(signed.headers.etag).toBe('"v4"');
  const again = await onClaim(mine.claimId, 'sign', { token: mine.token });
  expect([again.status, again.body.code]).toEqual([409, 'lease-lost']);
});

test('a lease that runs out returns the order; the token has grown and the late one gets 409 lease-lost', async () => {
  const order = await make();
  const late = await take();
  await runOut(order);
  const stale = await onClaim(late.claimId, 'sign', { token: late.token });
  expect([stale.status, stale.body.code]).toEqual([409, 'lease-lost']);
  const next = await take();
  expect(next.workOrder.id).toBe(order);
  expect(next.token).toBeGreaterThan(late.token);
  for (const what of ['sign', 'release'])
    expect((await onClaim(late.claimId, what, { token: late.token })).body.code).toBe('lease-lost');
  expect((await onClaim(late.claimId, 'sign', { token: next.token })).body.code).toBe('lease-lost');
  expect((await onClaim(next.claimId, 'sign', { token: next.token })).status).toBe(200);
});

test('a lease can be lengthened while it holds, and given back at once', async () => {
  await make();
  const mine = await take();
  const longer = await call(own, 'PATCH', `claims/${mine.claimId}`, { token: mine.token, lease: 600 });
  expect(Date.parse(longer.body.leaseUntil) - Date.parse(mine.leaseUntil)).toBeGreaterThan(500_000);
  expect((await onClaim(mine.claimId, 'release', { token: mine.token })).body).toMatchObject({ released: true });
  expect((await onClaim(mine.claimId, 'release', { token: mine.token })).status).toBe(409);
  const next = await take();
  expect(next.token).toBe(mine.token + 1);
  const gone = await call(own, 'PATCH', `claims/${mine.claimId}`, { token: mine.token, lease: 600 });
  expect(gone.body.code).toBe('lease-lost');
});

test('asking to return leaves the order with its clerk until somebody decides', async () => {
  const order = await make();
  const mine = await take();
  const terms = { reason: '不属我局', basis: '三定方案', proposedUnit: '510107-housing' };
  const asked = await onClaim(mine.claimId, 'return', { token: mine.token, ...terms });
  expect(asked.body, asked.text).toMatchObject({
    id: order,
    state: 'dispatched',
    approvals: [{ kind: 'return', state: 'pending' }],
  });
  expect((await claims()).body.claims).toEqual([]);
  expect((await onClaim(mine.claimId, 'sign', { token: mine.token })).status).toBe(200);
});

test('a change of owner ends the leases of the old unit', async () => {
  const order = await make();
  const mine = await take();
  const moved = await act('dispatcher', order, 'redispatch', {
    unit: '510107-housing',
    basis: '三定方案',
    reason: '派错',
  });
  expect(moved.status, moved.text).toBe(200);
  expect((await onClaim(mine.claimId, 'sign', { token: mine.token })).body.code).toBe('lease-lost');
});

test('a colleague who signs directly has the order: the running lease is lost', async () => {
  const order = await make();
  const mine = await take('甲');
  expect((await act(own, order, 'sign')).status).toBe(200);
  expect((await onClaim(mine.claimId, 'sign', { token: mine.token })).body.code).toBe('lease-lost');
});

test('signing by timeout leaves a running lease valid', async () => {
  const order = await make();
  const mine = await take('甲');
  await pool.query("update work_orders set state = 'signed', signed_late = true, signed_at = now() where id = $1", [
    order,
  ]);
  const signed = await onClaim(mine.claimId, 'sign', { token: mine.token }, own, '甲');
  expect(signed.body, signed.text).toMatchObject({ state: 'signed', signedLate: true, clerk: '甲' });
});

test('signing the claim of a rework takes it up', async () => {
  const order = await make();
  await pool.query("update work_orders set state = 'rework' where id = $1", [order]);
  const mine = await take('乙');
  const taken = await onClaim(mine.claimId, 'sign', { token: mine.token }, own, '乙');
  expect(taken.body, taken.text).toMatchObject({ state: 'handling', clerk: '乙' });
});

test('only the unit’s own clerks claim, and only what was claimed by the unit', async () => {
  await make();
  expect((await call('unit:510107-housing', 'POST', `units/${unit}/claims`, {})).status).toBe(404);
  expect((await call('operator', 'POST', `units/${unit}/claims`, {})).status).toBe(403);
  expect((await call(own, 'POST', 'units/nowhere/claims', {})).status).toBe(404);
  const mine = await take();
  for (const what of ['sign', 'release'])
    expect((await onClaim(mine.claimId, what, { token: mine.token }, 'unit:510107-housing')).status).toBe(404);
  for (const body of [{ max: 51 }, { max: 0 }, { wait: 21 }, { lease: 29 }, { lease: 601 }, { post: 'a\u0000' }])
    expect((await claims(body)).status).toBe(400);
  expect((await onClaim('x', 'sign', { token: 1 })).status).toBe(400);
});

test('a waiting clerk is woken by the order that comes, long before its wait is over', async () => {
  for (let round = 0; round < 5; round++) {
    const waiting = claims({ wait: 20 });
    await isWaiting(1);
    const order = await make();
    // Five waits of twenty seconds do not fit into the time this test has.
    expect((await waiting).body.claims).toMatchObject([{ workOrder: { id: order } }]);
  }
});

test('waiting clerks hold no connection, and one order wakes one of them', async () => {
  const waiting = Array.from({ length: 40 }, (_, n) => claims({ wait: 20 }, `clerk-${n}`));
  await isWaiting(40);
  await expect.poll(() => runtime.deps.pool.totalCount - runtime.deps.pool.idleCount, { interval: 5 }).toBe(0);
  const order = await make();
  const { body } = await Promise.race(waiting);
  expect(body.claims).toMatchObject([{ workOrder: { id: order } }]);
  await isWaiting(39);
  await call('operator', 'POST', 'requests/batch', { items: Array.from({ length: 39 }, (_, n) => lightAt(n)) });
  const all = (await Promise.all(waiting)).map((reply) =>
    reply.body.claims.map((c: { workOrder: { id: string } }) => c.workOrder.id),
  );
  expect(all.every((ids) => ids.length === 1)).toBe(true);
  expect(new Set(all.flat()).size).toBe(40);
});

test('a waiting clerk is woken when a lease runs out, and when one is given back', async () => {
  const order = await make();
  const slow = await take();
  await pool.query("update work_orders set lease_until = now() + interval '300 milliseconds' where id = $1", [order]);
  const { body } = await claims({ wait: 20 });
  expect(body.claims).toMatchObject([{ token: slow.token + 1, workOrder: { id: order } }]);
  const waiting = claims({ wait: 20 });
  await isWaiting(1);
  const [{ claimId, token }] = body.claims;
  await onClaim(claimId, 'release', { token });
  expect((await waiting).body.claims).toMatchObject([{ workOrder: { id: order } }]);
});

test('with nothing to do the wait ends with an empty list', async () => {
  const { status, body } = await claims({ wait: 1 });
  expect([status, body]).toEqual([200, { claims: [] }]);
});

test('a clerk who hangs up no longer waits, and takes nothing along', async () => {
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const gone = new AbortController();
  const left = fetch(`${address}/v1/units/${unit}/claims`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys[own]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ wait: 20 }),
    signal: gone.signal,
  });
  await isWaiting(1);
  gone.abort();
  await expect(left).rejects.toThrow();
  await isWaiting(0);
  const order = await make();
  expect((await take()).workOrder.id).toBe(order);
});
