import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { claim, extendClaim, lookAtQueue, releaseClaim, returnClaim, signClaim } from '../actions/claim.ts';
import type { Role } from '../domain/city.ts';
import { states } from '../domain/work-order.ts';
import { type Places, places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { briefView, orderView, time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import { answerWith } from './work-orders.ts';
import type { Routes } from './zod.ts';

const unitParams = z.object({ code: s.code });
const token = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** Everybody who takes work by lease. */
const claimers: readonly Role[] = [...unitRoles, 'follow_up_agent', 'survey_vendor', 'message_gateway'];
const lights = ['green', 'yellow', 'red'] as const;

/** How much is taken, how long it is waited for and how long it is leased; seconds of real time. */
export const takingIn = {
  max: z.number().int().min(1).max(50).default(1),
  wait: z.number().int().min(0).max(20).default(0),
  lease: z.number().int().min(30).max(600).default(120),
};

/** Units pull their work (领办): what waits, leases on it, and what a clerk does with a lease. */
export const departments: Routes = async (app, deps) => {
  const viewing = () => ({ city: deps.city().city, now: deps.now() });
  const line = places(mostWaiting);
  // A server that goes down sends those who wait home first.
  app.addHook('preClose', async () => deps.waits.close());

  app.get(
    '/units/:code/queue',
    {
      config: { for: [...unitRoles, ...hotlineRoles, 'supervisor', 'inspector'] },
      schema: {
        summary: 'What stands in a unit’s queue: counts by state and light, and the first of it',
        tags: ['departments'],
        params: unitParams,
        response: {
          200: z.object({
            unit: s.unitRef,
            counts: z.array(z.object({ state: z.enum(states), light: z.enum(lights), count: z.number() })),
            byState: z.partialRecord(z.enum(states), z.number()),
            byLight: z.record(z.enum(lights), z.number()),
            claimable: z.number(),
            leased: z.number(),
            head: z.array(s.orderBriefOut),
          }),
        },
      },
    },
    async (request) => {
      const { counts, claimable, leased, head } = granted(await lookAtQueue(deps, request.params.code, request.actor));
      const sum = (of: (c: (typeof counts)[number]) => boolean) =>
        counts.filter(of).reduce((total, c) => total + c.count, 0);
      return {
        unit: unitRef(request.params.code, viewing()),
        counts: counts as never,
        byState: Object.fromEntries(counts.map(({ state }) => [state, sum((c) => c.state === state)])),
        byLight: {
          green: 0,
          yellow: 0,
          red: 0,
          ...Object.fromEntries(lights.map((l) => [l, sum((c) => c.light === l)])),
        },
        claimable,
        leased,
        head: head.map((order) => briefView(order, viewing())),
      };
    },
  );

  app.post(
    '/units/:code/claims',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'Lease the first orders of the queue to one clerk; waits up to `wait` seconds for one',
        tags: ['departments'],
        params: unitParams,
        body: z.object({ ...takingIn, post: s.code.optional() }),
        response: {
          200: z.object({
            claims: z.array(
              z.object({ claimId: z.string(), token: z.number(), leaseUntil: s.momentOut, workOrder: s.orderOut }),
            ),
          }),
        },
      },
    },
    async (request, reply) => {
      const signal = goneSignal(reply);
      const taking = waitingIn(line, request.body, request.actor.client, reply);
      const claimed = granted(await claim(deps, request.params.code, taking, request.actor, signal));
      return {
        claims: claimed.map(({ claim: { id, token, leaseUntil }, seen }) => ({
          claimId: id,
          token,
          leaseUntil: time(leaseUntil) as string,
          workOrder: orderView(seen, viewing()),
        })),
      };
    },
  );

  app.patch(
    '/claims/:id',
    {
      config: { for: claimers },
      schema: {
        summary: 'Lengthen the lease on an order, a resident to ask or a message, counted from now',
        tags: ['departments'],
        params: s.idParams,
        body: z.object({ token, lease: takingIn.lease }),
        response: { 200: z.object({ claimId: z.string(), token: z.number(), leaseUntil: s.momentOut }) },
      },
    },
    async ({ params, body, actor }) => {
      const held = granted(await extendClaim(deps, params.id, body.token, body.lease, actor));
      return { claimId: held.id, token: held.token, leaseUntil: time(held.leaseUntil) as string };
    },
  );

  app.post(
    '/claims/:id/sign',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'Sign what was claimed, or take up a rework: final',
        tags: ['departments'],
        params: s.idParams,
        body: z.object({ token }),
        response: { 200: s.orderOut },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      return answerWith(deps, granted(await signClaim(deps, params.id, body.token, actor)), request, reply);
    },
  );

  app.post(
    '/claims/:id/release',
    {
      config: { for: claimers },
      schema: {
        summary: 'Give an order, a resident to ask or a message back to its queue at once',
        tags: ['departments'],
        params: s.idParams,
        body: z.object({ token }),
        response: { 200: z.object({ claimId: z.string(), released: z.literal(true) }) },
      },
    },
    async ({ params, body, actor }) => {
      const held = granted(await releaseClaim(deps, params.id, body.token, actor));
      return { claimId: held.id, released: true as const };
    },
  );

  app.post(
    '/claims/:id/return',
    {
      config: { for: unitRoles },
      schema: {
        summary: 'Ask to return the order to another unit; the lease stays with its clerk meanwhile',
        tags: ['departments'],
        params: s.idParams,
        body: z.object({ token, reason: s.reason, basis: s.said(500), proposedUnit: s.code }),
        response: { 200: s.orderOut },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      return answerWith(deps, granted(await returnClaim(deps, params.id, body, actor)), request, reply);
    },
  );
};

/** Waiters at once, in all and of one client. */
export const mostWaiting = { inAll: 1000, each: 200 } as const;

/** What is taken, without waiting where the client has no place left to wait in. */
export const waitingIn = <T extends Readonly<{ wait: number }>>(
  line: Places,
  taking: T,
  client: string,
  { raw }: FastifyReply,
): T => (taking.wait === 0 || line.take(client, raw) ? taking : { ...taking, wait: 0 });

const lookEveryMs = 1500;

/** Ends when the caller is gone before its answer was written, or its key holds no longer: within five seconds. */
export function goneSignal({ raw, request }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const looking = setInterval(() => {
    void request.stillMay().then(
      (may) => may || gone.abort(),
      () => null, // the database is away: the next look decides
    );
  }, lookEveryMs);
  looking.unref();
  raw.once('finish', () => clearInterval(looking));
  raw.once('close', () => {
    clearInterval(looking);
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
