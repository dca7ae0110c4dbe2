import { Writable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import type { Role } from '../../src/domain/city.ts';
import { networkOf } from '../../src/http/limits.ts';
import { addClients, newKey } from '../../src/store/clients.ts';
import { aLight, demo } from '../support/city.ts';

const { app, call, act, clock, keys, pool, runtime } = await demo();
const lights = 'unit:510107-urban-management';

/** A key of its own for whoever attacks. */
const client = async (name: string, roles: readonly Role[], more: object = {}): Promise<string> => {
  const { id, key, secretHash } = newKey('test');
  const blank = { unit: null, areas: null, channels: null, cidrs: [], expiresAt: null };
  await addClients(pool, [{ id, secretHash, client: { ...blank, name, roles, ...more } }], clock.now());
  (keys as Record<string, string>)[name] = key;
  return name;
};
const create = async (more: object = {}, as = 'operator', headers: Record<string, string> = {}) => {
  const made = await call(as, 'POST', 'requests', aLight(more), headers);
  expect(made.status, made.text).toBe(201);
  return made.body;
};
const as = (name: string) => ({ 'gridcall-actor': encodeURIComponent(name) });
const actAs = (key: string, name: string, id: string, action: string, body: object = {}) =>
  call(key, 'POST', `work-orders/${id}/actions/${action}`, body, { ...as(name), 'if-match': '*' });
const order = async (id: string, who = 'operator') => (await call(who, 'GET', `work-orders/${id}`)).body;
/** An order its unit has handed in. */
const submitted = async (more: object = {}, unit = lights, registrar = 'operator', name = 'x'): Promise<string> => {
  const { workOrder } = await create(more, registrar, as(name));
  for (const [action, body] of [
    ['sign', {}],
    ['contact', { how: '电话', whom: '诉求人', outcome: 'reached' }],
    ['submit', { result: 'solved', text: '灯已更换', evidence: [{ text: '灯已更换' }], requesterTold: true }],
  ] as const) {
    const done = await act(unit, workOrder.id, action, body);
    expect(done.status, done.text).toBe(200);
  }
  return workOrder.id;
};
const elsewhere = { lon: 104.0431, lat: 30.6412 };

test('a hint of a duplicate never names an order that is out of sight', async () => {
  const { request, workOrder } = await create({ title: '外人不该看到的标题', description: '与众不同的描述一' });
  const community = workOrder.placement.path.find((p: { level: string }) => p.level === 'community');
  const near = (await call(`unit:${community.code}`, 'POST', 'dispatch/preview', aLight())).body;
  expect(near.workOrder.duplicateHints).toContainEqual(expect.objectContaining({ number: request.number }));
  const { rows } = await pool.query("select code from areas where level = 'community' and code <> $1 limit 1", [
    community.code,
  ]);
  const stranger = `unit:${rows[0].code}`;
  for (const path of ['dispatch/preview', 'requests']) {
    const made = await call(
      stranger,
      'POST',
      path,
      aLight({ title: '外人不该看到的标题', description: '与众不同的描述一' }),
    );
    expect(made.status, made.text).toBeLessThan(202);
    expect(made.body.workOrder.duplicateHints).toEqual([]);
  }
});

test('nobody finds out by a telephone number whose order it is without the right to search by numbers', async () => {
  const phone = '13900007301';
  const { workOrder } = await create({
    confidential: true,
    title: '举报邻居',
    description: '举',
    requester: { name: '某', phone },
  });
  const community = workOrder.placement.path.find((p: { level: string }) => p.level === 'community');
  const probe = { category: null, kind: 'help', title: '试探', description: '', location: null, requester: { phone } };
  const seen = await call('operator', 'POST', 'dispatch/preview', aLight(probe));
  expect(seen.body.workOrder.duplicateHints).toMatchObject([{ workOrderId: workOrder.id, why: ['phone'] }]);
  for (const key of [`unit:${community.code}`, 'dispatcher', 'gridWorker']) {
    const probed = await call(key, 'POST', 'dispatch/preview', aLight(probe));
    expect(probed.status, probed.text).toBe(200);
    expect(probed.body.workOrder.duplicateHints).toEqual([]);
  }
});

test('naming somebody else’s external id shows nothing of an order out of sight', async () => {
  await create({ externalId: 'call-1', title: '他人的标题', description: '他人的描述' });
  const far = await client('far away', ['community_clerk'], { unit: '510107-water' });
  const asked = await call(far, 'POST', 'requests', aLight({ externalId: 'call-1' }));
  expect(asked.text).not.toMatch(/他人的/);
  expect(asked.status).toBe(409);
});

test('of a confidential requester the unit sees neither where to reply, nor ids of the call, nor whom the hotline called', async () => {
  const { request, workOrder } = await create({
    confidential: true,
    externalId: 'ext-secret',
    callRecordId: 'rec-secret',
    replyTo: { mail: 'reply-secret@example.org' },
    requester: { name: '隐名甲', phone: '13900007302' },
  });
  await act(lights, workOrder.id, 'sign');
  const logged = await act('operator', workOrder.id, 'contact', {
    how: '电话',
    whom: '隐名甲本人',
    outcome: 'reached',
  });
  expect(logged.body.contacts, logged.text).toMatchObject([{ whom: '隐名甲本人' }]);
  const { request: second } = await create({ externalId: 'ext-2', requester: { name: '乙', phone: '13900007303' } });
  const merged = await act('operator', second.workOrderId, 'merge', { into: workOrder.id });
  expect(merged.status, merged.text).toBe(200);
  await call('operator', 'POST', `requests/${request.id}/withdraw`, { recordId: 'withdrawal-secret' });
  for (const path of [
    `work-orders/${workOrder.id}`,
    `work-orders/${workOrder.id}/events`,
    `work-orders/${workOrder.id}/why`,
    `requests/${request.id}`,
    `requests?number=${request.number}`,
    `work-orders?q=${request.number}`,
    'changes?limit=200',
    'todo',
  ]) {
    const seen = await call(lights, 'GET', path);
    expect(seen.status, seen.text).toBe(200);
    expect(seen.text, path).not.toMatch(/secret|隐名甲|13900007302/);
  }
});

test('a grid worker who takes the name of a finder neither sees nor verifies what that one found', async () => {
  const far = await client('grid app of another place', ['grid_worker'], { areas: ['510107001'] });
  const id = await submitted({ location: elsewhere }, lights, 'gridWorker', '网格员甲');
  await act('operator', id, 'review', { passed: true });
  const { verifier, placement } = await order(id);
  expect(verifier).toMatchObject({ party: 'finder', actor: '网格员甲' });
  expect(placement.path.map((p: { code: string }) => p.code)).not.toContain('510107001');
  expect((await call(far, 'GET', `work-orders/${id}`, undefined, as('网格员甲'))).status).toBe(404);
  expect((await call(far, 'GET', 'work-orders', undefined, as('网格员甲'))).body.items).toEqual([]);
  expect((await call(far, 'GET', 'todo', undefined, as('网格员甲'))).body.items).toEqual([]);
  const near = await client('grid app of the same place', ['grid_worker'], { areas: ['510107'] });
  expect((await actAs(near, '网格员甲', id, 'verify', { passed: true })).body).toMatchObject({ code: 'verifier-only' });
  expect((await actAs('gridWorker', '网格员甲', id, 'verify', { passed: true })).status).toBe(200);
});

test('nobody decides what they asked by giving another name', async () => {
  const both = await client('two desks', ['operator', 'shift_leader'], { unit: 'hotline' });
  const { workOrder } = await create({ disposition: 'hold' });
  const asking = { kind: 'rejection', reason: '理由', class: 'no_facts', explanation: '说明' };
  const asked = await call(both, 'POST', `work-orders/${workOrder.id}/approvals`, asking, as('甲'));
  expect(asked.status, asked.text).toBe(201);
  const path = `approvals/${asked.body.id}/decision`;
  const own = await call(both, 'POST', path, { granted: true, reason: '同意' }, as('乙'));
  expect(own.body).toMatchObject({ status: 403, code: 'own-request' });
  expect((await call('shiftLeader', 'POST', path, { granted: true, reason: '同意' })).status).toBe(200);
});

test('whoever helped with the work, or works under its owner, does not review it', async () => {
  const id = await submitted();
  const street = (await order(id)).placement.path.find((p: { level: string }) => p.level === 'street').code;
  expect((await order(id, `unit:${street}`)).allowedActions).toContain('review');
  const helped = await call('unit:510107', 'POST', `work-orders/${id}/assists`, { unit: street, task: '协助' });
  expect(helped.status, helped.text).toBe(201);
  expect((await order(id, `unit:${street}`)).allowedActions).not.toContain('review');
  expect((await act(`unit:${street}`, id, 'review', { passed: true })).status).toBe(403);
  const todo = await call(`unit:${street}`, 'GET', 'todo?limit=200');
  expect(todo.body.items.filter((i: { kind: string }) => i.kind === 'review')).toEqual([]);
  expect((await act('operator', id, 'review', { passed: true })).status).toBe(200);
});

test('an owner gives inner work to its own people, not to those who are to look at the result', async () => {
  const { workOrder } = await create({ location: elsewhere }, 'gridWorker', as('网格员乙'));
  await act(lights, workOrder.id, 'sign');
  const street = workOrder.placement.path.find((p: { level: string }) => p.level === 'street').code;
  const given = await act(lights, workOrder.id, 'assign', { to: street, task: '协助' });
  expect(given.body).toMatchObject({ status: 422, code: 'not-of-the-unit' });
  expect((await act(lights, workOrder.id, 'assign', { to: '小王', task: '修灯' })).status).toBe(200);
});

test('who has withdrawn does not act for the neighbours that still wait', async () => {
  const first = await create({ title: '路灯不亮三', description: '三' });
  const second = await create({
    title: '路灯不亮四',
    description: '四',
    requester: { name: '乙', phone: '13900007304' },
  });
  await act('operator', second.workOrder.id, 'merge', { into: first.workOrder.id });
  const proof = { number: second.request.number, code: second.request.queryCode };
  expect((await call(null, 'POST', 'lookup/withdrawal', proof)).status).toBe(200);
  expect((await call(null, 'POST', 'lookup', proof)).body).toMatchObject({ state: 'withdrawn', allowedActions: [] });
  for (const [what, more] of [
    ['notes', { text: '话' }],
    ['reopen', { reason: '未修' }],
    ['objections', { reason: '不服' }],
    ['withdrawal', {}],
  ] as const)
    expect((await call(null, 'POST', `lookup/${what}`, { ...proof, ...more })).body).toMatchObject({
      status: 409,
      code: 'withdrawn-already',
    });
});

test.each([
  ['NUL', 'a%00b'],
  ['half a character', `${'a'.repeat(99)}%F0%9F%98%80`],
  ['line ends', 'a%0d%0aset-cookie: b'],
  ['a direction of writing', 'a%E2%80%AEb'],
])('a name with %s in it is made harmless', async (_what, name) => {
  const made = await call('operator', 'POST', 'requests', aLight(), { 'gridcall-actor': name });
  expect(made.status, made.text).toBe(201);
  const { rows } = await pool.query("select actor->>'name' as name from facts where subject_id = $1 limit 1", [
    made.body.workOrder.id,
  ]);
  expect(rows[0].name).not.toMatch(/\p{C}/u);
});

test('nobody speaks as the resident or as the city itself', async () => {
  const { request, workOrder } = await create({ title: '冒名', description: '冒名' });
  await call('inspector', 'POST', `requests/${request.id}/notes`, { text: '冒充诉求人的话' }, as('resident'));
  const seen = await call(null, 'POST', 'lookup', { number: request.number, code: request.queryCode });
  expect(seen.body.publicNotes).toEqual([]);
  await call('inspector', 'POST', `requests/${request.id}/notes`, { text: '冒充系统' }, as('system'));
  expect((await order(workOrder.id)).notes.map((n: { actor: string }) => n.actor)).toEqual(['inspector', 'inspector']);
});

test('every answer carries the security headers, refusals too, and nothing behind a key is kept by a cache', async () => {
  const { request, workOrder } = await create();
  const bare = await app.inject({ method: 'GET', url: '/v1/work-orders' });
  const wrong = await call('vendor', 'GET', 'work-orders');
  const none = await app.inject({ method: 'GET', url: '/v1/nothing' });
  expect([bare.statusCode, wrong.status, none.statusCode]).toEqual([401, 403, 404]);
  for (const { headers } of [bare, wrong, none])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
  for (const path of [
    `work-orders/${workOrder.id}`,
    'work-orders',
    `requests/${request.id}`,
    'requests',
    'todo',
    'done',
  ])
    expect((await call('operator', 'GET', path)).headers['cache-control'], path).toBe('no-store');
  const cors = await call('operator', 'GET', 'work-orders', undefined, { origin: 'https://evil.example' });
  expect(Object.keys(cors.headers).filter((h) => h.startsWith('access-control'))).toEqual([]);
});

test('HEAD, OPTIONS, TRACE and overridden methods open nothing', async () => {
  const send = (method: string, url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: method as 'GET', url, headers: { authorization: `Bearer ${keys.vendor}`, ...headers } });
  expect((await send('HEAD', '/v1/clients')).statusCode).toBe(403);
  expect((await send('HEAD', '/v1/units/hotline/stream')).statusCode).toBeGreaterThan(399);
  expect((await send('OPTIONS', '/v1/clients')).statusCode).toBe(404);
  const override = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
  expect((await send('POST', '/v1/clients', override)).statusCode).toBe(403);
});

test('guessing keys is slowed down like any caller without one', async () => {
  const guess = (n: number) =>
    app.inject({
      method: 'GET',
      url: '/v1/work-orders',
      remoteAddress: '192.0.2.77',
      headers: { authorization: `Bearer gc_test_${String(n).padStart(12, '0')}_${'x'.repeat(32)}` },
    });
  const statuses = new Set<number>();
  for (let n = 0; n < 130; n++) statuses.add((await guess(n)).statusCode);
  expect([...statuses]).toEqual([401, 429]);
});

test('an admin sees no order, not even by moving a post', async () => {
  const { workOrder } = await create({ title: '管理员不该看到' });
  expect((await call('admin', 'GET', `work-orders/${workOrder.id}`)).status).toBe(404);
  expect((await call('admin', 'GET', 'work-orders')).body.items).toEqual([]);
  expect((await call('admin', 'GET', 'changes')).body.items).toEqual([]);
  const post = runtime.deps
    .city()
    .city.posts.find((p) => p.unit === '510107-urban-management' && p.role === 'unit_clerk');
  await actAs(lights, post?.holderA ?? '', workOrder.id, 'sign');
  const moved = await call('admin', 'POST', `posts/${post?.code}/hand-over`, { to: '岗位乙' });
  expect(moved.status, moved.text).toBe(200);
  expect(moved.text).not.toMatch(/管理员不该看到/);
  expect(moved.body.items).toMatchObject([{ kind: 'handle', workOrder: null }]);
});

test('who may not split uses up no numbers', async () => {
  const { workOrder } = await create();
  const last = async () => (await pool.query('select sum(last)::int as n from day_numbers')).rows[0].n;
  const before = await last();
  const tried = await act(lights, workOrder.id, 'split', { requests: [{ kind: 'help', title: '一' }] });
  expect([409, 403]).toContain(tried.status);
  expect(await last()).toBe(before);
});

test.each([
  ['a department', 'unit:510107-water'],
  ['a street of another place', 'unit:510107001'],
  ['an admin', 'admin'],
  ['a judge', 'judge'],
  ['a publisher', 'publisher'],
  ['a survey vendor', 'vendor'],
])('%s finds an order that is none of its business by no way', async (_who, key) => {
  const marked = '别处的路灯坏了';
  const { request, workOrder } = await create({ title: marked, location: { lon: 104.0431, lat: 30.6412 } });
  const { id } = workOrder;
  await act(lights, id, 'sign');
  const asked = await call(lights, 'POST', `work-orders/${id}/approvals`, {
    kind: 'extension',
    reason: '理由',
    dueAt: '2026-03-12T18:00:00+08:00',
  });
  expect(asked.status, asked.text).toBe(201);
  const helped = await call('dispatcher', 'POST', `work-orders/${id}/assists`, { unit: '510107-police', task: '协助' });
  const { rows } = await pool.query('select id::text as id from claims limit 1');
  const owned = [
    ...['', '/events', '/clocks', '/why'].map((path) => ['GET', `work-orders/${id}${path}`] as const),
    ['GET', `requests/${request.id}`],
    ['GET', `approvals/${asked.body.id}`],
    ['POST', `approvals/${asked.body.id}/decision`, { granted: true, reason: '同意' }],
    ['POST', `approvals/${asked.body.id}/withdraw`, {}],
    ['POST', `assists/${helped.body.id}/complete`, { result: '好' }],
    ['POST', `requests/${request.id}/notes`, { text: '话' }],
    ['POST', `requests/${request.id}/urge`, {}],
    ['POST', `requests/${request.id}/unmerge`, {}],
    ['POST', `work-orders/${id}/actions/note`, { text: '话' }],
    ['POST', `work-orders/${id}/actions/merge`, { into: id }],
    ['POST', `work-orders/${id}/assists`, { unit: '510107-water', task: '帮' }],
    ['POST', `work-orders/${id}/approvals`, { kind: 'objection', reason: '不服' }],
    ['POST', `claims/${rows[0]?.id ?? id}/sign`, { token: 1 }],
    ['GET', 'units/510107-urban-management/queue'],
    ['GET', 'units/510107-urban-management/webhook'],
    ['POST', 'units/510107-urban-management/claims', {}],
  ] as const;
  for (const [method, path, body] of owned) {
    const tried = await call(key, method, path, body, { 'if-match': '*' });
    // An admin may look where a unit is pushed to: there is nothing of an order in it.
    expect([403, 404], `${method} ${path} ${tried.text}`).toContain(tried.status);
    expect(tried.text).not.toContain(marked);
  }
  for (const path of [
    'work-orders?limit=200',
    `work-orders?q=${request.number}`,
    `work-orders?unit=510107-urban-management&area=510107&state=signed&overdue=false&light=green`,
    `work-orders?limit=1&cursor=ffffffff-ffff-4fff-bfff-ffffffffffff`,
    `requests?number=${request.number}`,
    'changes?limit=200',
    'approvals?limit=200',
    'todo?limit=200',
    'done',
  ]) {
    const { status, text } = await call(key, 'GET', path);
    expect([200, 403], `${path} ${text}`).toContain(status);
    expect(text, path).not.toContain(marked);
    expect(text, path).not.toContain(id);
  }
  const found = await call(key, 'POST', 'requests/search', { text: marked });
  expect(found.text).not.toContain(request.number);
});

test('who would not be named is named to no unit', async () => {
  const hidden = { name: '匿名者', phone: '13900007305', anonymous: true, onBehalfOf: '某邻居' };
  const { request, workOrder } = await create({ requester: hidden });
  for (const path of [`work-orders/${workOrder.id}`, `requests/${request.id}`]) {
    const { text, body } = await call(lights, 'GET', path);
    expect(text).not.toMatch(/匿名者|13900007305|某邻居/);
    expect((body.requests?.[0] ?? body.request).requester).toMatchObject({ anonymous: true, phone: null });
  }
  const asked = await call('operator', 'GET', `requests/${request.id}`);
  expect(asked.body.request.requester).toEqual(hidden);
});

test('a million codes are not tried at once: of many guesses together only a few are looked at', async () => {
  const { request } = await create();
  const guess = (n: number) => ({
    method: 'POST' as const,
    url: '/v1/lookup',
    remoteAddress: `198.18.${n}.1`,
    payload: { number: request.number, code: `x${n}` },
  });
  const replies = await Promise.all(Array.from({ length: 60 }, (_, n) => app.inject(guess(n))));
  expect(replies.filter((r) => r.statusCode === 404).length).toBeLessThanOrEqual(5);
  expect(new Set(replies.map((r) => r.statusCode))).toEqual(new Set([404, 429]));
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('limits of %s are those of %s: a network of IPv6 is one caller', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('an idempotency key opens only what its own client was answered', async () => {
  const body = { title: '同一个键', description: '同一个键' };
  const first = await create(body, 'operator', { 'idempotency-key': 'shared' });
  const second = await create(body, 'dispatcher', { 'idempotency-key': 'shared' });
  expect(second.request.id).not.toBe(first.request.id);
  const again = await create(body, 'operator', { 'idempotency-key': 'shared' });
  expect(again).toEqual(first);
  const proof = { number: first.request.number, code: first.request.queryCode };
  const key = { 'idempotency-key': 'public' };
  expect((await call(null, 'POST', 'lookup', proof, key)).status).toBe(200);
  expect((await call(null, 'POST', 'lookup', { ...proof, code: 'wrong' }, key)).body.code).toBe('code-wrong');
});

test('what cannot even be read as a request is answered without guessing', async () => {
  for (const url of ['/v1/%ff', '/v1/work-orders/%', `/v1/units/${'x'.repeat(600)}/queue`]) {
    const { headers, statusCode } = await app.inject({ method: 'GET', url });
    expect(statusCode).toBeLessThan(500);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-type': 'application/problem+json' });
  }
});

test('a claim that waits ends when its key is revoked, and leaves nothing leased', { timeout: 20_000 }, async () => {
  const unit = '510107-water';
  const clerk = await client('a clerk to be dismissed', ['unit_clerk'], { unit });
  const waiting = call(clerk, 'POST', `units/${unit}/claims`, { wait: 20 });
  await expect.poll(() => runtime.deps.waits.waiting(), { interval: 5 }).toBe(1);
  const since = performance.now();
  await pool.query('update clients set revoked_at = now() where name = $1', ['a clerk to be dismissed']);
  const { body } = await waiting;
  expect(performance.now() - since).toBeLessThan(6000);
  expect(body).toEqual({ claims: [] });
});

test('one client does not take the places of all others to wait in', async () => {
  const unit = '510107-education';
  const greedy = await client('greedy', ['unit_clerk'], { unit });
  const all = Array.from({ length: 201 }, () => call(greedy, 'POST', `units/${unit}/claims`, { wait: 20 }));
  const first = await Promise.race(all);
  expect([first.status, first.body]).toEqual([200, { claims: [] }]);
  expect(runtime.deps.waits.waiting()).toBeLessThanOrEqual(200);
  runtime.deps.waits.close();
  await Promise.all(all);
});

test.each([
  ['opening brackets', '（'.repeat(500)],
  ['one name over and over', '武侯区'.repeat(160)],
  ['digits', '1'.repeat(500)],
  ['blanks', `${' '.repeat(499)}a`],
])('an address of %s takes no time to read', async (_what, address) => {
  const began = performance.now();
  const seen = await call('operator', 'POST', 'dispatch/preview', aLight({ location: { address } }));
  expect(seen.status, seen.text).toBe(200);
  expect(performance.now() - began).toBeLessThan(500);
});

test('what was said by and about residents stands nowhere but where it belongs, however the order goes', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: 'trace' }, sink) as unknown as FastifyBaseLogger;
  const watched = await buildApp({ ...runtime.deps, logger });
  afterAll(() => watched.close());
  const said: string[] = [];
  let n = 0;
  const send = async (key: string | null, path: string, body: object | string, status: number) => {
    const reply = await watched.inject({
      method: 'POST',
      url: `/v1/${path}`,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `canary-${(n += 1)}`,
        'if-match': '*',
        ...(key === null ? {} : { authorization: `Bearer ${keys[key]}` }),
      },
      payload: body,
    });
    expect(reply.statusCode, `${path} ${reply.payload}`).toBe(status);
    if (status >= 400) said.push(reply.payload);
    return reply.json();
  };
  const phone = '13977770001';
  const bird = (what: string) => `金丝雀${what}`;
  const intake = aLight({
    description: bird('描述'),
    location: { lon: 104.037274, lat: 30.571764, address: bird('地址') },
    requester: { name: bird('甲'), phone, onBehalfOf: bird('乙') },
    replyTo: { mail: bird('信') },
    callRecordId: bird('录音'),
    answers: { where: bird('答') },
  });
  await send('operator', 'requests', { ...intake, kind: bird('类') }, 400);
  await send('operator', 'requests', `{"requester":{"phone":"${phone}","name":"${bird('甲')}"`, 400);
  await send('operator', 'requests', { ...intake, requester: { name: bird('长').repeat(60), phone } }, 400);
  await send('vendor', 'requests', intake, 403);
  const made = await send('operator', 'requests', intake, 201);
  const { id } = made.workOrder;
  const proof = { number: made.request.number, code: made.request.queryCode };
  await send('shiftLeader', 'callers/nuisance/release', { phone, reason: bird('由') }, 404);
  await send('operator', 'callers/missed', { phone, callRecordId: bird('录音') }, 201);
  await send('operator', 'callers/search', { phone }, 200);
  await send('operator', 'requests/search', { phone }, 200);
  await send('operator', `work-orders/${id}/actions/correct`, { contact: { name: bird('丙'), phone } }, 200);
  await send(null, 'lookup/notes', { ...proof, text: bird('补充') }, 200);
  await send('operator', `requests/${made.request.id}/urge`, { text: bird('催') }, 200);
  await send(lights, `work-orders/${id}/actions/submit`, { result: 'solved', text: bird('早') }, 409);
  for (let round = 0; round < 2; round++) {
    if (round === 0) {
      await send(lights, `work-orders/${id}/actions/sign`, {}, 200);
      await send(
        lights,
        `work-orders/${id}/actions/contact`,
        { how: '电话', whom: bird('甲'), outcome: 'reached' },
        200,
      );
    } else await send(lights, `work-orders/${id}/actions/take`, {}, 200);
    const result = { result: 'solved', text: '灯已更换', evidence: [{ text: '灯已更换' }], requesterTold: true };
    await send(lights, `work-orders/${id}/actions/submit`, result, 200);
    await send('operator', `work-orders/${id}/actions/review`, { passed: true }, 200);
    await send('gridWorker', `work-orders/${id}/actions/verify`, { passed: true }, 200);
    const { claims } = await send('followUp', 'follow-ups/claims', { max: 50 }, 200);
    const followUp = claims.find((c: { followUp: { number: string } }) => c.followUp.number === proof.number)?.followUp;
    const answer = {
      contacted: true,
      solved: round === 0 ? 'no' : 'yes',
      satisfaction: 'satisfied',
      comment: bird('评'),
    };
    await send('followUp', `follow-ups/${followUp.id}/answer`, answer, 200);
  }
  await send(null, 'lookup/reopen', { ...proof, reason: bird('未修') }, 200);
  await send(null, 'lookup', { ...proof, code: bird('码') }, 404);
  await send(null, 'lookup/objections', { ...proof, reason: bird('不服') }, 409);
  await send(null, 'lookup/withdrawal', proof, 200);

  const birds = [phone, '金丝雀'];
  const has = (text: string): boolean => birds.some((each) => text.includes(each));
  expect(said.filter(has)).toEqual([]);
  expect(lines.filter(has)).toEqual([]);
  const { rows: tables } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(`select 1 from ${name} t where t::text ~ $1 limit 1`, ['13977770001|金丝雀']);
    if (rows.length > 0) found.push(name);
  }
  expect(found).toEqual(['caller_tasks', 'contacts', 'follow_ups', 'notes', 'requesters', 'requests']);
});

test('a date that no clock counts to is 400, and nothing is changed', async () => {
  const { workOrder } = await create();
  await act(lights, workOrder.id, 'sign');
  const far = '2100-01-01T08:00:00+08:00';
  const unit = '510107-urban-management';
  const forceIn = { unit, leader: '王主任', title: '专班', workOrderId: workOrder.id, dueAt: far };
  for (const [who, path, body] of [
    ['shiftLeader', 'task-forces', forceIn],
    ['centreLeader', 'meetings', { unit: 'hotline', title: '会', meetsAt: far, everyWeeks: 52 }],
    ['shiftLeader', 'measures', { unit, demand: '整改', grade: 'rectify', rectifyBy: far }],
    [lights, `work-orders/${workOrder.id}/actions/promise`, { dueAt: far }],
    [lights, `work-orders/${workOrder.id}/approvals`, { kind: 'extension', reason: '理由', dueAt: far }],
  ] as const) {
    const said = await call(who, 'POST', path, body, { 'if-match': '*' });
    expect([path, said.status, said.body.code]).toEqual([path, 400, 'invalid']);
  }
  const lastDay = { ...forceIn, dueAt: '2099-12-31T23:59:59+08:00' };
  expect((await call('shiftLeader', 'POST', 'task-forces', lastDay)).status).toBe(201);
});

test('what is only looked up is kept in no copy, whatever key comes with it', async () => {
  const phone = '13900007399';
  const { request } = await create({ title: '查询用', description: '查询用', requester: { name: '寻', phone } });
  const key = { 'idempotency-key': 'looking' };
  const proof = { number: request.number, code: request.queryCode };
  for (const [who, path, body] of [
    ['operator', 'requests/search', { phone }],
    ['operator', 'callers/search', { phone }],
    [null, 'lookup', proof],
  ] as const) {
    for (let n = 0; n < 2; n++) {
      const seen = await call(who, 'POST', path, body, key);
      expect([path, seen.status, seen.headers['idempotent-replayed']]).toEqual([path, 200, undefined]);
    }
  }
  const { rows } = await pool.query("select count(*)::int as n from idempotency where key = 'looking'");
  expect(rows).toEqual([{ n: 0 }]);
});
