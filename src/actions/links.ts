import { createHmac } from 'node:crypto';
import { type Refusal, refuse } from '../domain/refusal.ts';
import { blockedFor, countTry, wrongCodes } from '../store/codes.ts';
import { findLinked, type Linked } from '../store/messages.ts';
import type { Deps } from './deps.ts';
import { hashOf } from './messages.ts';

/** What a resident's link of this kind answers. Nobody guesses 128 bits; an address that tries for long is turned away. */
export async function linked<K extends Linked['kind']>(
  { pool, codeKey }: Deps,
  token: string,
  kind: K,
  address: string,
): Promise<Extract<Linked, { kind: K }> | Refusal> {
  const place = `survey ${createHmac('sha256', codeKey).update(address).digest('hex')}`;
  const waits = await blockedFor(pool, place, wrongCodes.address);
  if (waits > 0) return refuse('too-many-requests', { retryAfter: waits });
  const found = /^[\w-]{22}$/.test(token) ? await findLinked(pool, hashOf(token)) : null;
  if (found?.kind === kind) return found as Extract<Linked, { kind: K }>;
  await countTry(pool, place, wrongCodes.address);
  return refuse('not-found');
}
