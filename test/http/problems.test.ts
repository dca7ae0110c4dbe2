import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';

const { app, call } = await demo();
beforeAll(() => app.listen({ host: '127.0.0.1', port: 0 }));
afterAll(() => app.server.closeAllConnections());

/** What comes back for bytes that no client of HTTP would send. */
async function raw(
  bytes: string,
): Promise<{ status: number; type: string | undefined; body: Record<string, unknown> }> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(bytes);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    type: /^content-type: (.*)$/im.exec(head)?.[1],
    body: JSON.parse(body) as Record<string, unknown>,
  };
}
const rest = (more = '') => ` HTTP/1.1\r\nhost: city\r\nconnection: close\r\n${more}\r\n`;

test.each([
  [
    'an address that is not percent-encoded',
    `GET /v1/work-orders?category=城市管理${rest()}`,
    400,
    'address-malformed',
  ],
  ['an address with half an escape', `GET /%zz${rest()}`, 400, 'address-malformed'],
  ['a method nobody has heard of', `FOO /v1/work-orders${rest()}`, 400, 'malformed'],
  ['headers without end', `GET /v1/work-orders${rest(`x: ${'a'.repeat(20_000)}\r\n`)}`, 431, 'headers-too-large'],
  ['an address without end', `GET /${'a'.repeat(20_000)}${rest()}`, 431, 'headers-too-large'],
  ['a name in the path that is too long', `GET /v1/work-orders/${'a'.repeat(600)}${rest()}`, 413, 'too-large'],
])('%s is answered with a problem document', async (_name, bytes, status, code) => {
  const answer = await raw(bytes);
  expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, code } });
  expect(answer.body).toMatchObject({ type: `/problems/${code}`, requestId: expect.any(String) as string });
});

test('a request that cannot be read is refused in the language it asks for', async () => {
  const asking = (language: string) => raw(`GET /城市${rest(`accept-language: ${language}\r\n`)}`);
  expect((await asking('en')).body.title).toMatch(/percent-encode/);
  expect((await asking('zh-CN')).body.title).toMatch(/百分号编码/);
});

const han = /^[^A-Za-z]*\p{Script=Han}/u;
test('what is wrong with a request is said in the language of the request', async () => {
  const at = async (language: string, path: string) =>
    (await call('dispatcher', 'GET', path, undefined, { 'accept-language': language })).body;
  for (const path of ['work-orders?limit=600', 'work-orders?limit=x', 'work-orders?state=nowhere', 'work-orders/x']) {
    const [zh, en] = [await at('zh-CN', path), await at('en', path)];
    expect(zh.errors, path).toHaveLength(en.errors.length);
    expect(zh.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      en.errors.map(({ pointer }: { pointer: string }) => pointer),
    );
    for (const { message } of zh.errors) expect(message, path).toMatch(han);
    for (const { message } of en.errors) expect(message, path).not.toMatch(han);
    expect(zh.detail).toContain(zh.errors[0].message);
  }
});

test('a body without what it needs, and one with a wrong kind, is told so in Chinese', async () => {
  const { errors } = (await call('operator', 'POST', 'requests', { ...aLight(), title: 5, channel: undefined })).body;
  expect(errors).toContainEqual({ pointer: '/channel', message: expect.stringMatching(han) as string });
  expect(errors).toContainEqual({ pointer: '/title', message: '无效输入：期望 文本，实际接收 数字' });
  const { results } = (await call('operator', 'POST', 'requests/batch', { items: [{ ...aLight(), title: 5 }] })).body;
  expect(results[0].problem.errors).toEqual([{ pointer: '/title', message: '无效输入：期望 文本，实际接收 数字' }]);
});

test('what the shapes of almost every body say themselves is said in Chinese, too', async () => {
  const body = { ...aLight(), title: ' ', description: 'a\u0000', receivedAt: '1969-01-01T00:00:00Z' };
  const { errors } = (await call('operator', 'POST', 'requests', body)).body;
  expect(errors).toHaveLength(3);
  for (const { pointer, message } of errors) expect(message, pointer).toMatch(/\p{Script=Han}/u);
  const english = await call('operator', 'POST', 'requests', body, { 'accept-language': 'en' });
  for (const { pointer, message } of english.body.errors) expect(message, pointer).toMatch(/^must /);
});

test('a moment that cannot be read is answered with one that can, and with how a URL writes it', async () => {
  for (const language of ['zh', 'en']) {
    const path = '/v1/statistics/rates?by=unit&from=2026-03-02T09:00:00+08:00&to=2026-03-03T09:00:00%2B08:00';
    const { body } = await call('auditor', 'GET', path, undefined, { 'accept-language': language });
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0]).toMatchObject({ pointer: '/from', message: expect.stringContaining('%2B') as string });
    expect(body.errors[0].message).toContain('2026-03-02T09:00:00+08:00');
  }
});

test('moments in a refusal are written as everywhere else', async () => {
  const move = {
    category: '城市管理/部件',
    from: '510107-urban-management',
    to: '510107-housing',
    basis: '权随责走决定',
    effectiveAt: '2026-03-01T09:00:00+08:00',
  };
  const { body } = await call('dispatcher', 'POST', 'directory/moves', move);
  expect(body).toMatchObject({ code: 'in-the-past', effectiveAt: '2026-03-01T09:00:00+08:00' });
});
