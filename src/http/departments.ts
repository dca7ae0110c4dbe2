import { z } from 'zod';
import { claim, lookAtQueue, returnClaim, signClaim } from '../actions/claim.ts';
import { states } from '../domain/work-order.ts';
import { claimsOf, claimView, goneSignal, mostWaiting, takingIn, claimToken as token, waitingIn } from './claims.ts';
import { orderBriefOut, orderOut } from './order-shapes.ts';
import { places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { briefView, orderView, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import { answerWith } from './work-orders.ts';
import type { Routes } from './zod.ts';

const unitParams = z.object({ code: s.code });
const lights = ['green', 'yellow', 'red'] as const;

/** Units pull their work (领办): what waits, leases on it, and how they sign or return. */
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
            head: z.array(orderBriefOut),
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
          200: claimsOf({ workOrder: orderOut }),
        },
      },
    },
    async (request, reply) => {
      const signal = goneSignal(reply);
      const taking = waitingIn(line, request.body, request.actor.client, reply);
      const claimed = granted(await claim(deps, request.params.code, taking, request.actor, signal));
      return {
        claims: claimed.map(({ claim, seen }) => ({ ...claimView(claim), workOrder: orderView(seen, viewing()) })),
      };
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
        response: { 200: orderOut },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      return answerWith(deps, granted(await signClaim(deps, params.id, body.token, actor)), request, reply);
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
        response: { 200: orderOut },
      },
    },
    async (request, reply) => {
      const { params, body, actor } = request;
      return answerWith(deps, granted(await returnClaim(deps, params.id, body, actor)), request, reply);
    },
  );
};
