import { z } from 'zod';
import {
  issueNotice,
  listNotices,
  lookAtNotice,
  onNotice,
  publicNotices,
  type SeenOutage,
} from '../actions/outages.ts';
import { type OutageNotice, outageLife, outageStates } from '../domain/outage.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { placeIn, placeOut, placeView, said } from './surge-shapes.ts';
import { etagOf, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const writers = ['shift_leader', 'centre_leader', 'unit_leader'] as const;
const readers = [...hotlineRoles, ...unitRoles, 'grid_worker', 'follow_up_agent', 'inspector', 'auditor'] as const;
const tags = ['surge'];

const publicOut = z.object({
  number: z.string(),
  title: z.string(),
  category: z.string(),
  ...placeOut,
  from: s.momentOut,
  to: s.momentOut,
  text: z.string(),
  contact: z.string().nullable(),
  responsibleUnit: s.unitRef,
});
const signed = z.object({ name: z.string(), unit: z.string().nullable(), at: s.momentOut });
const noticeOut = publicOut
  .extend({
    id: z.string(),
    version: z.number(),
    state: z.enum(outageStates),
    announcedAt: s.momentOut,
    answersAtOnce: z.boolean(),
    issuedBy: signed,
    withdrawnBy: signed.nullable(),
    withdrawnBecause: z.string().nullable(),
    allowedActions: z.array(z.enum(Object.keys(outageLife) as [string, ...string[]])),
  })
  .meta({ id: 'Notice' });

/** Notices of planned outages (计划停电停水通告): they answer at intake, before anybody is sent out. */
export const outages: Routes = async (app, deps) => {
  const publicView = (notice: OutageNotice): z.input<typeof publicOut> => ({
    number: notice.number,
    title: notice.title,
    category: notice.category,
    ...placeView(notice.reach),
    from: iso(notice.since),
    to: iso(notice.until),
    text: notice.text,
    contact: notice.contact,
    responsibleUnit: unitRef(notice.unit, deps.city()),
  });
  const by = ({ actor, at }: OutageNotice['issuedBy']) => ({ name: actor.name, unit: actor.unit, at: iso(at) });
  const view = ({ notice, allowedActions }: SeenOutage): z.input<typeof noticeOut> => ({
    ...publicView(notice),
    id: notice.id,
    version: notice.version,
    state: notice.state,
    announcedAt: iso(notice.announcedAt),
    answersAtOnce: notice.answersAtOnce,
    issuedBy: by(notice.issuedBy),
    withdrawnBy: notice.withdrawnBy && by(notice.withdrawnBy),
    withdrawnBecause: notice.withdrawnBecause,
    allowedActions: [...allowedActions],
  });

  app.post(
    '/notices',
    {
      config: { for: writers, create: true },
      schema: {
        summary: 'Issue a notice of a planned outage; a utility issues its own',
        tags,
        body: z.object({
          title: s.said(200),
          category: s.said(200),
          ...placeIn,
          from: s.moment,
          to: s.moment,
          /** From when on those who ask are told; now if not given. */
          announcedAt: s.moment.optional(),
          text: s.said(2000),
          contact: s.said(200).nullish(),
          unit: s.code,
          /** Answer what it covers without asking whether the caller is content with that. */
          answersAtOnce: z.boolean().default(false),
        }),
        response: { 201: noticeOut },
      },
    },
    async ({ body, actor }, reply) => {
      const { areas = [], polygon = null, from, to, announcedAt, contact = null, ...rest } = body;
      const dates = { since: from, until: to, announcedAt: announcedAt ?? deps.now() };
      const seen = granted(await issueNotice(deps, { ...rest, ...dates, contact, reach: { areas, polygon } }, actor));
      reply.code(201).header('location', `/v1/notices/${seen.notice.id}`).header('etag', etagOf(seen.notice.version));
      return view(seen);
    },
  );

  app.get(
    '/notices',
    {
      config: { for: readers },
      schema: {
        summary: 'Notices, newest first, past ones too; `at` leaves out what is over or withdrawn then',
        tags,
        querystring: z.object({
          category: s.text(200).optional(),
          unit: s.code.optional(),
          at: s.moment.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(noticeOut) },
      },
    },
    async ({ query, actor }) => {
      const found = await listNotices(deps, { ...query, limit: query.limit + 1 }, actor);
      return paged(found, query.limit, view, (last) => last.notice.id);
    },
  );

  app.get(
    '/notices/:id',
    {
      config: { for: readers },
      schema: { summary: 'One notice', tags, params: s.idParams, response: { 200: noticeOut } },
    },
    async ({ params, actor }, reply) => {
      const seen = granted(await lookAtNotice(deps, params.id, actor));
      reply.header('etag', etagOf(seen.notice.version));
      return view(seen);
    },
  );

  app.patch(
    '/notices/:id',
    {
      config: { for: writers },
      schema: {
        summary: 'Change a notice that is not over',
        tags,
        params: s.idParams,
        body: z.object({
          title: s.said(200).optional(),
          ...placeIn,
          from: s.moment.optional(),
          to: s.moment.optional(),
          announcedAt: s.moment.optional(),
          text: s.said(2000).optional(),
          contact: s.said(200).nullish(),
          answersAtOnce: z.boolean().optional(),
        }),
        response: { 200: noticeOut },
      },
    },
    async ({ params, body, actor }) => {
      const { from, to, areas, polygon, ...rest } = body;
      const { notice } = granted(await lookAtNotice(deps, params.id, actor));
      const place = said({ areas, polygon });
      const reach = Object.keys(place).length === 0 ? {} : { reach: { ...notice.reach, ...place } };
      const change = { ...said({ ...rest, since: from, until: to }), ...reach };
      return view(granted(await onNotice(deps, params.id, { action: 'change', said: change }, actor)));
    },
  );

  app.post(
    '/notices/:id/withdraw',
    {
      config: { for: writers },
      schema: {
        summary: 'Withdraw a notice: the work is put off, or was announced by mistake',
        tags,
        params: s.idParams,
        body: z.object({ reason: s.reason }),
        response: { 200: noticeOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await onNotice(deps, params.id, { action: 'withdraw', said: body }, actor))),
  );

  app.get(
    '/public/notices',
    {
      config: { for: 'public' },
      schema: {
        summary: 'Planned outages that are announced and not over, in the order they begin',
        tags: ['public'],
        querystring: z.object({ limit: s.limit }),
        response: { 200: z.object({ items: z.array(publicOut) }) },
      },
    },
    async ({ query }) => ({ items: (await publicNotices(deps, query.limit)).map(publicView) }),
  );
};
