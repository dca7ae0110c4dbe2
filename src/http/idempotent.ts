import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Answer, type Attempt, beginning } from '../actions/attempts.ts';
import { Refused, refuse } from '../domain/refusal.ts';

import type { HttpDeps } from './zod.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The attempt an Idempotency-Key names; null without one. */
    attempt: Attempt | null;
    attemptRuns: boolean;
  }
}

/** Headers that belong to the answer itself. */
const keptHeaders = ['content-type', 'location', 'etag', 'cache-control'] as const;

/**
 * Any POST may carry an Idempotency-Key, a create must. The same key with the same body gets the first answer to the
 * byte; nothing is kept of an attempt that was refused or failed.
 */
export function rememberAnswers(app: FastifyInstance, deps: HttpDeps): void {
  const attempts = beginning(deps);
  app.decorateRequest('attempt', null);
  app.decorateRequest('attemptRuns', false);
  app.addHook('preValidation', async (request) => {
    if (request.method !== 'POST') return;
    const { create, remember = true } = request.routeOptions.config;
    if (!remember) return;
    const key = request.headers['idempotency-key'];
    if (key === undefined && create) throw new Refused(refuse('idempotency-key-missing'));
    if (key === undefined) return;
    if (typeof key !== 'string' || key.length === 0 || key.length > 255)
      throw new Refused(refuse('idempotency-key-missing'));
    const hash = digest(request);
    // Residents have no key of their own: nobody's key is taken by what somebody else sends.
    const client = request.actor.client === 'public' ? `public ${hash}` : request.actor.client;
    request.attempt = { client, key, hash };
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.attempt === null || request.routeOptions.config.create === 'own') return;
    const known = await attempts.begin(request.attempt);
    if (known.kind === 'done')
      return reply
        .code(known.answer.status)
        .headers({ ...known.answer.headers, 'idempotent-replayed': 'true' })
        .send(known.answer.body);
    if (known.kind === 'mismatch') throw new Refused(refuse('idempotency-mismatch'));
    if (known.kind === 'running') throw new Refused(refuse('idempotency-running'));
    request.attemptRuns = true;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!request.attemptRuns || request.attempt === null) return payload;
    request.attemptRuns = false;
    const text = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (reply.statusCode >= 400 || !text) await attempts.forget(request.attempt);
    else await attempts.finish(request.attempt, answerOf(reply.statusCode, reply.getHeaders(), payload));
    return payload;
  });
}

function answerOf(status: number, headers: Readonly<Record<string, unknown>>, payload: string | Buffer): Answer {
  const kept = Object.fromEntries(
    keptHeaders.filter((name) => headers[name] !== undefined).map((name) => [name, String(headers[name])]),
  );
  return { status, headers: kept, body: Buffer.from(payload) };
}

const digest = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body) ?? ''}`)
    .digest('hex');
