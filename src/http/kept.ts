import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A strong ETag of what goes out, and leave to keep it for a minute; 304 to whoever has it already. */
export async function keepAMinute(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag).header('cache-control', keptAMinute);
  if (!knows(request, etag)) return payload;
  reply.code(304).removeHeader('content-type');
  return null;
}

/** What was taken down is gone everywhere within a minute. */
export const keptAMinute = 'public, max-age=60';

/** Whether whoever asks has what goes by this ETag already. */
export function knows(request: FastifyRequest, etag: string): boolean {
  const known = new Set(
    (request.headers['if-none-match'] ?? '').split(',').map((each) => each.trim().replace(/^W\//, '')),
  );
  return known.has(etag) || known.has('*');
}
