import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { demo } from '../support/city.ts';
import { askingIn, content } from '../support/follow-ups.ts';

const city = await demo();
const { app, call, clock, deps, pool, runtime } = city;
const { handled, take, attempt, answer, order } = askingIn(city);
await runtime.notices.ready();

let day = 2;
beforeEach(async () => {
  await pool.query("update messages set state = 'overtaken', done_at = now() where state = 'waiting'");
  await pool.query("update follow_ups set state = 'cancelled', take_from = null where state = 'open'");
  day += 1;
  clock.set(`2026-03-${String(day).padStart(2, '0')}T10:00:00+08:00`);
});

/** An order whose resident is to get a link, having refused to talk. */
const linked = async (remarkable: object = {}): Promise<{ id: string; followUp: string }> => {
  const id = await handled(remarkable);
  const followUp = await take();
  const refused = await attempt(followUp, { outcome: 'refused' });
  expect(refused.body.linkSentAt, refused.text).not.toBeNull();
  return { id, followUp };
};
const gateway = (body: object = {}) => call('messageGateway', 'POST', 'messages/claims', { lease: 600, ...body });
const ended = (id: string, how: 'sent' | 'failed', body: object) =>
  call('messageGateway', 'POST', `messages/${id}/${how}`, body);
/** The path of the link in the one message that waits. */
const linkOf = async (): Promise<string> => {
  const { body, text } = await gateway();
  expect(body.claims, text).toHaveLength(1);
  return new URL(body.claims[0].message.link).pathname;
};
const browser = { accept: 'text/html,application/xhtml+xml', 'accept-language': 'zh-CN,zh;q=0.9' };
let address = 0;
const visit = (path: string, headers: object = browser, remoteAddress = `198.51.100.${++address % 250}`) =>
  app.inject({ method: 'GET', url: path, headers: { ...headers }, remoteAddress });
const submit = (path: string, fields: Record<string, string>, headers: object = browser) =>
  app.inject({
    method: 'POST',
    url: path,
    remoteAddress: `198.51.100.${++address % 250}`,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
const filled = {
  contacted: 'yes',
  solved: 'yes',
  satisfaction: 'satisfied',
  reason: '',
  askedToChange: '',
  comment: '',
};
const stored = async (id: string) =>
  (await pool.query('select * from facts where subject_id = $1', [id])).rowCount ?? 0;

test('the gateway gets phone, words and link; the token stands nowhere but as a hash, and in no answer that is kept', async () => {
  await linked({ requester: { name: '测试乙', phone: '13800002222' } });
  const taken = await call('messageGateway', 'POST', 'messages/claims', {}, { 'idempotency-key': 'once' });
  expect(taken.headers['cache-control']).toBe('no-store');
  const { message } = taken.body.claims[0];
  expect(message).toMatchObject({ kind: 'survey_link', to: '13800002222' });
  expect(message.text.zh).toContain(message.link);
  expect(message.text.en).toContain(message.link);
  expect(JSON.stringify(message.text)).not.toContain('测试乙');
  const token = message.link.split('/').at(-1);
  expect(Buffer.from(token, 'base64url')).toHaveLength(16);
  const { rows } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  const keeps = await Promise.all(
    rows.map(async ({ name }) => ({
      name,
      found: (await pool.query(`select 1 from ${name} t where t::text like $1 limit 1`, [`%${token}%`])).rowCount,
    })),
  );
  expect(keeps.filter(({ found }) => found !== 0)).toEqual([]);
  const answers = await pool.query("select 1 from idempotency where key = 'once'");
  expect(answers.rowCount).toBe(0);
  const hashes = await pool.query("select encode(token_hash, 'hex') as hash from survey_links");
  expect(hashes.rows).toContainEqual({ hash: createHash('sha256').update(token).digest('hex') });
});

test('a message that cannot be sent now is released and taken anew, with another token', async () => {
  await linked();
  const [first] = (await gateway()).body.claims;
  expect((await gateway()).body.claims).toEqual([]);
  const released = await call('messageGateway', 'POST', `claims/${first.claimId}/release`, { token: first.token });
  expect(released.body, released.text).toMatchObject({ released: true });
  const [next] = (await gateway()).body.claims;
  expect(next).toMatchObject({ token: first.token + 1, message: { id: first.message.id } });
  expect(next.message.link).not.toBe(first.message.link);
  const late = await ended(first.message.id, 'sent', { token: first.token });
  expect(late.body, late.text).toMatchObject({ status: 409, code: 'lease-lost' });
});

test('a page for people: no script, nobody’s data, not indexed, not kept, in the language asked for', async () => {
  await linked({ requester: { name: '测试丙', phone: '13800003333' }, title: '秘密标题' });
  const path = await linkOf();
  const page = await visit(path);
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.payload).toContain('<form method="post"');
  expect(page.payload).toContain('lang="zh-CN"');
  expect(page.payload).not.toMatch(/<script|测试丙|13800003333|秘密标题|https?:/);
  expect(page.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex, nofollow',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    ),
  });
  const style = /<style>([\s\S]*?)<\/style>/.exec(page.payload)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page.headers['content-security-policy']).toContain(`'sha256-${hash}'`);
  const english = await visit(path, { ...browser, 'accept-language': 'en' });
  expect(english.payload).toContain('Is it solved?');
  expect((await visit(path)).statusCode).toBe(200); // looking uses nothing up
});

test('the page says until when, who reads the words, and where it is in the other language', async () => {
  await linked();
  const path = await linkOf();
  const page = (await visit(path)).payload;
  expect(page).toMatch(/登记日期：2026年3月\d+日。请于2026年3月\d+日前提交。/);
  expect(page).toContain('意见不转给承办单位');
  expect(page).toContain('<a href="?lang=en" lang="en" hreflang="en">English</a>');
  const english = await visit(`${path}?lang=en`);
  expect(english.payload).toMatch(/registered on \d+ March 2026\. Please answer by \d+ March 2026\./);
  expect(english.payload).toContain('<a href="?lang=zh" lang="zh" hreflang="zh">中文</a>');
  const chinese = await visit(`${path}?lang=zh`, { ...browser, 'accept-language': 'en' });
  expect(chinese.payload).toContain('lang="zh-CN"');
  expect((await visit(`${path}?lang=fr`)).payload).toContain('lang="zh-CN"');
  expect((await submit(`${path}?lang=en`, { ...filled, solved: '' })).payload).toContain(
    'Please answer the first three',
  );
  expect((await submit(`${path}?lang=en`, filled)).payload).toContain('Thank you. Your answer is recorded.');
});

test('a form without scripts is an answer: thanks, and the order closes', async () => {
  const { id, followUp } = await linked();
  const path = await linkOf();
  const said = await submit(path, { ...filled, comment: '谢谢 <b>' });
  expect([said.statusCode, said.payload.includes('谢谢，您的回答已记录')]).toEqual([200, true]);
  expect(await order(id)).toMatchObject({
    state: 'closed',
    followUps: [{ id: followUp, state: 'answered', by: 'resident', answer: { solved: 'yes', comment: '谢谢 <b>' } }],
  });
});

test('JSON is an answer too, and “not solved” sends the order back', async () => {
  const { id } = await linked();
  const path = await linkOf();
  const said = await app.inject({
    method: 'POST',
    url: path,
    payload: { ...content, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done', comment: '还是黑的' },
  });
  expect([said.statusCode, said.json()]).toEqual([200, { recorded: true }]);
  expect(await order(id)).toMatchObject({ state: 'rework' });
});

test('a token works once: the second answer is 410, friendly, and changes nothing', async () => {
  const { id } = await linked();
  const path = await linkOf();
  await submit(path, filled);
  const before = await stored(id);
  const again = await submit(path, { ...filled, solved: 'no' });
  expect([again.statusCode, again.payload.includes('已回答或已过期')]).toEqual([410, true]);
  expect((await visit(path)).statusCode).toBe(410);
  const program = await app.inject({ method: 'POST', url: path, payload: content });
  expect([program.statusCode, program.json().code]).toEqual([410, 'survey-over']);
  expect(await stored(id)).toBe(before);
});

test('of two who use a link at once one answers', async () => {
  const { id } = await linked();
  const path = await linkOf();
  const both = await Promise.all([submit(path, filled), submit(path, { ...filled, solved: 'no' })]);
  expect(both.map((r) => r.statusCode).toSorted((a, b) => a - b)).toEqual([200, 410]);
  expect((await order(id)).followUps.filter((f: { state: string }) => f.state === 'answered')).toHaveLength(1);
});

test('an expired link is 410 even before the clock has fired, and an unknown one 404; nothing changes', async () => {
  const { id } = await linked();
  const path = await linkOf();
  clock.set(`2026-03-${String(day + 12).padStart(2, '0')}T10:00:00+08:00`);
  const before = await stored(id);
  expect((await submit(path, filled)).statusCode).toBe(410);
  expect(await stored(id)).toBe(before);
  expect((await order(id)).state).toBe('following_up');
  await fireDue(deps);
  expect((await order(id)).followUps).toMatchObject([{ state: 'not_reached' }]);
  expect((await submit(path, filled)).statusCode).toBe(410);
  for (const token of ['A'.repeat(22), 'x', '%00', '..%2F..', '秘'])
    expect((await visit(`/v1/surveys/${encodeURI(token)}`)).statusCode, token).toBe(404);
  const unknown = await visit(`/v1/surveys/${'A'.repeat(22)}`);
  expect(unknown.payload).toContain('链接无效');
  const program = await visit(`/v1/surveys/${'A'.repeat(22)}`, {});
  expect(program.json().code).toBe('not-found');
});

test.each([
  [{ ...filled, satisfaction: 'very_dissatisfied' }, '请选择不满意的原因'],
  [{ solved: 'yes' }, '请回答前三个问题'],
  [{ ...filled, solved: 'perhaps' }, '请回答前三个问题'],
  [{ ...filled, comment: 'x'.repeat(2001) }, '请回答前三个问题'],
])('a form filled in wrong is shown again with what was said (%#)', async (fields, words) => {
  const { id } = await linked();
  const path = await linkOf();
  const before = await stored(id);
  const again = await submit(path, fields);
  expect([again.statusCode, again.payload.includes(words)]).toEqual([422, true]);
  expect(again.payload).toContain('value="yes" required checked');
  expect(await stored(id)).toBe(before);
  const program = await app.inject({ method: 'POST', url: path, payload: { solved: 'yes' } });
  expect([program.statusCode, program.json().code]).toEqual([400, 'invalid']);
  expect((await submit(path, filled)).statusCode).toBe(200);
});

test('what was written comes back as text, never as page', async () => {
  await linked();
  const path = await linkOf();
  const again = await submit(path, {
    ...filled,
    satisfaction: 'dissatisfied',
    comment: '</textarea><script>1</script>',
  });
  expect(again.payload).toContain('&lt;/textarea&gt;&lt;script&gt;');
  expect(again.payload).not.toContain('<script>');
});

test('a body that is too long, or of another kind, is refused', async () => {
  await linked();
  const path = await linkOf();
  expect((await submit(path, { ...filled, comment: 'x'.repeat(20_000) })).statusCode).toBe(413);
  const xml = await app.inject({ method: 'POST', url: path, headers: { 'content-type': 'text/xml' }, payload: '<a/>' });
  expect(xml.statusCode).toBe(415);
});

test('an address that tries one unknown link after the other is turned away', async () => {
  const from = '203.0.113.9';
  const tries: number[] = [];
  for (let n = 0; n < 32; n++)
    tries.push((await visit(`/v1/surveys/${String(n).padStart(22, 'z')}`, browser, from)).statusCode);
  expect(tries.slice(0, 30).every((status) => status === 404)).toBe(true);
  expect(tries.at(-1)).toBe(429);
  await linked();
  const path = await linkOf();
  expect((await visit(path, browser, from)).statusCode).toBe(429);
  expect((await visit(path)).statusCode).toBe(200);
});

test('a message is leased to one gateway; a lease that runs out offers it again with a new link, and both links work', async () => {
  const { id } = await linked();
  const first = (await gateway()).body.claims[0];
  expect((await gateway()).body.claims).toEqual([]);
  await pool.query("update messages set lease_until = now() - interval '1 second' where state = 'waiting'");
  const second = (await gateway()).body.claims[0];
  expect(second.token).toBe(first.token + 1);
  expect(second.message.link).not.toBe(first.message.link);
  expect((await ended(first.message.id, 'sent', { token: first.token })).body.code).toBe('lease-lost');
  const sent = await ended(second.message.id, 'sent', { token: second.token, receipt: 'sms-1' });
  expect(sent.body).toMatchObject({ state: 'sent', receipt: 'sms-1', workOrderId: id });
  expect((await ended(second.message.id, 'sent', { token: second.token, receipt: 'sms-1' })).status).toBe(200);
  expect((await ended(second.message.id, 'failed', { token: second.token })).body.code).toBe('lease-lost');
  const [old, fresh] = [first, second].map((c) => new URL(c.message.link).pathname);
  expect((await submit(old ?? '', filled)).statusCode).toBe(200);
  expect((await submit(fresh ?? '', filled)).statusCode).toBe(410);
});

test('whoever cannot be delivered to is not reached, and nobody waits seven days for it', async () => {
  const { id } = await linked();
  const { token, message } = (await gateway()).body.claims[0];
  expect((await ended(message.id, 'failed', { token, receipt: 'landline' })).body).toMatchObject({ state: 'failed' });
  expect(await order(id)).toMatchObject({ state: 'closed', followUps: [{ state: 'not_reached' }] });
});

test('a message nobody waits for any more is not sent', async () => {
  const id = await handled();
  const followUp = await take();
  clock.set(`2026-03-${String(day + 8).padStart(2, '0')}T10:00:00+08:00`);
  await fireDue(deps);
  expect((await answer(followUp)).status).toBe(200); // the agent still held the lease
  expect((await gateway()).body.claims).toEqual([]);
  const { items } = (await call('shiftLeader', 'GET', 'messages?state=overtaken')).body;
  expect(items[0]).toMatchObject({ workOrderId: id, state: 'overtaken' });
});

test('a waiting gateway is woken when a link is due', async () => {
  const waiting = gateway({ wait: 20 });
  await expect.poll(() => runtime.deps.waits.waiting(), { interval: 5 }).toBe(1);
  await linked();
  expect((await waiting).body.claims).toHaveLength(1);
});

test('messages are the gateway’s alone, and the list names no phone', async () => {
  await linked();
  expect((await call('followUp', 'POST', 'messages/claims', {})).status).toBe(403);
  expect((await call('messageGateway', 'GET', 'work-orders')).status).toBe(403);
  const { text, body } = await call('messageGateway', 'GET', 'messages?limit=1');
  expect(body.items).toHaveLength(1);
  expect(body.nextCursor).not.toBeNull();
  expect(text).not.toContain('138');
  const nobody = '00000000-0000-7000-8000-000000000000';
  expect((await ended(nobody, 'sent', { token: 1 })).status).toBe(404);
  expect((await ended(body.items[0].id, 'sent', { token: 1 })).status).toBe(404); // never given to it
});
