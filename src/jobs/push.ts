import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { Webhook } from 'standardwebhooks';
import { type Resolving, type Target, targetOf } from '../actions/push-address.ts';
import { iso, type Instant } from '../domain/time.ts';
import { unitEvent } from '../domain/unit-events.ts';
import type { Pool } from '../store/outbox.ts';
import { type Due, type Ending, oweDelivery, recordAttempt, takeDue } from '../store/webhooks.ts';
import type { Log } from './job.ts';
import type { Handler } from './worker.ts';

/** Owes every fact to the webhook of the unit it is addressed to, if it has one. Sending is the pusher's business. */
export const oweToWebhooks: Handler = {
  consumer: 'webhook',
  types: 'all',
  atWebhooks: true,
  handle: async (fact, tx) => {
    if (fact.unit !== null) await oweDelivery(tx, fact.id);
  },
};

export type PushOptions = Readonly<{
  pool: Pool;
  /** IP addresses that may be reached although they are not public. */
  allow: readonly string[];
  log: Log;
  pollMs?: number;
  timeoutMs?: number;
  resolving?: Resolving;
}>;
export type Push = Readonly<{
  /** Looks for due deliveries now; resolves when none is left that was due. */
  kick(): Promise<void>;
  /** Takes nothing more and lets what is under way end. */
  stop(): Promise<void>;
}>;

const atOnce = 20;
const mostReplyBytes = 65_536;

/** Eight attempts over most of a day: after 15 s, then four times longer each time, a fifth more or less by chance. */
export const mostAttempts = 8;
export const waitSeconds = (attempts: number, chance: number): number =>
  15 * 4 ** (attempts - 1) * (0.8 + 0.4 * chance);

/** Sends what is owed to units' webhooks, in real time. The rows are the truth: any number of processes may do this. */
export function startPush({ pool, allow, log, pollMs = 1000, timeoutMs = 15_000, resolving }: PushOptions): Push {
  let looking: Promise<void> | null = null;
  let isStopped = false;

  const kick = (): Promise<void> => {
    looking ??= look()
      .catch((error: { code?: string }) => log.warn({ code: error.code }, 'deliveries could not be read'))
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  async function look(): Promise<void> {
    while (!isStopped) {
      const due = await takeDue(pool, atOnce, Math.ceil(timeoutMs / 1000) + 45);
      await Promise.all(due.map(attempt));
      if (due.length < atOnce) return;
    }
  }
  async function attempt(due: Due): Promise<void> {
    const error = await send(due).then(
      () => null,
      (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
    );
    const { id, unit, attempts } = due;
    const ending: Ending =
      error === null
        ? { state: 'delivered' }
        : attempts >= mostAttempts
          ? { state: 'dead', error }
          : { state: 'pending', error, inSeconds: waitSeconds(attempts, Math.random()) };
    if (ending.state === 'dead') log.warn({ delivery: id, unit, attempts }, 'a delivery was given up');
    await recordAttempt(pool, id, attempts, ending);
  }
  async function send(due: Due): Promise<void> {
    const target = await targetOf(due.url, allow, resolving);
    if (target === null) throw new Error('address refused');
    const body = bodyOf(due);
    const status = await post(target, body, headersOf(due, body), timeoutMs);
    if (status < 200 || status > 299) throw new Error(`answered ${status}`);
  }

  const timer = setInterval(() => void kick(), pollMs);
  return {
    kick,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}

/** Ids and where the order stands now: whoever needs more asks for it with its own key. */
function bodyOf({ type, subject, subjectId, body, order, happenedAt, unit }: Due): string {
  const at = iso(happenedAt.getTime() as Instant);
  const about =
    order === null
      ? { subject, subjectId }
      : { workOrderId: order.id, number: order.number, state: order.state, version: order.version };
  return JSON.stringify({
    type: unitEvent({ type, subject, body }),
    timestamp: at,
    data: { unit, fact: type, ...about },
  });
}

/** Standard Webhooks: the id stays the same over all attempts; one signature for each secret. */
function headersOf({ id, secrets }: Due, body: string): Readonly<Record<string, string>> {
  const at = new Date();
  return {
    'content-type': 'application/json',
    'user-agent': 'gridcall',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

/** Posts to the address that was checked, whatever its name resolves to by now. Redirects are answers like any other. */
function post(
  { url, address, family }: Target,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const begin = url.protocol === 'https:' ? requestSecure : requestPlain;
  const call = begin(
    url,
    {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      signal: AbortSignal.timeout(timeoutMs),
    },
    (reply) => {
      let bytes = 0;
      reply.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= mostReplyBytes) return;
        reject(new Error('reply too long'));
        reply.destroy();
      });
      reply.on('error', () => reject(new Error('reply cut off')));
      reply.on('end', () => resolve(reply.statusCode ?? 0));
    },
  );
  call.on('error', (error: Error & { code?: string }) =>
    reject(
      new Error(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? 'no answer in time'
          : (error.code ?? error.message),
      ),
    ),
  );
  call.end(body);
  return promise;
}
