import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { lookUpMeeting } from '../actions/lookup-meeting.ts';
import {
  actOnMeeting,
  draft,
  inviteResidents,
  listMeetings,
  lookAtMeeting,
  type MeetingWish,
  meetingHistory,
  redactedFor,
  type SeenMeeting,
} from '../actions/meet.ts';
import { meetingStates } from '../domain/meeting.ts';
import { isRefusal } from '../domain/refusal.ts';
import { historyOf } from './histories.ts';
import * as m from './meeting-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import { proof, proofOf } from './public.ts';
import * as s from './shapes.ts';
import { chargers, collection, undertakingReaders as readers } from './undertakings.ts';
import { etagOf } from './views.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

const tags = ['meetings'];

/** Joint meetings (联席会议): an agenda of what is stuck, decisions that are tasks with dates, and a way up for the rest. */
export const meetings: Routes = async (app, deps) => {
  const viewing = () => ({ city: deps.city().city, now: deps.now() });
  const answer = (seen: SeenMeeting, reply: FastifyReply) => {
    reply.header('etag', etagOf(seen.meeting.version));
    return m.meetingView(seen, viewing());
  };

  app.post(
    '/meetings',
    {
      config: { for: chargers, create: true },
      schema: {
        summary:
          'Draft a joint meeting of a community, street, district or the city; what waits for it is on its agenda',
        tags,
        body: m.meetingIn,
        response: { 201: m.meetingOut },
      },
    },
    async ({ body: { place = null, everyWeeks = null, ...body }, actor }, reply) => {
      const seen = granted(await draft(deps, { ...body, place, everyWeeks }, actor));
      reply.code(201).header('location', `/v1/meetings/${seen.meeting.id}`);
      return answer(seen, reply);
    },
  );

  app.get(
    '/meetings',
    {
      config: { for: readers },
      schema: {
        summary: 'Joint meetings within sight, the last drafted first',
        tags,
        querystring: z.object({
          unit: s.code.optional(),
          state: z.enum(meetingStates).optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(m.meetingInList) },
      },
    },
    async ({ query: { limit, ...query }, actor }) => {
      const found = await listMeetings(deps, { ...query, limit: limit + 1 }, actor);
      return paged(
        found,
        limit,
        (each) => m.meetingListView(each, viewing()),
        (last) => last.meeting.id,
      );
    },
  );

  app.get(
    '/meetings/:id',
    {
      config: { for: readers },
      schema: {
        summary:
          'A joint meeting whole: who is invited, what is stuck and why, what was decided, and where items have been',
        tags,
        params: s.idParams,
        response: { 200: m.meetingOut },
      },
    },
    async ({ params: { id }, actor }, reply) => answer(granted(await lookAtMeeting(deps, id, actor)), reply),
  );

  historyOf(app, 'meetings', {
    for: readers,
    tags,
    summary: 'What became true of the meeting, oldest first',
    read: (id, page, actor) => meetingHistory(deps, id, actor, page),
  });

  app.get(
    '/meetings/:id/redacted',
    {
      config: { for: readers },
      schema: {
        summary: 'The agenda as residents’ representatives see it',
        tags,
        params: s.idParams,
        response: { 200: m.redactedOut },
      },
    },
    async ({ params: { id }, actor }) => m.redactedView(granted(await redactedFor(deps, id, actor)), viewing()),
  );

  const action = <B extends z.ZodType, P extends z.ZodType<{ id: string; itemId?: string }>>(
    path: string,
    {
      summary,
      params,
      body,
      wish,
    }: Readonly<{ summary: string; params: P; body: B; wish: (said: z.output<B>, itemId: string) => MeetingWish }>,
  ) =>
    app.post(
      `/meetings/:id/${path}`,
      {
        config: { for: chargers, ifMatch: 'heeded' },
        schema: { summary, tags, params, body, response: { 200: m.meetingOut } },
      },
      async (request: FastifyRequest, reply) => {
        const { id, itemId = '' } = request.params as { id: string; itemId?: string };
        const said = wish(request.body as z.output<B>, itemId);
        return answer(granted(await actOnMeeting(deps, id, said, request.actor, versionOf(request))), reply);
      },
    );
  const ofMeeting = s.idParams;
  const ofItem = z.object({ id: s.id, itemId: s.id });
  const nothing = z.object({}).nullish();

  action('amend', {
    summary: 'Change a drafted meeting: what is not named stays',
    params: ofMeeting,
    body: m.amendIn,
    wish: (said) => ({ action: 'amend', said }),
  });
  action('agenda', {
    summary: 'Fill the agenda from the stuck orders of the unit’s subtree, each with the reasons why',
    params: ofMeeting,
    body: z.object({ limit: z.number().int().min(1).max(200).default(50) }).nullish(),
    wish: (said) => ({ action: 'fill', said: { limit: said?.limit ?? 50 } }),
  });
  action('items', {
    summary: 'Put a work order or a subject on the agenda by hand',
    params: ofMeeting,
    body: m.itemIn,
    wish: (said) => ({ action: 'add', said }),
  });
  action('items/:itemId/remove', {
    summary: 'Take an item off the agenda',
    params: ofItem,
    body: z.object({ reason: s.reason }),
    wish: ({ reason }, itemId) => ({ action: 'remove', said: { itemId, reason } }),
  });
  action('hold', {
    summary: 'The meeting takes place',
    params: ofMeeting,
    body: nothing,
    wish: () => ({ action: 'hold', said: {} }),
  });
  action('items/:itemId/decisions', {
    summary: 'Decide on an item: a task of a unit with a date, resolved, or unresolved',
    params: ofItem,
    body: m.decisionIn,
    wish: (said, itemId) => ({ action: 'decide', said: { ...said, itemId } }),
  });
  action('minutes', {
    summary: 'Write the minutes',
    params: ofMeeting,
    body: z.object({ text: s.said(50_000) }),
    wish: (said) => ({ action: 'minutes', said }),
  });
  action('close', {
    summary: 'Close the meeting: what is unresolved passes up, what was not reached waits, a series drafts the next',
    params: ofMeeting,
    body: nothing,
    wish: () => ({ action: 'close', said: {} }),
  });
  action('cancel', {
    summary: 'The meeting does not take place; what was on its agenda waits for the next',
    params: ofMeeting,
    body: z.object({ reason: s.reason }),
    wish: (said) => ({ action: 'cancel', said }),
  });

  app.post(
    '/meetings/:id/codes',
    {
      // What it answers opens the agenda, and is kept nowhere.
      config: { for: chargers, remember: false },
      schema: {
        summary:
          'New codes for the residents’ representatives, told this once: with the number they show the redacted agenda',
        tags,
        params: s.idParams,
        response: { 200: z.object({ codes: z.array(z.object({ name: z.string().nullable(), code: z.string() })) }) },
      },
    },
    async ({ params: { id }, actor }, reply) => {
      reply.header('cache-control', 'no-store');
      return { codes: [...granted(await inviteResidents(deps, id, actor)).codes] };
    },
  );

  app.post(
    '/lookup/meetings',
    {
      config: { for: 'public', remember: false },
      schema: {
        summary: 'A joint meeting as a residents’ representative sees it, by its number and the own code',
        tags: ['residents'],
        body: z.object(proof),
        response: { 200: m.redactedOut },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const outcome = await lookUpMeeting(deps, proofOf(request));
      if (isRefusal(outcome) && outcome.code === 'too-many-requests')
        reply.header('retry-after', String(outcome.details.retryAfter));
      return m.redactedView(granted(outcome), viewing());
    },
  );

  collection(app, deps, { path: 'meeting-tasks', kind: 'meeting_task', tag: 'meeting tasks' });
};
