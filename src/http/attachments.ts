import { createHash } from 'node:crypto';
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Attachment,
  discard,
  file,
  filesOf,
  mayAttach,
  openAttachment,
  type Received,
  receive,
} from '../actions/attach.ts';
import { type Attempt, beginning } from '../actions/attempts.ts';
import { type MediaType, mediaTypes } from '../domain/media.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import { places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { orderWorkers } from './who.ts';
import type { Routes } from './zod.ts';

const readers = [...orderWorkers, 'auditor', 'legal_office', 'government', 'follow_up_agent'] as const;
const mostBytes = 20 * 1024 * 1024;
/** Files on their way at once: each lies on disk, and a picture waits there for its turn. */
const mostUploads = { inAll: 200, each: 50 } as const;

const attachmentOut = z
  .object({
    id: z.string(),
    workOrderId: z.string(),
    mediaType: z.enum(Object.keys(mediaTypes) as [MediaType, ...MediaType[]]),
    bytes: z.number(),
    sha256: z.string(),
    name: z.string(),
    addedBy: z.string(),
    addedAt: s.momentOut,
  })
  .meta({ id: 'Attachment' });

/** Photos, recordings and papers of an order. What a file is, its own first bytes say. */
export const attachments: Routes = async (app, deps) => {
  await app.register(multipart, { limits: { fileSize: mostBytes, files: 1, fields: 10 }, throwFileSizeLimit: false });
  const attempts = beginning(deps);
  const uploads = places(mostUploads);

  app.post(
    '/work-orders/:id/attachments',
    {
      config: { for: orderWorkers, create: 'own' },
      schema: {
        summary: 'Add a file of up to 20 MB: JPEG, PNG, WebP, MP4, M4A, MP3 or PDF. Pictures are kept encoded anew',
        tags: ['attachments'],
        consumes: ['multipart/form-data'],
        params: s.idParams,
        response: { 201: attachmentOut },
      },
    },
    async (request, reply) => {
      const { params, actor } = request;
      if (!uploads.take(actor.client, reply.raw)) throw new Refused(refuse('unavailable'));
      granted(await mayAttach(deps, params.id, actor));
      const received = await receivedOf(request);
      const attempt = attemptOf(request, received);
      const known = await attempts.begin(attempt).catch(async (error: unknown) => {
        await discard(deps, received);
        throw error;
      });
      if (known.kind !== 'new') await discard(deps, received);
      if (known.kind === 'mismatch') throw new Refused(refuse('idempotency-mismatch'));
      if (known.kind === 'running') throw new Refused(refuse('idempotency-running'));
      if (known.kind === 'done') {
        const { status, headers, body } = known.answer;
        return reply
          .code(status as 201)
          .headers({ ...headers, 'idempotent-replayed': 'true' })
          .send(body as never);
      }
      try {
        const filed = await attempts.lasting(attempt, () => file(deps, params.id, received, actor));
        const body = attachmentOut.parse(attachmentView(granted(filed)));
        const headers = {
          'content-type': 'application/json; charset=utf-8',
          location: `/v1/attachments/${body.id}`,
        };
        await attempts.finish(attempt, { status: 201, headers, body: Buffer.from(JSON.stringify(body)) });
        return reply.code(201).headers(headers).send(body);
      } catch (error) {
        await attempts.forget(attempt);
        throw error;
      }
    },
  );

  app.get(
    '/work-orders/:id/attachments',
    {
      config: { for: readers },
      schema: {
        summary: 'The files of the order, the oldest first',
        tags: ['attachments'],
        params: s.idParams,
        querystring: z.object({ limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(attachmentOut) },
      },
    },
    async ({ params: { id }, query: { limit, cursor }, actor }) => {
      const asked = { after: readCursor(cursor), limit: limit + 1 };
      const found = granted(await filesOf(deps, id, asked, actor));
      return paged(found, limit, attachmentView, (last) => cursorOf({ at: last.addedAt, id: last.id }));
    },
  );

  /** The one file of the body, as it came; anything else about the body is the client's mistake. */
  async function receivedOf(request: FastifyRequest): Promise<Received> {
    if (!request.isMultipart()) throw new Refused(refuse('unsupported-media-type'));
    const part = await request.file().catch(() => {
      throw new Refused(refuse('malformed'));
    });
    if (part === undefined)
      throw new Refused(refuse('invalid', { errors: [{ pointer: '/file', message: 'a file is missing' }] }));
    try {
      return granted(
        await receive(deps, {
          name: nameOf(part),
          content: contentOf(part),
          tooLarge: () => part.file.truncated,
        }),
      );
    } finally {
      part.file.resume(); // what nobody reads any more must not keep the body from ending
    }
  }

  app.get(
    '/attachments/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'The file itself, never shown in the page',
        tags: ['attachments'],
        params: s.idParams,
        response: { 200: z.unknown().describe('the content, with its own media type') },
      },
    },
    async ({ params, actor }, reply) => {
      const { attachment, content } = granted(await openAttachment(deps, params.id, actor));
      const end = mediaTypes[attachment.mediaType as MediaType];
      return reply
        .headers({
          'content-type': attachment.mediaType,
          'content-length': String(attachment.bytes),
          'content-disposition': `attachment; filename="${attachment.id}.${end}"; filename*=UTF-8''${encodeURIComponent(attachment.name)}`,
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        })
        .send(content);
    },
  );
};

/** An upload that breaks off is the client's failure, not ours. */
async function* contentOf({ file }: MultipartFile): AsyncGenerator<Uint8Array> {
  try {
    yield* file as AsyncIterable<Uint8Array>;
  } catch {
    throw new Refused(refuse('malformed'));
  }
}

/** The file's own name without its path and without what no name should hold. */
const nameOf = ({ filename }: MultipartFile): string =>
  (filename ?? '')
    .replace(/^.*[/\\]/, '')
    .replaceAll(/[\p{C}"]/gu, '')
    .toWellFormed()
    .slice(0, 200) || 'file';

/** The same key with another file, as it was sent, is another request. */
function attemptOf({ attempt, url }: FastifyRequest, { sha256 }: Received): Attempt {
  if (attempt === null) throw new Error('a create has an attempt');
  return { ...attempt, hash: createHash('sha256').update(`POST ${url}\n${sha256}`).digest('hex') };
}

const attachmentView = ({ id, orderId, mediaType, bytes, sha256, name, addedBy, addedAt }: Attachment) => ({
  id,
  workOrderId: orderId,
  mediaType: mediaType as MediaType,
  bytes,
  sha256,
  name,
  addedBy,
  addedAt: iso(addedAt),
});
