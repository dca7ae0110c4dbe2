import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { illustrate, openPicture, openShownPicture, photosOf } from '../actions/publish-pictures.ts';
import { boards } from '../domain/publication.ts';
import type { PublishedPicture } from '../domain/publication-pictures.ts';
import { iso } from '../domain/time.ts';
import { keptAMinute, knows } from './kept.ts';
import { granted } from './problem.ts';
import { boardPaths, mask, publicationOut, publicationView } from './publication-shapes.ts';
import { publicationReaders, publisher } from './publishers.ts';
import * as s from './shapes.ts';
import { etagOf } from './views.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

const tags = ['publication'];
const mostPictures = 12;

const pictureIn = z.object({
  attachmentId: s.id,
  stage: z.enum(['before', 'after']),
  caption: s.text(200).default(''),
  masks: z.array(mask).max(50).default([]),
});
const picturesIn = z.object({
  pictures: z
    .array(pictureIn)
    .max(mostPictures)
    .refine((all) => new Set(all.map((each) => each.attachmentId)).size === all.length, 'names a file twice'),
});
const photoOut = z.object({
  attachmentId: z.string(),
  stage: z.enum(['before', 'after']).nullable().describe('what the unit handed it in as'),
  mediaType: z.string(),
  addedAt: s.momentOut,
});
const pictureParams = s.idParams.extend({ pictureId: s.id });
const aPicture = z.unknown().describe('the picture, a JPEG');

/** Pictures before and after (办理前后对比): laid out and covered by a publisher, looked at by a person, then shown. */
export const publicationPictures: Routes = async (app, deps) => {
  app.get(
    '/publications/:id/photos',
    {
      config: { for: publicationReaders },
      schema: {
        summary: 'The pictures of the order that could be shown',
        tags,
        params: s.idParams,
        response: { 200: z.object({ items: z.array(photoOut) }) },
      },
    },
    async ({ params: { id }, actor }) => ({
      items: granted(await photosOf(deps, id, actor)).map(({ stage = null, addedAt, ...photo }) => ({
        ...photo,
        stage,
        addedAt: iso(addedAt),
      })),
    }),
  );

  app.put(
    '/publications/:id/pictures',
    {
      config: { for: publisher, ifMatch: 'heeded' },
      schema: {
        summary: 'Lay out pictures of the order in place of those before, with what is covered (打码)',
        description:
          'Masks are fractions of the upright picture and are filled for good; laid out without any, a picture can be ' +
          'looked at to place them. Nothing of it is shown before somebody outside the handling unit approves, or ' +
          'corrects what is shown, and names it in `picturesChecked`.',
        tags,
        params: s.idParams,
        body: picturesIn,
        response: { 200: publicationOut },
      },
    },
    async (request, reply) => {
      const { actor, params, body } = request;
      const seen = granted(await illustrate(deps, params.id, body.pictures, actor, versionOf(request)));
      reply.header('etag', etagOf(seen.publication.version));
      return publicationView(seen, deps.city());
    },
  );

  app.get(
    '/publications/:id/pictures/:pictureId',
    {
      config: { for: publicationReaders },
      schema: {
        summary: 'A picture that is laid out or was shown: the very file the public sees',
        tags,
        params: pictureParams,
        response: { 200: aPicture },
      },
    },
    async ({ params, actor }, reply) => {
      const { picture, content } = granted(await openPicture(deps, params, actor));
      return sendPicture(reply, picture).header('cache-control', 'no-store').send(content);
    },
  );

  for (const board of boards)
    app.get(
      `/public/${boardPaths[board]}/:id/pictures/:pictureId`,
      {
        config: { for: 'public' },
        schema: {
          summary: 'A picture that stands on the board now; 404 as soon as it does no more',
          tags: ['public'],
          params: pictureParams,
          response: { 200: aPicture, 304: z.null().describe('whoever asks has it already') },
        },
      },
      async (request, reply) => {
        const { picture, content } = granted(await openShownPicture(deps, board, request.params));
        const etag = `"${picture.sha256}"`;
        // Pages of the city and of its media may show it.
        reply.headers({ etag, 'cache-control': keptAMinute, 'cross-origin-resource-policy': 'cross-origin' });
        if (!knows(request, etag)) return sendPicture(reply, picture).send(content);
        content.destroy();
        return reply.code(304).send(null);
      },
    );
};

const sendPicture = (reply: FastifyReply, { id, bytes }: PublishedPicture): FastifyReply =>
  reply.headers({
    'content-type': 'image/jpeg',
    'content-length': String(bytes),
    'content-disposition': `inline; filename="${id}.jpg"`,
    'x-content-type-options': 'nosniff',
  });
