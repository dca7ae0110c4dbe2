import { z } from 'zod';
import { type Addressed, endMessage, lookAtMessages, type Message, takeMessages } from '../actions/messages.ts';
import { type MessageWords, restoredWords, surveyWords, updateWords } from '../channels/sms.ts';
import { messageKinds } from '../domain/messages.ts';
import { claimsOf, claimToken, claimView, goneSignal, mostWaiting, takingIn, waitingIn } from './claims.ts';
import { paged } from './paging.ts';
import { places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const gateway = ['message_gateway'] as const;
const tags = ['messages'];
const states = ['waiting', 'sent', 'failed', 'overtaken'] as const;
const messageOut = z
  .object({
    id: z.string(),
    kind: z.enum(messageKinds),
    state: z.enum(states),
    workOrderId: z.string(),
    requestId: z.string(),
    followUpId: z.string().nullable(),
    incidentId: z.string().nullable(),
    madeAt: s.momentOut,
    expiresAt: s.momentOut,
    doneAt: s.momentOut.nullable(),
    receipt: z.string().nullable(),
  })
  .meta({ id: 'Message' });
const view = ({ orderId, madeAt, expiresAt, doneAt, ...message }: Message): z.input<typeof messageOut> => ({
  id: message.id,
  kind: message.kind,
  state: message.state,
  workOrderId: orderId,
  requestId: message.requestId,
  followUpId: message.followUpId,
  incidentId: message.incidentId,
  madeAt: time(madeAt) as string,
  expiresAt: time(expiresAt) as string,
  doneAt: time(doneAt),
  receipt: message.receipt,
});

/** The city's message gateway (短信网关) takes what residents are to be told, and says what became of it. */
export const messages: Routes = async (app, deps) => {
  const line = places(mostWaiting);
  app.post(
    '/messages/claims',
    {
      // What it answers holds phones and links, and is kept nowhere.
      config: { for: gateway, remember: false },
      schema: {
        summary: 'Lease messages to be sent; waits up to `wait` seconds for one',
        tags,
        body: z.object(takingIn),
        response: {
          200: claimsOf({
            message: z.object({
              id: z.string(),
              kind: z.enum(messageKinds),
              to: z.string().nullable(),
              text: z.object({ zh: z.string(), en: z.string() }),
              link: z.string().nullable().describe('null where nothing is asked'),
              expiresAt: s.momentOut,
            }),
          }),
        },
      },
    },
    async (request, reply) => {
      const taking = waitingIn(line, request.body, request.actor.client, reply);
      const taken = granted(await takeMessages(deps, taking, request.actor, goneSignal(reply)));
      reply.header('cache-control', 'no-store');
      const base = deps.publicUrl ?? `${request.protocol}://${request.host}`;
      return {
        claims: taken.map(({ claim, message, token: secret }) => {
          const { id, kind, phone, expiresAt } = message;
          const link = secret === null ? null : `${base}/v1/${kind === 'restored' ? 'restored' : 'surveys'}/${secret}`;
          return {
            ...claimView(claim),
            message: { id, kind, to: phone, text: wordsOf(message, link), link, expiresAt: time(expiresAt) as string },
          };
        }),
      };
    },
  );

  app.post(
    '/messages/:id/sent',
    {
      config: { for: gateway },
      schema: {
        summary: 'It went out',
        tags,
        params: s.idParams,
        body: z.object({ token: claimToken, receipt: s.said(200).nullish() }),
        response: { 200: messageOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await endMessage(deps, params.id, { ...ending(body), state: 'sent' }, actor))),
  );

  app.post(
    '/messages/:id/failed',
    {
      config: { for: gateway },
      schema: {
        summary: 'It cannot be delivered: who was to be asked by it counts as not reached',
        description: 'Final. To try again later release the claim, or let its lease run out.',
        tags,
        params: s.idParams,
        body: z.object({ token: claimToken, receipt: s.said(200).nullish() }),
        response: { 200: messageOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await endMessage(deps, params.id, { ...ending(body), state: 'failed' }, actor))),
  );

  app.get(
    '/messages',
    {
      config: { for: ['message_gateway', 'shift_leader', 'centre_leader', 'auditor', 'admin'] },
      schema: {
        summary: 'What residents were told by message, or are to be, newest first; without a phone or a word',
        tags,
        querystring: z.object({ state: z.enum(states).optional(), limit: s.limit, cursor: s.idCursor }),
        response: { 200: s.pageOf(messageOut) },
      },
    },
    async ({ query }) => {
      const found = await lookAtMessages(deps, { ...query, limit: query.limit + 1 });
      return paged(found, query.limit, view, (last) => last.id);
    },
  );
};

function wordsOf({ kind, number, news, expiresAt: until }: Addressed, link: string | null): MessageWords {
  if (link === null) return updateWords({ number, news: news ?? '' });
  return kind === 'restored' ? restoredWords({ number, link, until, news }) : surveyWords({ number, link, until });
}

const ending = (body: Readonly<{ token: number; receipt?: string | null | undefined }>) => ({
  token: body.token,
  receipt: body.receipt ?? null,
});
