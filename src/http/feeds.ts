import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Change, changes, followUnit, writePosition } from '../actions/feed.ts';
import { isRefusal, Refused, refuse } from '../domain/refusal.ts';
import { unitEvent } from '../domain/unit-events.ts';
import { states } from '../domain/work-order.ts';
import { goneSignal, waitingIn } from './claims.ts';
import { places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import { allRoles, hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const mirrors = allRoles.filter((role) => role !== 'survey_vendor' && role !== 'publisher');

/** Streams a process keeps at once, and how much may lie unread in one when more comes; then it is cut. */
const mostStreams = { inAll: 500, each: 50 } as const;
const mostWaiting = { inAll: 500, each: 50 } as const;
const mostUnreadBytes = 1_048_576;
/** A key that was revoked is noticed within three seconds; every fifth look is a heartbeat for proxies. */
const lookEveryMs = 3000;

/** What happens, as it happens: a gap-free feed for field apps and mirrors, and a stream for each unit. */
export const feeds: Routes = async (app, deps) => {
  const open = new Map<ServerResponse, FastifyRequest>();
  const streams = places(mostStreams);
  const line = places(mostWaiting);
  let looks = 0;
  const looking = setInterval(() => {
    const isHeartbeat = ++looks % 5 === 0;
    for (const [raw, request] of open) {
      if (raw.writableEnded) continue;
      if (isHeartbeat) raw.write(': still here\n\n');
      void request.stillMay().then(
        (may) => (may ? null : raw.end()),
        () => null, // the database is away: the next look decides
      );
    }
  }, lookEveryMs);
  looking.unref();
  app.addHook('preClose', async () => {
    clearInterval(looking);
    deps.feed.close();
    for (const raw of open.keys()) raw.end();
  });

  app.get(
    '/changes',
    {
      config: { for: mirrors },
      schema: {
        summary: 'What changed within sight, none skipped and none twice; nextCursor is where to go on, now or later',
        tags: ['feeds'],
        querystring: z.object({
          since: s.cursor,
          limit: s.limit,
          wait: z.coerce.number().int().min(0).max(20).default(0),
        }),
        response: {
          200: z.object({
            items: z.array(
              z.object({
                workOrderId: z.string(),
                number: z.string(),
                version: z.number(),
                state: z.enum(states),
                type: z.string(),
                at: s.momentOut,
              }),
            ),
            nextCursor: z.string(),
            hasMore: z.boolean(),
          }),
        },
      },
    },
    async (request, reply) => {
      const asked = waitingIn(line, request.query, request.actor.client, reply);
      const page = granted(await changes(deps, asked, request.actor, goneSignal(reply)));
      return {
        items: page.changes.flatMap((c) => (c.order === null ? [] : [{ ...orderOf(c), version: c.order.version }])),
        nextCursor: writePosition(page.upTo),
        hasMore: !page.isEnd,
      };
    },
  );

  app.get(
    '/units/:code/stream',
    {
      config: { for: [...unitRoles, ...hotlineRoles, 'supervisor'] },
      schema: {
        summary: 'Server-sent events of a unit: queued, updated, urged, supervised, called; resumes by Last-Event-ID',
        tags: ['feeds'],
        params: z.object({ code: s.code }),
        response: {
          200: { description: 'text/event-stream', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const { raw } = reply;
      if (!streams.take(request.actor.client, raw)) throw new Refused(refuse('unavailable'));
      const begin = beginning(reply);
      const gone = goneSignal(reply);
      const lastId = request.headers['last-event-id'];
      const stop = await followUnit(
        deps,
        request.params.code,
        typeof lastId === 'string' ? lastId : undefined,
        request.actor,
        (all) => {
          begin();
          return write(raw, all.map(asEvent).join(''), gone);
        },
      ).catch((error: unknown) => {
        if (!reply.sent) throw error;
        raw.destroy(); // the stream had begun: its reader comes back and resumes
        return () => {};
      });
      if (isRefusal(stop)) throw new Refused(stop);
      begin();
      if (raw.closed) return stop();
      open.set(raw, request);
      raw.once('close', () => {
        stop();
        open.delete(raw);
      });
    },
  );
};

const orderOf = (c: Change) => ({
  workOrderId: c.order?.id ?? c.subjectId,
  number: c.order?.number ?? '',
  state: c.order?.state ?? ('registered' as const),
  type: c.type,
  at: time(c.happenedAt) as string,
});

/** One event: where it stands in the feed, what it is to the unit, and ids. */
function asEvent(c: Change): string {
  const about =
    c.order === null ? { subject: c.subject, subjectId: c.subjectId } : { ...orderOf(c), version: c.order.version };
  const data = JSON.stringify({ ...about, type: c.type, at: time(c.happenedAt) });
  return `id: ${writePosition(c.at)}\nevent: ${unitEvent(c)}\ndata: ${data}\n\n`;
}

/** Takes the answer out of the framework's hands, once, with the headers it has gathered so far. */
function beginning(reply: FastifyReply): () => void {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    reply.hijack();
    reply.raw.on('error', () => {}); // its reader is gone: 'close' follows
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'close', // nothing follows a stream; a kept connection would hold up a shutdown
    });
    reply.raw.write('retry: 2000\n\n');
  };
}

/** False once the reader is gone or so far behind that it is cut; it will come back and resume. */
function write(raw: ServerResponse, text: string, gone: AbortSignal): boolean | Promise<boolean> {
  if (raw.destroyed || raw.writableEnded) return false;
  if (raw.writableLength > mostUnreadBytes) {
    raw.destroy();
    return false;
  }
  raw.write(text);
  if (!raw.writableNeedDrain) return true;
  return once(raw, 'drain', { signal: gone }).then(
    () => true,
    () => false,
  );
}
