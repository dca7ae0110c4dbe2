import type { HTTPMethods } from 'fastify';
import { expect, test } from 'vitest';
import { roles } from '../../src/domain/city.ts';
import type { Right } from '../../src/http/who.ts';
import { addClients, newKey } from '../../src/store/clients.ts';
import { demo } from '../support/city.ts';

const { app, pool, clock } = await demo();

/** One client for each role, with nothing else. */
const keys = new Map(roles.map((role) => [role, newKey('test')]));
await addClients(
  pool,
  [...keys].map(([role, { id, secretHash }]) => ({
    id,
    secretHash,
    client: { name: `only ${role}`, roles: [role], unit: null, areas: [], channels: null, cidrs: [], expiresAt: null },
  })),
  clock.now(),
);

const routes = app.rights.filter(({ url }) => !url.startsWith('/docs'));
const described = (right: Right): string => (typeof right === 'string' ? right : right.toSorted().join(' '));

test('who may use which route is what has been agreed', async () => {
  const table = routes.map(({ method, url, right }) => `${method} ${url}: ${described(right)}`).toSorted();
  expect(table.length).toBeGreaterThan(20); // a walk that finds nothing must not pass
  await expect(`${table.join('\n')}\n`).toMatchFileSnapshot('rights.txt');
});

let n = 0;
const send = async (method: string, url: string, key?: string): Promise<number> => {
  n += 1;
  const reply = await app.inject({
    // The limit of an address without a key is not what is asked here.
    remoteAddress: `192.0.2.${n % 250}`,
    method: method as HTTPMethods & 'GET',
    url: url.replaceAll(/:[a-zA-Z]+/g, '00000000-0000-7000-8000-000000000000').replace('*', 'x'),
    headers: { 'idempotency-key': 'x', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
  return reply.statusCode;
};

const walked = routes.filter(({ url }) => !url.endsWith('/stream'));
test.each(walked)('$method $url is refused to whom it is not for', async ({ method, url, right }) => {
  if (right === 'public') return expect(await send(method, url)).not.toBe(401);
  expect(await send(method, url)).toBe(401);
  if (right === 'signed') return;
  for (const role of roles) {
    const status = await send(method, url, keys.get(role)?.key);
    const allowed = right === 'anyone' || right.includes(role);
    // Whoever has the right may still be refused for what they sent, but never for who they are.
    if (!allowed) expect(status, role).toBe(403);
    else expect([401, 500].includes(status), `${role} ${status}`).toBe(false);
  }
});
