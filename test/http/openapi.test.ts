import type { HTTPMethods } from 'fastify';
import { expect, test } from 'vitest';
import { roles } from '../../src/domain/city.ts';
import { addClients, newKey } from '../../src/store/clients.ts';
import { demo } from '../support/city.ts';

const { app, call, pool, clock } = await demo();
type Parameter = Readonly<{ in: string; name: string; required?: boolean; description?: string }>;
type Operation = Readonly<{
  summary?: string;
  parameters?: readonly Parameter[];
  requestBody?: unknown;
  security?: readonly unknown[];
  responses: Readonly<Record<string, unknown>>;
}>;
const document = app.swagger() as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

test('the committed OpenAPI document is what the routes say', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../openapi/openapi.json');
});

test('every operation says what it does, what it answers, and that it may fail with a problem document', () => {
  expect(operations.length).toBeGreaterThan(20);
  for (const { name, operation } of operations) {
    expect(operation.summary, name).toBeTruthy();
    expect(
      Object.keys(operation.responses).some((status) => /^[23]/.test(status)),
      name,
    ).toBe(true);
    expect(operation.responses.default, name).toMatchObject({ content: { 'application/problem+json': {} } });
  }
});

/** How an operation tells of a header: that it must be there, that it may, or not at all. */
const toldOf = (header: string, { parameters = [] }: Operation) => {
  const found = parameters.find((parameter) => parameter.in === 'header' && parameter.name === header);
  return found === undefined ? 'no' : found.required === true ? 'required' : 'optional';
};

/** A key that may use everything, so that what is refused is refused for the request. */
const everybody = newKey('test');
await addClients(
  pool,
  [{ ...everybody, client: { name: 'all', roles, unit: null, areas: [], channels: null, cidrs: [], expiresAt: null } }],
  clock.now(),
);
const routes = app.rights
  .filter(({ url }) => url.startsWith('/v1/'))
  .map((route) => ({
    ...route,
    operation: document.paths[route.url.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()],
  }));
let n = 0;
const send = (method: string, url: string, headers: Readonly<Record<string, string>>) =>
  app.inject({
    remoteAddress: `192.0.2.${++n % 250}`, // the limit of one address is not what is asked here
    method: method as HTTPMethods & 'GET',
    url: url.replaceAll(/:[a-zA-Z]+/g, '00000000-0000-7000-8000-000000000000'),
    headers: { authorization: `Bearer ${everybody.key}`, ...headers },
  });

test('every POST that is refused without an Idempotency-Key tells that it is required, and no other', async () => {
  const posts = routes.flatMap(({ method, url, operation, right }) =>
    method === 'POST' && operation !== undefined && right !== 'signed' ? [{ url, operation }] : [],
  );
  expect(posts.length).toBeGreaterThan(100); // a walk that finds nothing must not pass
  for (const { url, operation } of posts) {
    const reply = await send('POST', url, {});
    const isNeeded = reply.json<{ code?: string }>().code === 'idempotency-key-missing';
    expect(toldOf('Idempotency-Key', operation) === 'required', url).toBe(isNeeded);
  }
});

test('every action on an order that is refused without If-Match tells that it is required', async () => {
  const needed = operations.filter(({ operation }) => toldOf('If-Match', operation) === 'required');
  const actions = operations.filter(({ name }) => /^post \/v1\/work-orders\/\{id\}\/actions\/(?!note|urge)/.test(name));
  expect(needed.map(({ name }) => name)).toEqual(actions.map(({ name }) => name));
  const id = '00000000-0000-7000-8000-000000000000';
  expect((await call('operator', 'POST', `work-orders/${id}/actions/accept`, {})).body.code).toBe(
    'precondition-missing',
  );
});

test('every operation tells whether it is used with a key, and that a shared key names its person', () => {
  for (const { url, right, operation } of routes) {
    if (operation === undefined) continue;
    const isKeyless = right === 'public' || right === 'signed';
    expect(operation.security, url).toEqual(isKeyless ? [] : undefined);
    expect(toldOf('Gridcall-Actor', operation), url).toBe(isKeyless ? 'no' : 'optional');
  }
});

test('an upload tells that it takes one file, and says so to whoever sends another body', async () => {
  const url = '/v1/work-orders/:id/attachments';
  const { operation } = routes.find((route) => route.method === 'POST' && route.url === url) ?? {};
  expect(operation?.requestBody).toMatchObject({
    content: { 'multipart/form-data': { schema: { properties: { file: { type: 'string', format: 'binary' } } } } },
  });
  const reply = await send('POST', url, {
    'idempotency-key': 'x',
    'content-type': 'image/jpeg',
    'content-length': '0',
  });
  expect(reply.json()).toMatchObject({ status: 415, accepts: ['multipart/form-data'] });
});

test('every question that statistics and exports are asked with is explained', () => {
  const asked = operations
    .filter(({ name }) => /statistics|exports|dossier|rates/.test(name))
    .flatMap(({ name: of, operation }) => (operation.parameters ?? []).map((parameter) => ({ of, ...parameter })))
    .filter((parameter) => parameter.in === 'query');
  expect(asked.length).toBeGreaterThan(30); // a walk that finds nothing must not pass
  for (const { of, name, description } of asked) expect(description, `${of} ${name}`).toBeTruthy();
  const { description } = asked.find((parameter) => parameter.name === 'w') ?? {};
  expect(description).toMatch(/基本满意/);
});
