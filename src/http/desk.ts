import { z } from 'zod';
import { merge, unmerge } from '../actions/merge.ts';
import { type Matter, split } from '../actions/split.ts';
import { createdView } from './created-views.ts';
import { intakeOf } from './operators.ts';
import { createdOut, orderOut } from './order-shapes.ts';
import { granted } from './problem.ts';
import { intakeIn } from './request-shapes.ts';
import { id, idParams } from './shapes.ts';
import { orderWorkers } from './who.ts';
import { answerWith, versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

/** One matter of a call: what is not said is as in the call, its channel always. */
const matterIn = intakeIn.omit({ channel: true, externalId: true }).extend({ confidential: z.boolean().nullish() });

/** The desk's work with several orders at once: merging, un-merging, and splitting a call that held several matters. */
export const desk: Routes = async (app, deps) => {
  app.post(
    '/work-orders/:id/actions/merge',
    {
      config: { for: orderWorkers, ifMatch: 'needed' },
      schema: {
        summary: 'Join the order to another one, which takes its requests (并单)',
        tags: ['work orders'],
        params: idParams,
        body: z.object({ into: id }),
        response: { 200: orderOut },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      const order = granted(await merge(deps, params.id, body.into, actor, versionOf(request)));
      return answerWith(deps, order, request, reply);
    },
  );

  app.post(
    '/requests/:id/unmerge',
    {
      config: { for: orderWorkers, ifMatch: 'heeded' },
      schema: {
        summary: 'Take a request out of the order it was merged into; its own order lives again',
        tags: ['intake'],
        params: idParams,
        response: { 200: orderOut },
      },
    },
    async (request, reply) => {
      const order = granted(await unmerge(deps, request.params.id, request.actor, versionOf(request)));
      return answerWith(deps, order, request, reply);
    },
  );

  app.post(
    '/work-orders/:id/actions/split',
    {
      config: { for: orderWorkers, ifMatch: 'needed' },
      schema: {
        summary: 'Make an order of its own of each further matter of the call (一单多诉)',
        tags: ['work orders'],
        params: idParams,
        body: z.object({ requests: z.array(matterIn).min(1).max(20) }),
        response: { 200: orderOut.extend({ parts: z.array(createdOut) }) },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      const matters = body.requests.map(matterOf);
      const made = granted(await split(deps, params.id, matters, actor, versionOf(request)));
      const viewing = { city: deps.city().city, now: deps.now() };
      const parts = made.parts.map(({ made: part, intake }) => createdView(part, intake, viewing));
      return { ...(await answerWith(deps, made.order, request, reply)), parts };
    },
  );
};

function matterOf(body: z.output<typeof matterIn>): Matter {
  const { channel: _c, ...intake } = intakeOf({ ...body, channel: '', confidential: false });
  return { ...intake, confidential: body.confidential ?? null };
}
