import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aLight, demo } from '../support/city.ts';
import { nastyText, type Schema, valuesOf } from '../support/from-schema.ts';

const { app, call, keys } = await demo();

type Parameter = Readonly<{ name: string; in: string; schema: Schema }>;
type Operation = Readonly<{
  parameters?: readonly Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}>;

const light = (await call('operator', 'POST', 'requests', aLight())).body;
const held = (await call('operator', 'POST', 'requests', aLight({ disposition: 'hold' }))).body;
const ids: string[] = [light.request.id, light.workOrder.id, held.request.id, held.workOrder.id];
const senders = [
  'operator',
  'dispatcher',
  'shiftLeader',
  'gridWorker',
  'followUp',
  'admin',
  'centreLeader',
  'unit:510107-urban-management',
  'unit:510107001',
];

const document = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase() as 'GET' | 'POST',
    path,
    operation,
  })),
);
// Streams do not end, and waiting is tested elsewhere.
const walked = operations.filter(({ path }) => !path.endsWith('/stream'));

const value = (parameter: Parameter): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: valuesOf(parameter.schema, ids).map((v) => (typeof v === 'string' ? v : (JSON.stringify(v) ?? ''))),
    },
    { weight: 2, arbitrary: fc.constantFrom(...ids, '510107001', 'hotline') },
    { weight: 1, arbitrary: nastyText },
  );

const written = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80'; // a lone surrogate cannot be written: send its bytes
  }
};

const callOf = ({ path, operation }: (typeof walked)[number]) => {
  const parameters = (operation.parameters ?? []).filter((p) => p.in === 'path' || p.in === 'query');
  const schema = operation.requestBody?.content['application/json']?.schema;
  return fc
    .record({
      as: fc.constantFrom(...senders),
      values: fc.tuple(
        ...parameters.map((p) => fc.option(value(p), { nil: undefined, freq: p.in === 'path' ? 1000 : 3 })),
      ),
      body: schema ? valuesOf(schema, ids) : fc.constant(undefined),
      match: fc.constantFrom('*', '*', '*', '"v3"', '"v0"', 'x', '"v99999999999"'),
    })
    .map(({ as, values, body, match }) => {
      let url = path;
      const query: string[] = [];
      parameters.forEach((p, i) => {
        const given = values[i];
        if (p.in === 'path') url = url.replace(`{${p.name}}`, written(given ?? 'x') || 'x');
        else if (given !== undefined) query.push(`${p.name}=${written(given)}`);
      });
      return { as, url: query.length > 0 ? `${url}?${query.join('&')}` : url, body: limitWaits(body), match };
    });
};

/** A fuzzed long poll would only make this test slow. */
const limitWaits = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'wait' in body ? { ...body, wait: 0 } : body;

let n = 0;
test.each(walked)(
  '$method $path answers anything with less than 500, and a refusal with a problem',
  async (each) => {
    await fc.assert(
      fc.asyncProperty(callOf(each), async ({ as, url, body, match }) => {
        const reply = await app.inject({
          method: each.method,
          url,
          headers: {
            authorization: `Bearer ${keys[as]}`,
            'if-match': match,
            'idempotency-key': `f${++n}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { payload: JSON.stringify(body) ?? '' }),
        });
        expect(reply.statusCode, `${url} ${JSON.stringify(body)} ${reply.payload}`).toBeLessThan(500);
        if (reply.statusCode >= 400) {
          expect(reply.headers['content-type']).toContain('application/problem+json');
          expect(reply.json()).toMatchObject({ status: reply.statusCode, type: `/problems/${reply.json().code}` });
        }
      }),
      { numRuns: 40 },
    );
  },
  60_000,
);

test.each([
  '{',
  '',
  'null',
  '[]',
  '"x"',
  '{"a":1e999}',
  '{"__proto__":{"a":1}}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
])('a body of %j is never a 500', async (payload) => {
  const reply = await app.inject({
    method: 'POST',
    url: '/v1/requests',
    headers: {
      authorization: `Bearer ${keys.operator}`,
      'idempotency-key': `b${++n}`,
      'content-type': 'application/json',
    },
    payload,
  });
  expect(reply.statusCode).toBeGreaterThanOrEqual(400);
  expect(reply.statusCode).toBeLessThan(500);
  expect(reply.headers['content-type']).toContain('application/problem+json');
});
