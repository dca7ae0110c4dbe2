import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Claim, extendClaim, releaseClaim } from '../actions/claim.ts';
import type { Role } from '../domain/city.ts';
import type { Places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import { unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

/** How much is taken, how long it is waited for and how long it is leased; seconds of real time. */
export const takingIn = {
  max: z.number().int().min(1).max(50).default(1),
  wait: z.number().int().min(0).max(20).default(0),
  lease: z.number().int().min(30).max(600).default(120),
};

/** The fencing token of a claim. */
export const claimToken = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const claimOut = { claimId: z.string(), token: z.number(), leaseUntil: s.momentOut };
export const claimView = ({ id, token, leaseUntil }: Claim) => ({
  claimId: id,
  token,
  leaseUntil: time(leaseUntil) as string,
});

/** An answer of claims, each with what it is on. */
export const claimsOf = <T extends z.ZodRawShape>(on: T) =>
  z.object({ claims: z.array(z.object({ ...claimOut, ...on })) });

/** Everybody who takes work by lease. */
const claimers: readonly Role[] = [...unitRoles, 'follow_up_agent', 'survey_vendor', 'message_gateway'];

/** What a claimer does with a lease of whatever kind. What it does with the thing itself stands with that. */
export const claims: Routes = async (app, deps) => {
  app.patch(
    '/claims/:id',
    {
      config: { for: claimers },
      schema: {
        summary: 'Lengthen the lease on an order, a resident to ask or a message',
        description:
          'Counted from now, by 120 seconds where no `lease` is given; one that lasts longer stays as it is.',
        tags: ['claims'],
        params: s.idParams,
        body: z.object({ token: claimToken, lease: takingIn.lease }),
        response: { 200: z.object(claimOut) },
      },
    },
    async ({ params, body, actor }) =>
      claimView(granted(await extendClaim(deps, params.id, body.token, body.lease, actor))),
  );

  app.post(
    '/claims/:id/release',
    {
      config: { for: claimers },
      schema: {
        summary: 'Give an order, a resident to ask or a message back to its queue at once',
        tags: ['claims'],
        params: s.idParams,
        body: z.object({ token: claimToken }),
        response: { 200: z.object({ claimId: z.string(), released: z.literal(true) }) },
      },
    },
    async ({ params, body, actor }) => {
      const held = granted(await releaseClaim(deps, params.id, body.token, actor));
      return { claimId: held.id, released: true as const };
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
