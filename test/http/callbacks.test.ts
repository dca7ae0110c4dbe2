import { Webhook } from 'standardwebhooks';
import { beforeEach, expect, test } from 'vitest';
import { addClients, newKey } from '../../src/store/clients.ts';
import { demo } from '../support/city.ts';
import { askingIn, content } from '../support/follow-ups.ts';

const city = await demo();
const { app, call, clock, pool, vendorSecret } = city;
const { handled, take, answer, attempt, order } = askingIn(city);

beforeEach(async () => {
  await pool.query("update follow_ups set state = 'cancelled', take_from = null where state = 'open'");
});

type Sent = Readonly<{
  id?: string;
  secret?: string;
  at?: Date;
  vendor?: string;
  payload?: string;
  headers?: Record<string, string>;
}>;
let n = 0;
/** A callback as the vendor's system sends it, signed over these bytes, or wrong in one way. */
const send = async (said: object, sent: Sent = {}) => {
  const { id = `msg_${++n}`, secret = vendorSecret, at = new Date(), vendor = 'vendor' } = sent;
  const body = JSON.stringify(said);
  const reply = await app.inject({
    method: 'POST',
    url: `/v1/callbacks/surveys/${vendor}`,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
      ...sent.headers,
    },
    payload: sent.payload ?? body,
  });
  return { status: reply.statusCode, body: reply.json(), text: reply.payload };
};
const said = (followUpId: string, more: object = {}) => ({
  followUpId,
  ...content,
  comment: '好',
  at: '2026-03-02T09:00:00+08:00',
  ...more,
});
const factsOf = async (id: string) =>
  (await pool.query('select type, actor from facts where subject_id = $1 order by id', [id])).rows;

test('G37 twenty equal callbacks at once are one answer, and the order closes', async () => {
  const id = await handled();
  const followUp = await take('vendor');
  const all = await Promise.all(Array.from({ length: 20 }, () => send(said(followUp), { id: 'msg_twenty' })));
  expect(all.map((r) => [r.status, r.body])).toEqual(
    Array.from({ length: 20 }, () => [200, { followUpId: followUp, state: 'answered' }]),
  );
  expect((await factsOf(id)).filter((f) => f.type === 'follow_up_answered')).toMatchObject([
    { actor: { name: 'vendor' } },
  ]);
  expect(await order(id)).toMatchObject({ state: 'closed', followUps: [{ by: 'vendor', answer: { comment: '好' } }] });
});

test('the same answer under another id is 200 and changes nothing; another answer is 409', async () => {
  const id = await handled();
  const followUp = await take('vendor');
  expect((await send(said(followUp))).status).toBe(200);
  const before = (await factsOf(id)).length;
  expect((await send(said(followUp))).status).toBe(200);
  const other = await send(said(followUp, { solved: 'no' }));
  expect([other.status, other.body.code]).toEqual([409, 'answer-differs']);
  expect((await factsOf(id)).length).toBe(before);
});

test('callbacks that come in the wrong order: the first that came counts, whatever time the later one names', async () => {
  const id = await handled();
  const followUp = await take('vendor');
  expect((await send(said(followUp, { at: '2026-03-02T11:00:00+08:00' }))).status).toBe(200);
  const earlier = await send(said(followUp, { solved: 'no', at: '2026-03-02T09:30:00+08:00' }));
  expect(earlier.status).toBe(409);
  expect((await order(id)).state).toBe('closed');
});

test('an id that was used for something else is 422 and changes nothing', async () => {
  const first = await handled();
  const one = await take('vendor');
  const second = await handled();
  const two = await take('vendor');
  expect((await send(said(one), { id: 'msg_used' })).status).toBe(200);
  expect((await send(said(one, { comment: '改' }), { id: 'msg_used' })).body.code).toBe('idempotency-mismatch');
  expect((await send(said(two), { id: 'msg_used' })).body.code).toBe('idempotency-mismatch');
  expect([(await order(first)).state, (await order(second)).state]).toEqual(['closed', 'following_up']);
});

test('an answer counts although the lease is over, and although an agent holds the next one', async () => {
  const id = await handled();
  const followUp = await take('vendor');
  await pool.query("update follow_ups set lease_until = now() - interval '1 second' where id = $1", [followUp]);
  expect(await take('followUp')).toBe(followUp);
  expect((await send(said(followUp))).status).toBe(200);
  expect((await answer(followUp, { ...content, solved: 'no' })).body.code).toBe('answer-differs');
  expect((await order(id)).state).toBe('closed');
});

test('one that comes after the asking is over is 410; one that comes while a link waits is in time', async () => {
  const over = await handled();
  const late = await take('vendor');
  expect((await attempt(late, { outcome: 'wrong_number' }, 'vendor')).status).toBe(200);
  const told = await send(said(late));
  expect([told.status, told.body.code]).toEqual([410, 'survey-over']);
  expect(await order(over)).toMatchObject({ state: 'closed', followUps: [{ state: 'not_reached', answer: null }] });
  const linked = await handled();
  const inTime = await take('vendor');
  expect((await attempt(inTime, { outcome: 'refused' }, 'vendor')).body.linkSentAt).not.toBeNull();
  expect((await send(said(inTime))).status).toBe(200);
  expect((await order(linked)).state).toBe('closed');
});

test('a vendor answers what it was given, and nothing of anybody else’s', async () => {
  const id = await handled();
  const agents = await take('followUp');
  expect((await send(said(agents))).body.code).toBe('not-found');
  expect((await send(said('00000000-0000-7000-8000-000000000000'))).status).toBe(404);
  const rival = newKey('test');
  const client = {
    name: 'rival',
    roles: ['survey_vendor'],
    unit: null,
    areas: null,
    channels: null,
    cidrs: [],
    expiresAt: null,
  } as const;
  await addClients(pool, [{ id: rival.id, secretHash: rival.secretHash, client }], clock.now());
  const { body } = await call('admin', 'PUT', 'survey-vendors/rival', {});
  expect((await send(said(agents), { vendor: 'rival', secret: body.secret })).status).toBe(404);
  expect((await order(id)).state).toBe('following_up');
  expect((await answer(agents)).status).toBe(200);
  const others = await handled();
  const theirs = await take('vendor');
  expect((await send(said(theirs), { vendor: 'rival', secret: body.secret })).status).toBe(404);
  expect((await order(others)).state).toBe('following_up');
});

const forged: readonly (readonly [what: string, sent: Sent])[] = [
  ['signed with another secret', { secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }],
  ['altered on the way', { payload: '{"followUpId":"x"}' }],
  ['six minutes old', { at: new Date(Date.now() - 360_000) }],
  ['six minutes ahead', { at: new Date(Date.now() + 360_000) }],
  ['of a vendor nobody knows', { vendor: 'nobody' }],
  ['of a vendor that cannot be a name', { vendor: '%00' }],
  ['of a key that is no vendor', { vendor: 'operator' }],
  ['without a signature', { headers: { 'webhook-signature': '' } }],
  ['with half a signature', { headers: { 'webhook-signature': 'v1' } }],
  ['with a moment that is none', { headers: { 'webhook-timestamp': 'noon' } }],
  ['under another id than was signed', { headers: { 'webhook-id': 'msg_other' } }],
  ['under an endless id', { id: 'x'.repeat(300) }],
];
test.each(forged)('a callback %s is 401 and changes nothing', async (_what, sent) => {
  const id = await handled();
  const followUp = await take('vendor');
  const before = (await factsOf(id)).length;
  const refused = await send(said(followUp), sent);
  expect([refused.status, refused.body.code]).toEqual([401, 'signature-wrong']);
  expect((await factsOf(id)).length).toBe(before);
  expect((await order(id)).followUps).toMatchObject([{ state: 'open' }]);
});

test.each(['%00', 'vendor%00', '%20', '%F0%9F%98%80', 'x'.repeat(400)])(
  'a callback in the name of %s is 401 like any other stranger’s',
  async (vendor) => {
    const refused = await send(said('0199a000-0000-7000-8000-000000000001'), { vendor });
    expect([refused.status, refused.body.code]).toEqual([401, 'signature-wrong']);
  },
);

test('the five minutes are of real time, whatever day the city has', async () => {
  clock.set('2026-03-09T10:00:00+08:00');
  await handled();
  expect((await send(said(await take('vendor')))).status).toBe(200);
});

test('a body that is signed and nonsense is a problem, one too long or of another kind is not read', async () => {
  const followUp = (await handled()) && (await take('vendor'));
  expect((await send(said(followUp, { solved: 'perhaps' }))).body.code).toBe('invalid');
  expect((await send(said(followUp, { satisfaction: 'very_dissatisfied' }))).body.code).toBe('reason-missing');
  expect((await send([])).status).toBe(400);
  expect((await send(said(followUp, { comment: 'x'.repeat(70_000) }))).body.code).toBe('too-large');
  const at = new Date();
  const sign = (payload: string) => ({
    'webhook-id': 'msg_raw',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(vendorSecret).sign('msg_raw', at, payload),
  });
  const raw = (payload: string, type: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/callbacks/surveys/vendor',
      headers: { 'content-type': type, ...sign(payload) },
      payload,
    });
  expect((await raw('{', 'application/json')).json().code).toBe('malformed');
  expect((await raw('{"__proto__":{}}', 'application/json')).statusCode).toBe(400);
  expect((await raw('{}', 'text/plain')).statusCode).toBe(415);
});

test('while a secret is exchanged both hold; whoever rotates twice ends the first; secrets are told once', async () => {
  const turned = await call('admin', 'PUT', 'survey-vendors/vendor', { rotate: true });
  expect(turned.body).toMatchObject({ vendor: 'vendor', secrets: 2, secret: expect.stringMatching(/^whsec_/) });
  for (const secret of [vendorSecret, turned.body.secret]) {
    await handled();
    expect((await send(said(await take('vendor')), { secret })).status).toBe(200);
  }
  const own = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const brought = await call('admin', 'PUT', 'survey-vendors/vendor', { secret: own });
  expect([brought.status, brought.body.secret]).toEqual([200, undefined]);
  await handled();
  const followUp = await take('vendor');
  expect((await send(said(followUp))).status).toBe(401); // the first secret is over
  expect((await send(said(followUp), { secret: own })).status).toBe(200);
  const list = await call('admin', 'GET', 'survey-vendors');
  expect(list.body.items).toContainEqual(expect.objectContaining({ vendor: 'vendor', secrets: 2 }));
  expect(list.text).not.toContain('whsec_');
  const { rows } = await pool.query("select body from facts where type = 'survey_vendor_set'");
  expect(JSON.stringify(rows)).not.toContain('whsec_');
});

test('only a survey vendor’s key may be let in, and one that is ended is 401', async () => {
  expect((await call('admin', 'PUT', 'survey-vendors/nobody', {})).status).toBe(404);
  expect((await call('admin', 'PUT', 'survey-vendors/operator', {})).status).toBe(404);
  expect((await call('operator', 'PUT', 'survey-vendors/vendor', {})).status).toBe(403);
  for (const secret of ['whsec_', 'whsec_AAAA', 'secret', `whsec_${'A'.repeat(100)}`])
    expect((await call('admin', 'PUT', 'survey-vendors/vendor', { secret })).status, secret).toBe(400);
  const again = await call('admin', 'PUT', 'survey-vendors/vendor', {});
  expect([again.status, again.body.secret]).toEqual([200, undefined]);
  expect((await call('admin', 'DELETE', 'survey-vendors/rival')).status).toBe(204);
  expect((await call('admin', 'DELETE', 'survey-vendors/rival')).status).toBe(404);
});
