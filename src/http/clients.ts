import { z } from 'zod';
import { type Client, endClient, holds, clients as listAll, makeClient } from '../actions/clients.ts';
import { clientIn, clientOut } from './city-shapes.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const tags = ['clients'];
const keyedOut = clientOut.extend({ key: z.string().nullable().describe('told once; null in the answer to a retry') });

const clientView = (client: Client): z.input<typeof clientOut> => ({
  id: client.id,
  name: client.name,
  roles: [...client.roles],
  unit: client.unit,
  areas: client.areas && [...client.areas],
  channels: client.channels && [...client.channels],
  cidrs: [...client.cidrs],
  createdAt: time(client.createdAt) ?? '',
  expiresAt: time(client.expiresAt),
  revokedAt: time(client.revokedAt),
  active: holds(client),
});

/** Keys (密钥): who may call the city, made, shown and ended by an admin. */
export const clients: Routes = async (app, deps) => {
  app.get(
    '/clients',
    {
      config: { for: ['admin', 'auditor'] },
      schema: {
        summary: 'Every client, without its secret',
        tags,
        querystring: z.object({ name: s.said(100).optional(), limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(clientOut) },
      },
    },
    async ({ query }) => {
      const all = (await listAll(deps)).filter((c) => query.name === undefined || c.name === query.name);
      const { items, nextCursor } = pageByCode(all, (c) => c.id, query);
      return { items: items.map(clientView), nextCursor };
    },
  );

  app.post(
    '/clients',
    {
      config: { for: ['admin'], create: 'own' },
      schema: {
        summary: 'Make a key. It is told once; two of one name may hold, so that a system can change over',
        tags,
        body: clientIn,
        response: { 201: keyedOut },
      },
    },
    async ({ body, actor, attempt }, reply) => {
      const render = (client: Client) => ({
        status: 201,
        headers: { 'content-type': 'application/json; charset=utf-8', location: `/v1/clients/${client.id}` },
        body: Buffer.from(JSON.stringify(keyedOut.parse({ ...clientView(client), key: null }))),
      });
      const given = { ...body, cidrs: body.cidrs.map(String) };
      const made = granted(await makeClient(deps, actor, given, attempt && { attempt, render }));
      reply.code(201).header('cache-control', 'no-store');
      if (made.kind === 'answered')
        return reply.headers({ ...made.answer.headers, 'idempotent-replayed': 'true' }).send(made.answer.body as never);
      reply.header('location', `/v1/clients/${made.client.id}`);
      return { ...clientView(made.client), key: made.key };
    },
  );

  app.post(
    '/clients/:id/revoke',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'End a key: within five seconds it is refused everywhere',
        tags,
        params: z.object({ id: z.string().regex(/^[0-9a-f]{12}$/) }),
        response: { 200: clientOut },
      },
    },
    async ({ params, actor }) => clientView(granted(await endClient(deps, actor, params.id))),
  );
};
