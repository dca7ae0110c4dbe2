import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  actOnUndertaking,
  begin,
  listUndertakings,
  lookAtUndertaking,
  type SeenUndertaking,
  undertakingHistory,
} from '../actions/undertake.ts';
import type { UndertakingCommand } from '../domain/undertake.ts';
import { suggestionTopics, type UndertakingKind, undertakingStates } from '../domain/undertaking.ts';
import { historyOf } from './histories.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { answerShapes, membersIn, undertakingOut, undertakingView } from './undertaking-shapes.ts';
import { etagOf } from './views.ts';
import { allRoles, unitRoles } from './who.ts';
import { versionOf } from './work-orders.ts';
import type { App, HttpDeps, Routes } from './zod.ts';

export const chargers = [...unitRoles, 'supervisor', 'shift_leader', 'centre_leader'] as const;
export const undertakingReaders = allRoles.filter(
  (role) => !['survey_vendor', 'publisher', 'grid_worker', 'judge', 'follow_up_agent'].includes(role),
);

const taskForceIn = z
  .object({
    unit: s.code,
    leader: s.said(100),
    title: s.said(200),
    demand: s.text(5000).default(''),
    plan: s.text(10_000).nullish(),
    members: membersIn.default([]),
    workOrderId: s.id.optional(),
    attention: z.object({ unit: s.code, reason: s.reason }).optional(),
    dueAt: s.moment.optional(),
  })
  .refine(
    ({ workOrderId, attention }) => (workOrderId === undefined) !== (attention === undefined),
    'is about a work order or about a unit on the attention list',
  );

/** What units undertake by a date: task forces, deliberations, suggestions, and the tasks that meetings decide. */
export const undertakings: Routes = async (app, deps) => {
  const created = (path: string, seen: SeenUndertaking, reply: FastifyReply) => {
    reply.code(201).header('location', `/v1/${path}/${seen.undertaking.id}`);
    return answered(deps, seen, reply);
  };

  app.post(
    '/task-forces',
    {
      config: { for: chargers, create: true },
      schema: {
        summary: 'Set up a task force (专班) for a stuck work order, or for a unit on the attention list',
        tags: ['task forces'],
        body: taskForceIn,
        response: { 201: undertakingOut },
      },
    },
    async ({ body: { attention, ...body }, actor }, reply) =>
      created(
        'task-forces',
        granted(await begin(deps, { ...body, kind: 'task_force', about: { attention } }, actor)),
        reply,
      ),
  );

  app.post(
    '/deliberations',
    {
      config: { for: chargers, create: true },
      schema: {
        summary: 'Open a deliberation (议事): rounds of talk with those concerned, and within 15 days a resolution',
        tags: ['deliberations'],
        body: z.object({
          unit: s.code,
          title: s.said(200),
          demand: s.text(5000).default(''),
          leader: s.said(100).nullish(),
          members: membersIn.default([]),
          workOrderId: s.id.optional(),
        }),
        response: { 201: undertakingOut },
      },
    },
    async ({ body, actor }, reply) =>
      created('deliberations', granted(await begin(deps, { ...body, kind: 'deliberation' }, actor)), reply),
  );

  app.post(
    '/suggestions',
    {
      config: { for: unitRoles, create: true },
      schema: {
        summary: 'A street suggests something to its district, which has to answer (建议权)',
        tags: ['suggestions'],
        body: z.object({
          topic: z.enum(suggestionTopics).default('other'),
          title: s.said(200),
          text: s.said(10_000),
          workOrderId: s.id.optional(),
        }),
        response: { 201: undertakingOut },
      },
    },
    async ({ body: { topic, text, ...body }, actor }, reply) =>
      created(
        'suggestions',
        granted(await begin(deps, { ...body, kind: 'suggestion', demand: text, about: { topic } }, actor)),
        reply,
      ),
  );

  collection(app, deps, { path: 'task-forces', kind: 'task_force', tag: 'task forces' });
  collection(app, deps, { path: 'deliberations', kind: 'deliberation', tag: 'deliberations' });
  collection(app, deps, { path: 'suggestions', kind: 'suggestion', tag: 'suggestions' });
};

const answered = (deps: HttpDeps, seen: SeenUndertaking, reply: FastifyReply) => {
  reply.header('etag', etagOf(seen.undertaking.version));
  return undertakingView(seen, { city: deps.city().city, now: deps.now() });
};

/** A collection of one kind; `out` and `more` where it shows more than others do. */
type Collection = Readonly<{
  path: string;
  kind: Exclude<UndertakingKind, 'consent'>;
  tag: string;
  out?: typeof undertakingOut;
  more?: (all: readonly SeenUndertaking[]) => Promise<readonly object[]>;
}>;

/** The routes every kind has alike: its list, one of it with its history, and what is done to one. */
export function collection(
  app: App,
  deps: HttpDeps,
  { path, kind, tag, out = undertakingOut, more = async () => [] }: Collection,
): void {
  const tags = [tag];
  const viewAll = async (all: readonly SeenUndertaking[]) => {
    const viewing = { city: deps.city().city, now: deps.now() };
    const further = await more(all);
    return all.map((seen, i) => ({ ...undertakingView(seen, viewing), ...further[i] }));
  };
  const answer = async (seen: SeenUndertaking, reply: FastifyReply) => {
    reply.header('etag', etagOf(seen.undertaking.version));
    const [view] = await viewAll([seen]);
    if (view === undefined) throw new Error('one was to be viewed');
    return view;
  };

  app.get(
    `/${path}`,
    {
      config: { for: undertakingReaders },
      schema: {
        summary: `The ${tag} within sight, newest first`,
        tags,
        querystring: z.object({
          unit: s.code.optional(),
          by: s.code.optional(),
          state: z.enum(undertakingStates).optional(),
          workOrderId: s.id.optional(),
          meetingId: s.id.optional(),
          overdue: s.flag.optional(),
          attention: s.flag.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(out) },
      },
    },
    async ({ query: { limit, ...query }, actor }) => {
      const found = await listUndertakings(deps, { ...query, kind, limit: limit + 1 }, actor);
      const page = paged(
        found,
        limit,
        (seen) => seen,
        (last) => last.undertaking.id,
      );
      return { ...page, items: await viewAll(page.items) };
    },
  );

  app.get(
    `/${path}/:id`,
    {
      config: { for: undertakingReaders },
      schema: { summary: `One of the ${tag}`, tags, params: s.idParams, response: { 200: out } },
    },
    async ({ params: { id }, actor }, reply) =>
      answer(granted(await lookAtUndertaking(deps, { id, kind }, actor)), reply),
  );

  historyOf(app, path, {
    for: undertakingReaders,
    tags,
    summary: 'What became true of it, oldest first: also who was urged and who was told',
    read: (id, page, actor) => undertakingHistory(deps, { id, kind }, actor, page),
  });

  const action = <B extends z.ZodType>(
    name: string,
    {
      summary,
      body,
      command,
    }: Readonly<{ summary: string; body: B; command: (said: z.output<B>) => UndertakingCommand }>,
  ) =>
    app.post(
      `/${path}/:id/${name}`,
      {
        config: { for: chargers, ifMatch: 'heeded' },
        schema: { summary, tags, params: s.idParams, body, response: { 200: out } },
      },
      async (request, reply) => {
        const { params, actor } = request;
        const said = command(request.body as z.output<B>);
        return answer(
          granted(await actOnUndertaking(deps, { id: params.id, kind }, said, actor, versionOf(request))),
          reply,
        );
      },
    );

  action('notes', {
    summary: 'Note what has been done on the way; a round of a deliberation with those present',
    body: z.object({ text: s.said(5000), present: z.array(s.said(100)).max(100).optional() }),
    command: (said) => ({ action: 'note', said }),
  });
  action('plan', {
    summary: 'Say how it is done, who leads it and who helps: what is not named stays',
    body: z.object({
      plan: s.text(10_000).optional(),
      leader: s.said(100).nullable().optional(),
      members: membersIn.optional(),
    }),
    command: (said) => ({ action: 'plan', said }),
  });
  action('assign', {
    summary: 'Give it to another unit, or set another date',
    body: z
      .object({ unit: s.code.optional(), dueAt: s.moment.optional() })
      .refine(({ unit, dueAt }) => unit !== undefined || dueAt !== undefined, 'names a unit or a date'),
    command: (said) => ({ action: 'assign', said }),
  });
  const shape = answerShapes[kind];
  action(shape.path, {
    summary: shape.summary,
    body: shape.body as z.ZodType<{ text: string; result: 'done' }>,
    command: (said) => ({ action: 'finish', said }),
  });
  action('refuse', {
    summary: 'The answer is not enough: it is owed again, until a new date',
    body: z.object({ reason: s.reason, dueAt: s.moment.optional() }),
    command: (said) => ({ action: 'refuse', said }),
  });
  action('cancel', {
    summary: 'It is no longer wanted',
    body: z.object({ reason: s.reason }),
    command: (said) => ({ action: 'cancel', said }),
  });
}
