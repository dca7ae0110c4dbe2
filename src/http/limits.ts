import { isIP } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import { Refused, refuse } from '../domain/refusal.ts';

import type { App } from './zod.ts';

/** Requests a minute: a key may carry a whole hotline's load, an address without a key only a person's. */
const perMinute = { key: 60_000, address: 120 } as const;

/** Whose address it is: of IPv6 the first 64 bits, since whoever has one such network has all its addresses. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.includes('.')) return address.replace(/^::ffff:/, '');
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4).join(':');
}

/**
 * Publishes the limit of whoever calls in the RateLimit headers of every answer, and turns calls away when the process
 * cannot keep up: when whatever is ready to run waits longer than `mostDelayMs`; never where that is 0.
 */
export async function keepLimits(app: App, mostDelayMs: number): Promise<void> {
  await app.register(rateLimit, {
    timeWindow: 60_000,
    max: (request) => (request.actor.client === 'public' ? perMinute.address : perMinute.key),
    keyGenerator: (request) => (request.actor.client === 'public' ? networkOf(request.ip) : request.actor.client),
    enableDraftSpec: true,
    errorResponseBuilder: () => new Refused(refuse('too-many-requests')),
  });
  await app.register(underPressure, {
    maxEventLoopDelay: mostDelayMs,
    // Looked at no more often than it may wait: a span without any sample counts as endless delay.
    sampleInterval: mostDelayMs,
    retryAfter: 1,
    pressureHandler: () => {
      throw new Refused(refuse('unavailable'));
    },
  });
}
