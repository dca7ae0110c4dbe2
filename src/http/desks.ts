import { z } from 'zod';
import { leavePost, setActing } from '../actions/posts.ts';
import { handOverShift } from '../actions/shifts.ts';
import { doTask } from '../actions/tasks.ts';
import { done, type TodoItem, todo } from '../actions/todo.ts';
import { holderOf } from '../domain/city.ts';
import { iso } from '../domain/time.ts';
import { todoKinds } from '../domain/todo.ts';
import { states } from '../domain/work-order.ts';
import { cursorOf, far, readCursor } from './cursors.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time, unitRef } from './views.ts';
import { allRoles, hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const workers = [
  ...hotlineRoles,
  ...unitRoles,
  'grid_worker',
  'supervisor',
  'inspector',
  'follow_up_agent',
  'judge',
  'legal_office',
  'government',
  'publisher',
] as const;
const staffers = [...unitRoles, 'supervisor', 'shift_leader', 'centre_leader', 'admin'] as const;

const orderRef = z.object({ id: z.string(), number: z.string(), title: z.string(), state: z.enum(states) });
/** Something that waits. The id of what it is about stands under its own name; an order's is in `workOrder`. */
const itemOut = z
  .object({
    kind: z.enum(todoKinds),
    dueAt: s.momentOut.nullable(),
    light: z.enum(['green', 'yellow', 'red']),
    workOrder: orderRef.nullable(),
    approvalId: z.string().optional(),
    approvalKind: z.string().optional(),
    admissionId: z.string().optional(),
    assistId: z.string().optional(),
    followUpId: z.string().optional(),
    judgementId: z.string().optional(),
    inspectionItemId: z.string().optional(),
    measureId: z.string().optional(),
    supervisionOrderId: z.string().optional(),
    grade: z.string().optional(),
    coordinationOrderId: z.string().optional(),
    undertakingId: z.string().optional(),
    undertakingKind: z.string().optional(),
    meetingId: z.string().optional(),
    publicationId: z.string().optional(),
    /** What of it waits: the state of the call, the meeting or the publication, of the order what its street owes, which look at an admission, what was answered. */
    step: z.string().optional(),
    taskId: z.string().optional(),
    taskKind: z.string().optional(),
  })
  .meta({ id: 'TodoItem' });
const handedOver = {
  id: z.string(),
  from: z.string(),
  to: z.string(),
  note: z.string(),
  at: s.momentOut,
  items: z.array(itemOut),
};
const handOverIn = z.object({ to: s.said(100), note: s.text(2000).default('') });

/** The desks (工作台): what waits for somebody, what they did, and who stands in for whom. */
export const desks: Routes = async (app, deps) => {
  const itemView = ({ kind, id, dueAt, warnAt, workOrder, about }: Omit<TodoItem, 'warnAt'> & Partial<TodoItem>) => ({
    kind,
    dueAt: time(dueAt),
    light: lightOf(dueAt, warnAt ?? null, deps.now()),
    workOrder,
    ...(kind === 'approval' ? { approvalId: id, approvalKind: about ?? '' } : {}),
    ...(kind === 'admission' ? { admissionId: id, step: about ?? '' } : {}),
    ...(kind === 'assist' ? { assistId: id } : {}),
    ...(kind === 'follow_up' ? { followUpId: id } : {}),
    ...(kind === 'judgement' ? { judgementId: id } : {}),
    ...(kind === 'inspection' ? { inspectionItemId: id } : {}),
    ...(kind === 'measure_reply' || kind === 'measure_verdict' ? { measureId: id, grade: about ?? '' } : {}),
    ...(kind === 'supervision_reply' || kind === 'supervision_verdict'
      ? { supervisionOrderId: id, grade: about ?? '' }
      : {}),
    ...(kind === 'call' || kind === 'coordination' ? { coordinationOrderId: id, step: about ?? '' } : {}),
    ...(kind === 'publication' ? { publicationId: id, step: about ?? '' } : {}),
    ...(kind === 'undertaking' ? { undertakingId: id, undertakingKind: about ?? '' } : {}),
    ...(kind === 'consent_decision' ? { undertakingId: id, undertakingKind: 'consent', step: about ?? '' } : {}),
    ...(kind === 'meeting' ? { meetingId: id, step: about ?? '' } : {}),
    ...(kind === 'task' ? { taskId: id, taskKind: about ?? '' } : {}),
  });

  app.get(
    '/todo',
    {
      config: { for: workers },
      schema: {
        summary: 'Everything that waits for the caller’s posts, the first due first (待办)',
        tags: ['desks'],
        querystring: z.object({ limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(itemOut) },
      },
    },
    async ({ query: { limit, cursor }, actor }) => {
      const place = readCursor(cursor);
      const after = place === undefined ? null : { id: place.id, at: place.at === far ? null : place.at };
      const found = await todo(deps, actor, { after, limit: limit + 1 });
      return paged(found, limit, itemView, (last) => cursorOf({ at: last.dueAt ?? far, id: last.id }));
    },
  );

  app.get(
    '/done',
    {
      config: { for: allRoles },
      schema: {
        summary: 'What the caller did, the last first (已办)',
        tags: ['desks'],
        querystring: z.object({
          limit: s.limit,
          cursor: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
        }),
        response: {
          200: s.pageOf(
            z.object({
              id: z.string(),
              type: z.string(),
              at: s.momentOut,
              workOrder: z.object({ id: z.string(), number: z.string(), title: z.string() }).nullable(),
            }),
          ),
        },
      },
    },
    async ({ query: { limit, cursor }, actor }) => {
      const found = await done(deps, actor, { before: cursor ?? null, limit: limit + 1 });
      return paged(
        found,
        limit,
        (item) => ({ ...item, id: String(item.id), at: iso(item.at) }),
        (last) => String(last.id),
      );
    },
  );

  app.post(
    '/tasks/:id/done',
    {
      config: { for: workers },
      schema: {
        summary: 'A task is done',
        tags: ['desks'],
        params: s.idParams,
        body: z.object({ outcome: s.text(2000).optional() }).optional(),
        response: {
          200: z.object({
            id: z.string(),
            kind: z.string(),
            doneAt: s.momentOut.nullable(),
            doneBy: z.string().nullable(),
          }),
        },
      },
    },
    async ({ params, body, actor }) => {
      const { id, kind, doneAt, doneBy } = granted(await doTask(deps, params.id, body?.outcome ?? null, actor));
      return { id, kind, doneAt: time(doneAt), doneBy };
    },
  );

  app.put(
    '/posts/:code/acting',
    {
      config: { for: staffers },
      schema: {
        summary: 'Switch a post to its holder A or B from now on (AB岗)',
        tags: ['desks'],
        params: z.object({ code: s.code }),
        body: z.object({ holder: z.enum(['A', 'B']) }),
        response: {
          200: z.object({
            code: z.string(),
            unit: s.unitRef,
            acting: z.enum(['A', 'B']),
            holder: z.string(),
            since: s.momentOut.nullable(),
          }),
        },
      },
    },
    async ({ params, body, actor }) => {
      const { post, validFrom } = granted(await setActing(deps, params.code, body.holder, actor));
      const { code, acting } = post;
      return { code, unit: unitRef(post.unit, deps.city()), acting, holder: holderOf(post), since: time(validFrom) };
    },
  );

  app.post(
    '/posts/:code/hand-over',
    {
      config: { for: staffers },
      schema: {
        summary: 'Leave a post: everything open of its holder is somebody else’s',
        tags: ['desks'],
        params: z.object({ code: s.code }),
        body: handOverIn,
        response: { 200: z.object({ ...handedOver, post: z.string() }) },
      },
    },
    async ({ params, body, actor }) => {
      const { shift, ...record } = granted(await leavePost(deps, params.code, body, actor));
      return { post: shift, ...handedOverView(record) };
    },
  );

  app.post(
    '/shifts/:id/hand-over',
    {
      config: { for: [...hotlineRoles, 'follow_up_agent'] },
      schema: {
        summary: 'Hand a desk over to the next shift with the list of what is open (交接班)',
        tags: ['desks'],
        params: z.object({ id: s.code }),
        body: handOverIn,
        response: { 200: z.object({ ...handedOver, shift: z.string() }) },
      },
    },
    async ({ params, body, actor }) => {
      const { shift, ...record } = granted(await handOverShift(deps, params.id, body, actor));
      return { shift, ...handedOverView(record) };
    },
  );

  const handedOverView = ({
    id,
    fromActor,
    toActor,
    note,
    at,
    items,
  }: Readonly<{
    id: string;
    fromActor: string;
    toActor: string;
    note: string;
    at: TodoItem['dueAt'];
    items: readonly object[];
  }>) => ({
    id,
    from: fromActor,
    to: toActor,
    note,
    at: time(at) ?? '',
    items: (items as readonly TodoItem[]).map(itemView),
  });
};

/** Yellow from 80 % of the limit; what has no limit of a clock turns red when it is late. */
function lightOf(dueAt: TodoItem['dueAt'], warnAt: TodoItem['warnAt'], now: number): 'green' | 'yellow' | 'red' {
  if (dueAt !== null && now > dueAt) return 'red';
  return warnAt !== null && now >= warnAt ? 'yellow' : 'green';
}
