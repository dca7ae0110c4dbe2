import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  callsOf,
  draftOrder,
  gridCall,
  listCoordinations,
  lookAtCoordination,
  type OrderCommand,
  onOrder,
  onUnit,
  type SeenCoordination,
} from '../actions/coordinate.ts';
import { lookAtPowers } from '../actions/powers.ts';
import type { CallCommand } from '../domain/coordinate-call.ts';
import {
  answerOf,
  attendance,
  type CalledUnit,
  coordinationStates,
  reportInOf,
  type Slot,
} from '../domain/coordination.ts';
import type { OpenCall } from '../domain/coordination-load.ts';
import { iso } from '../domain/time.ts';
import * as c from './coordination-shapes.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import { versionOf } from './work-orders.ts';
import type { Routes } from './zod.ts';

const callers = [...unitRoles, 'grid_worker'] as const;
const readers = [
  ...hotlineRoles,
  ...unitRoles,
  'grid_worker',
  'supervisor',
  'inspector',
  'auditor',
  'government',
  'legal_office',
] as const;
const tags = ['coordination'];

/** The coordination power (协调权): a street calls units together about one or many work orders. */
export const streets: Routes = async (app, deps) => {
  const viewing = () => ({ city: deps.city().city });
  const slotView = (slot: Slot | null) => slot && { from: iso(slot.from), to: iso(slot.to) };
  const callView = (call: CalledUnit, { order, allowedOnUnits }: SeenCoordination) => {
    const { seq: _s, id: _i, unit, calledAt, acknowledgedAt, reportedInAt, acceptedAt, releasedAt, ...rest } = call;
    return {
      ...rest,
      unit: unitRef(unit, viewing()),
      calledAt: time(calledAt),
      answerBy: time(answerOf(order, call, deps.city().city)?.dueAt ?? null),
      reportInBy: time(reportInOf(order, call)?.dueAt ?? null),
      acknowledgedAt: time(acknowledgedAt),
      reportedInAt: time(reportedInAt),
      acceptedAt: time(acceptedAt),
      releasedAt: time(releasedAt),
      result: call.result && { ...call.result, evidence: [...call.result.evidence], at: iso(call.result.at) },
      refusals: call.refusals.map((r) => ({ ...r, at: iso(r.at) })),
      allowedActions:
        order.units.findLast((each) => each.unit === unit) === call ? [...(allowedOnUnits.get(unit) ?? [])] : [],
    };
  };
  const view = (seen: SeenCoordination): z.input<typeof c.coordinationOut> => {
    const { seq: _s, clocks: _c, ...order } = seen.order;
    const signed = (by: typeof order.draftedBy) => ({ ...by.actor, at: iso(by.at) });
    return {
      ...order,
      street: unitRef(order.street, viewing()),
      workOrderIds: [...order.workOrderIds],
      leftWorkOrderIds: [...order.leftWorkOrderIds],
      slot: slotView(order.slot),
      units: order.units.map((call) => callView(call, seen)),
      attendance: attendance(seen.order),
      outcomeAskedAt: time(order.outcomeAskedAt),
      draftedBy: signed(order.draftedBy),
      issuedBy: order.issuedBy && signed(order.issuedBy),
      endedAt: time(order.endedAt),
      allowedActions: [...seen.allowedActions],
    };
  };
  const answer = (seen: SeenCoordination, reply: FastifyReply) => {
    reply.header('etag', etagOf(seen.order.version));
    return view(seen);
  };
  const created = (seen: SeenCoordination, reply: FastifyReply) => {
    reply.code(201).header('location', `/v1/coordination-orders/${seen.order.id}`);
    return answer(seen, reply);
  };

  app.post(
    '/coordination-orders',
    {
      config: { for: callers, create: true },
      schema: {
        summary: 'Draft a coordination order (吹哨单): one street, any number of work orders and units',
        tags,
        body: c.draftIn,
        response: { 201: c.coordinationOut },
      },
    },
    async ({ body, actor }, reply) => created(granted(await draftOrder(deps, body, actor)), reply),
  );

  app.post(
    '/grid-calls',
    {
      config: { for: ['grid_worker'], create: true },
      schema: {
        summary: 'The one-tap call (网格一呼): drafts an emergency order at the street of the place',
        tags,
        body: c.gridCallIn,
        response: { 201: c.coordinationOut },
      },
    },
    async ({ body: { workOrderId = null, location = null, text }, actor }, reply) =>
      created(granted(await gridCall(deps, { workOrderId, location, text }, actor)), reply),
  );

  app.get(
    '/coordination-orders',
    {
      config: { for: readers },
      schema: {
        summary: 'Coordination orders within sight, newest first',
        tags,
        querystring: z.object({
          street: s.code.optional(),
          unit: s.code.optional(),
          state: s.someOf(coordinationStates).optional(),
          workOrderId: s.id.optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(c.coordinationOut) },
      },
    },
    async ({ query: { limit, ...filter }, actor }) => {
      const found = await listCoordinations(deps, { ...filter, limit: limit + 1 }, actor);
      return paged(found, limit, view, (last) => last.order.id);
    },
  );

  app.get(
    '/coordination-orders/:id',
    {
      config: { for: readers },
      schema: {
        summary: 'A coordination order whole: its units, what each did, and what the caller may do',
        tags,
        params: s.idParams,
        response: { 200: c.coordinationOut },
      },
    },
    async ({ params: { id }, actor }, reply) => answer(granted(await lookAtCoordination(deps, id, actor)), reply),
  );

  for (const [action, { summary, body }] of Object.entries(c.orderActions))
    app.post(
      `/coordination-orders/:id/${action}`,
      {
        config: { for: action === 'amend' ? callers : unitRoles, ifMatch: 'heeded' },
        schema: { summary, tags, params: s.idParams, body, response: { 200: c.coordinationOut } },
      },
      async (request, reply) => {
        const command = { action, said: request.body ?? {} } as OrderCommand;
        const { actor, params } = request;
        return answer(granted(await onOrder(deps, params.id, command, actor, versionOf(request))), reply);
      },
    );

  for (const [action, { summary, body }] of Object.entries(c.unitActions))
    app.post(
      `/coordination-orders/:id/units/:code/${action}`,
      {
        config: { for: unitRoles, ifMatch: 'heeded' },
        schema: {
          summary,
          tags,
          params: z.object({ id: s.id, code: s.code }),
          body,
          response: { 200: c.coordinationOut },
        },
      },
      async (request, reply) => {
        const command = { action, said: request.body ?? {} } as CallCommand;
        const { id, code } = request.params;
        return answer(granted(await onUnit(deps, id, code, command, request.actor, versionOf(request))), reply);
      },
    );

  app.get(
    '/units/:code/calls',
    {
      config: { for: [...unitRoles, ...hotlineRoles, 'supervisor', 'inspector'] },
      schema: {
        summary: 'The calls that hold a unit, in turn, with their slots and how many want it at once',
        tags,
        params: z.object({ code: s.code }),
        response: { 200: c.loadOut },
      },
    },
    async ({ params: { code }, actor }) => {
      const { queue, clashes, unit, ...load } = granted(await callsOf(deps, code, actor));
      return {
        ...load,
        unit: unitRef(unit, viewing()),
        clashes: clashes.map((pair) => [...pair]),
        items: queue.map((call) => openView(call)),
      };
    },
  );
  const openView = ({ order, street, unit: _u, slot, reportInBy, calledAt, ...call }: OpenCall) => ({
    ...call,
    coordinationOrderId: order,
    street: unitRef(street, viewing()),
    slot: slotView(slot),
    reportInBy: time(reportInBy),
    calledAt: iso(calledAt),
  });

  for (const [collection, level] of [
    ['streets', 'street'],
    ['districts', 'district'],
  ] as const)
    app.get(
      `/${collection}/:code/powers/summary`,
      {
        config: { for: [...readers, 'publisher'] },
        schema: {
          summary: `What came of the coordination power of a ${level}: units, calls, cases, closure, report-in on time`,
          description: 'Of the coordination orders issued from `from` on and before `to`.',
          tags,
          params: z.object({ code: s.code }),
          querystring: z.object({ from: s.moment, to: s.moment }),
          response: { 200: c.summaryOut },
        },
      },
      async ({ params: { code }, query: { from, to }, actor }) => {
        const { all, streets: each } = granted(await lookAtPowers(deps, { code, level, from, to }, actor));
        return {
          unit: unitRef(code, viewing()),
          from: iso(from),
          to: iso(to),
          ...all,
          streets: [...each].map(([street, summary]) => ({ street: unitRef(street, viewing()), ...summary })),
        };
      },
    );
};
