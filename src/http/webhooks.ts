import { z } from 'zod';
import type { Webhook } from '../actions/webhook.ts';
import { deliveriesOf, endWebhook, lookAtWebhook, redriveDeliveries, setWebhook } from '../actions/webhook.ts';
import type { Instant } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import { unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const config = { for: [...unitRoles, 'admin'] } as const;
const params = z.object({ code: s.code });
const tags = ['webhooks'];
const deliveryStates = ['pending', 'delivered', 'dead'] as const;

const webhookOut = z.object({
  unit: z.string(),
  url: z.string(),
  secrets: z.number(),
  changedBy: z.string(),
  changedAt: s.momentOut,
});
const told = z.object({ ...webhookOut.shape, secret: z.string().optional() });
const view = ({ unit, url, secrets, changedBy, changedAt }: Webhook) => ({
  unit,
  url,
  secrets: secrets.length,
  changedBy,
  changedAt: time(changedAt) as string,
});
const moment = (at: Date | null) => (at === null ? null : time(at.getTime() as Instant));

/** Push instead of pull: where a unit's facts go, what became of each, and once more for what was given up. */
export const webhooks: Routes = async (app, deps) => {
  app.put(
    '/units/:code/webhook',
    {
      config,
      schema: {
        summary: 'Set where a unit is pushed to; the secret is told once, `rotate` makes another beside the last',
        tags,
        params,
        body: z.object({ url: s.said(2000), rotate: z.boolean().default(false) }),
        response: { 200: told, 201: told },
      },
    },
    async ({ params: { code }, body, actor }, reply) => {
      const { webhook, secret, isNew } = granted(await setWebhook(deps, code, body, actor));
      reply.header('cache-control', 'no-store').code(isNew ? 201 : 200);
      return { ...view(webhook), ...(secret === null ? {} : { secret }) };
    },
  );

  app.get(
    '/units/:code/webhook',
    { config, schema: { summary: 'Where a unit is pushed to', tags, params, response: { 200: webhookOut } } },
    async ({ params: { code }, actor }) => view(granted(await lookAtWebhook(deps, code, actor))),
  );

  app.delete(
    '/units/:code/webhook',
    { config, schema: { summary: 'Push no more', tags, params, response: { 204: z.null() } } },
    async ({ params: { code }, actor }, reply) => {
      granted(await endWebhook(deps, code, actor));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/units/:code/webhook/deliveries',
    {
      config,
      schema: {
        summary: 'What was pushed, is to be pushed or was given up, newest first',
        tags,
        params,
        querystring: z.object({ state: z.enum(deliveryStates).optional(), limit: s.limit, cursor: s.idCursor }),
        response: {
          200: s.pageOf(
            z.object({
              id: z.string(),
              type: z.string(),
              subjectId: z.string(),
              state: z.enum(deliveryStates),
              attempts: z.number(),
              nextAt: s.momentOut.nullable(),
              lastError: z.string().nullable(),
              madeAt: s.momentOut.nullable(),
              doneAt: s.momentOut.nullable(),
            }),
          ),
        },
      },
    },
    async ({ params: { code }, query, actor }) => {
      const found = granted(await deliveriesOf(deps, code, { ...query, limit: query.limit + 1 }, actor));
      return paged(
        found,
        query.limit,
        (d) => ({
          ...d,
          nextAt: d.state === 'pending' ? moment(d.nextAt) : null,
          madeAt: moment(d.madeAt),
          doneAt: moment(d.doneAt),
        }),
        (last) => last.id,
      );
    },
  );

  app.post(
    '/units/:code/webhook/redrive',
    {
      config,
      schema: {
        summary: 'Try what was given up once more: these deliveries, or all',
        tags,
        params,
        body: z.object({ ids: z.array(s.id).max(1000).optional() }).default({}),
        response: { 200: z.object({ redriven: z.number() }) },
      },
    },
    async ({ params: { code }, body, actor }) => ({
      redriven: granted(await redriveDeliveries(deps, code, body.ids ?? null, actor)),
    }),
  );
};
