import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { publicNotices } from '../actions/outages.ts';
import { atom, type Entry } from '../channels/atom.ts';
import type { OutageNotice } from '../domain/outage.ts';
import { type Board, publicationCauses } from '../domain/publication.ts';
import type { PublishedPicture } from '../domain/publication-pictures.ts';
import { touches } from '../domain/reach.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { outcomes } from '../domain/work-order.ts';
import { type BoardFilter, type Shown, shownOn, shownOne } from '../reports/boards.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { keepAMinute } from './kept.ts';
import { paged } from './paging.ts';

import { boardPaths, pictureOut } from './publication-shapes.ts';
import * as s from './shapes.ts';
import type { Routes } from './zod.ts';

const tags = ['public'];
const isFor = 'public' as const;
const shown = {
  id: z.string(),
  title: z.string(),
  text: z.string(),
  category: s.named.nullable(),
  unit: s.named,
  street: s.named.nullable(),
  community: s.named.nullable(),
  cause: z.enum(publicationCauses),
  registeredOn: z.string(),
  dueOn: z.string().nullable().describe('by when it had to be done; of what is overdue, the date that passed'),
  publishedAt: s.momentOut,
  updatedAt: s.momentOut,
  pictures: z.array(z.object({ ...pictureOut, href: z.string() })),
  corrections: z.array(z.object({ at: s.momentOut, note: z.string() })),
};
const problemOut = z.object(shown);
const resultOut = z.object({
  ...shown,
  result: z.string(),
  outcome: z.enum([...outcomes, 'terminated']).nullable(),
  evidence: z.array(z.object({ stage: z.enum(['before', 'after']).nullable(), text: z.string() })),
  finishedOn: z.string().nullable(),
  problemId: z.string().nullable(),
});

const filters = {
  unit: s.code.optional(),
  street: s.code.optional(),
  community: s.code.optional(),
  category: s.said(200).optional(),
};
const filterOf = ({ unit, street, community, category }: z.output<z.ZodObject<typeof filters>>) => ({
  unit,
  area: community ?? street,
  category,
});

const pathOf = ({ id, content }: Pick<Shown, 'id' | 'content'>): string =>
  `/v1/public/${boardPaths[content.board]}/${id}`;
const picturePath = (of: Pick<Shown, 'id' | 'content'>, { id }: PublishedPicture): string =>
  `${pathOf(of)}/pictures/${id}`;

const problemView = (item: Shown): z.input<typeof problemOut> => {
  const { id, content, publishedAt, updatedAt } = item;
  const { title, text, category, unit, street, community, cause, registeredOn, dueOn, pictures, corrections } = content;
  const places = { category, unit, street, community };
  const dates = { registeredOn, dueOn, publishedAt: iso(publishedAt), updatedAt: iso(updatedAt) };
  return {
    id,
    title,
    text,
    ...places,
    cause,
    ...dates,
    pictures: pictures.map((picture) => ({ ...picture, href: picturePath(item, picture) })),
    corrections: corrections.map((c) => ({ ...c, at: iso(c.at) })),
  };
};
const resultView = (item: Shown): z.input<typeof resultOut> => {
  const { result, outcome, evidence, finishedOn, problemId } = item.content;
  return { ...problemView(item), result: result ?? '', outcome, evidence: [...evidence], finishedOn, problemId };
};

const titles: Readonly<Record<Board, string>> = { problem: '晾问题', result: '晒结果' };

/**
 * The boards everybody may read (晾问题、晒结果), without a key. They show what the last snapshot of a publication holds
 * and nothing else, and may be kept for a minute by whoever passes them on.
 */
export const publicBoards: Routes = async (app, deps) => {
  app.addHook('onSend', keepAMinute);

  const page = async <V>(
    board: Board,
    query: z.output<z.ZodObject<typeof filters>> & { limit: number; cursor?: string | undefined },
    view: (item: Shown) => V,
  ) => {
    const filter = { ...filterOf(query), boards: [board], after: readCursor(query.cursor), limit: query.limit + 1 };
    const found = await shownOn(deps.reading, filter);
    return paged(found, query.limit, view, (last) => cursorOf({ at: last.publishedAt, id: last.id }));
  };
  const querystring = z.object({ ...filters, limit: s.limit, cursor: s.cursor });

  app.get(
    '/public/problems',
    {
      config: { for: isFor },
      schema: {
        summary: 'Problems that are overdue or listed, by the unit that answers for them (晾问题)',
        tags,
        querystring,
        response: { 200: s.pageOf(problemOut) },
      },
    },
    async ({ query }) => page('problem', query, problemView),
  );

  app.get(
    '/public/results',
    {
      config: { for: isFor },
      schema: {
        summary: 'What became of them, with what was there before and after (晒结果)',
        tags,
        querystring,
        response: { 200: s.pageOf(resultOut) },
      },
    },
    async ({ query }) => page('result', query, resultView),
  );

  const one = async (board: Board, id: string): Promise<Shown> => {
    const found = await shownOne(deps.reading, board, id);
    if (found === null) throw new Refused(refuse('not-found'));
    return found;
  };
  app.get(
    '/public/problems/:id',
    {
      config: { for: isFor },
      schema: { summary: 'One problem that is shown', tags, params: s.idParams, response: { 200: problemOut } },
    },
    async ({ params: { id } }) => problemView(await one('problem', id)),
  );
  app.get(
    '/public/results/:id',
    {
      config: { for: isFor },
      schema: { summary: 'One result that is shown', tags, params: s.idParams, response: { 200: resultOut } },
    },
    async ({ params: { id } }) => resultView(await one('result', id)),
  );

  /** The city's own code keeps its feeds apart from another city's. */
  const cityCode = (): string =>
    deps
      .city()
      .areasAt(deps.now())
      .tree.children(null)
      .map(({ code }) => code)
      .join(' ');
  const feed = async (
    title: string,
    path: string,
    alternate: string,
    filter: Omit<BoardFilter, 'limit'>,
    others: readonly Entry[] = [],
  ) =>
    atom({
      name: `${cityCode()} ${path}`,
      title,
      self: path,
      alternate,
      entries: [...others, ...(await shownOn(deps.reading, { ...filter, limit: 50 })).map(entryOf)],
    });

  for (const board of ['problem', 'result'] as const)
    app.get(
      `/public/${boardPaths[board]}.atom`,
      {
        config: { for: isFor },
        schema: {
          summary: `The latest ${boardPaths[board]} as an Atom feed`,
          tags,
          querystring: z.object(filters),
        },
      },
      async ({ query }, reply) => {
        const asked = new URLSearchParams(
          Object.entries(query).flatMap(([name, value]): [string, string][] =>
            value === undefined ? [] : [[name, value]],
          ),
        ).toString();
        const behind = asked === '' ? '' : `?${asked}`;
        const path = boardPaths[board];
        const text = await feed(titles[board], `/v1/public/${path}.atom${behind}`, `/v1/public/${path}${behind}`, {
          ...filterOf(query),
          boards: [board],
        });
        return sendAtom(reply, text);
      },
    );

  app.get(
    '/public/communities/:code/feed.atom',
    {
      config: { for: isFor },
      schema: {
        summary:
          'What concerns one community as an Atom feed: planned outages, problems that are shown, and their results',
        tags,
        params: z.object({ code: s.code }),
      },
    },
    async ({ params: { code } }, reply) => {
      const { tree } = deps.city().areasAt(deps.now());
      const area = tree.byCode.get(code);
      if (area?.level !== 'community') throw new Refused(refuse('not-found'));
      const path = `/v1/public/communities/${encodeURIComponent(code)}/feed.atom`;
      const alternate = `/v1/public/problems?community=${encodeURIComponent(code)}`;
      const notices = (await publicNotices(deps, 200)).filter(({ reach }) => touches(reach, area, tree));
      const { units } = deps.city().city;
      const outages = notices.map((notice) => outageEntry(notice, units.get(notice.unit)?.name ?? notice.unit));
      return sendAtom(
        reply,
        await feed(area.name, path, alternate, { boards: ['problem', 'result'], area: code }, outages),
      );
    },
  );
};

const sendAtom = (reply: FastifyReply, text: string) =>
  reply.type('application/atom+xml; charset=utf-8').serializer(String).send(text);

const outageEntry = (
  { id, title, category, announcedAt, since, until, text }: OutageNotice,
  author: string,
): Entry => ({
  id,
  title: `计划停用：${title}`,
  author,
  category,
  publishedAt: announcedAt,
  updatedAt: announcedAt,
  link: '/v1/public/notices',
  paragraphs: [`${iso(since).slice(0, 16).replace('T', ' ')} 至 ${iso(until).slice(0, 16).replace('T', ' ')}`, text],
});

const stages = { before: '办理前', after: '办理后' } as const;

const entryOf = ({ id, publishedAt, updatedAt, content }: Shown): Entry => ({
  id,
  title: `${titles[content.board]}：${content.title}`,
  author: content.unit.name,
  category: content.category?.code ?? null,
  publishedAt,
  updatedAt,
  link: pathOf({ id, content }),
  enclosures: content.pictures.map((picture) => ({
    href: picturePath({ id, content }, picture),
    type: 'image/jpeg',
    bytes: picture.bytes,
    title: [stages[picture.stage], picture.caption].filter((part) => part !== '').join('：'),
  })),
  paragraphs: [
    content.text,
    ...(content.result === null ? [] : [`办理结果：${content.result}`]),
    ...content.evidence.map(({ stage, text }) => (stage === null ? text : `${stages[stage]}：${text}`)),
    ...content.corrections.map(({ at, note }) => `更正（${iso(at).slice(0, 10)}）：${note}`),
  ].filter((paragraph) => paragraph !== ''),
});
