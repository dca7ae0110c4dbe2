import { z } from 'zod';
import {
  listIncidents,
  lookAtIncident,
  type OpenedIncident,
  onIncident,
  open,
  type SeenIncident,
} from '../actions/incidents.ts';
import { incidentStates } from '../domain/incident.ts';
import { urgencies } from '../domain/request.ts';
import { iso } from '../domain/time.ts';
import { paged } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { dangerIn, incidentOut, placeIn, placeView, said } from './surge-shapes.ts';
import { etagOf, time, unitRef } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { Routes } from './zod.ts';

const shift = ['shift_leader', 'centre_leader'] as const;
export const incidentReaders = [
  ...hotlineRoles,
  ...unitRoles,
  'follow_up_agent',
  'inspector',
  'auditor',
  'government',
] as const;
const tags = ['surge'];

const words = { title: s.said(200), answer: s.said(2000) };
const dates = { to: s.moment.nullish(), nextUpdateAt: s.moment.nullish() };

/** Incidents (突发事件): one cause, many requests, one lead order, one answer to all. */
export const incidents: Routes = async (app, deps) => {
  const view = ({ incident, lead, counts, allowedActions }: SeenIncident): z.input<typeof incidentOut> => {
    const {
      reach,
      since,
      until,
      leadOrderId: _l,
      openedBy,
      endedBy,
      endedAt: _e,
      updateDueAt: _u,
      updates,
      ...rest
    } = incident;
    const signed = ({ actor, at }: typeof openedBy) => ({ name: actor.name, unit: actor.unit, at: iso(at) });
    return {
      ...rest,
      ...placeView(reach),
      from: iso(since),
      to: time(until),
      responsibleUnit: unitRef(lead.owner, deps.city()),
      workOrder: { id: lead.id, number: lead.number, state: lead.state },
      nextUpdateAt: time(incident.nextUpdateAt),
      danger: {
        words: [...incident.danger.words],
        answers: incident.danger.answers.map((a) => ({ ...a, values: [...a.values] })),
      },
      updates: updates.map(({ at, actor, ...update }) => ({ ...update, at: iso(at), actor: actor.name })),
      counts: { ...counts },
      openedBy: signed(openedBy),
      endedBy: endedBy && signed(endedBy),
      allowedActions: [...allowedActions],
    };
  };
  app.post(
    '/incidents',
    {
      config: { for: shift, create: true },
      schema: {
        summary: 'Open an incident (突发事件): requests that match join its lead order when they come in',
        tags,
        body: z.object({
          ...words,
          ...placeIn,
          ...dates,
          description: s.text(5000).default(''),
          category: s.said(200),
          /** The last-level category of a new lead order, where `category` is not one. */
          leadCategory: s.said(200).optional(),
          from: s.moment.optional(),
          leadUnit: s.code,
          urgency: z.enum(urgencies).default('urgent'),
          /** An order that is there already becomes the lead. */
          workOrderId: s.id.optional(),
          danger: dangerIn.optional(),
        }),
        response: { 201: incidentOut },
      },
    },
    async ({ body, actor }, reply) => {
      const asked: OpenedIncident = {
        title: body.title,
        description: body.description,
        category: body.category,
        leadCategory: body.leadCategory ?? body.category,
        reach: { areas: body.areas ?? [], polygon: body.polygon ?? null },
        since: body.from ?? deps.now(),
        until: body.to ?? null,
        leadUnit: body.leadUnit,
        urgency: body.urgency,
        workOrderId: body.workOrderId ?? null,
        answer: body.answer,
        nextUpdateAt: body.nextUpdateAt ?? null,
        danger: said(body.danger ?? {}),
      };
      const seen = granted(await open(deps, asked, actor));
      reply
        .code(201)
        .header('location', `/v1/incidents/${seen.incident.id}`)
        .header('etag', etagOf(seen.incident.version));
      return view(seen);
    },
  );

  app.get(
    '/incidents',
    {
      config: { for: incidentReaders },
      schema: {
        summary: 'Incidents within sight, newest first',
        tags,
        querystring: z.object({
          state: z.enum(incidentStates).optional(),
          category: s.text(200).optional(),
          limit: s.limit,
          cursor: s.idCursor,
        }),
        response: { 200: s.pageOf(incidentOut) },
      },
    },
    async ({ query, actor }) => {
      const found = await listIncidents(deps, { ...query, limit: query.limit + 1 }, actor);
      return paged(found, query.limit, view, (last) => last.incident.id);
    },
  );

  app.get(
    '/incidents/:id',
    {
      config: { for: incidentReaders },
      schema: {
        summary: 'One incident, with what it has met',
        tags,
        params: s.idParams,
        response: { 200: incidentOut },
      },
    },
    async ({ params, actor }, reply) => {
      const seen = granted(await lookAtIncident(deps, params.id, actor));
      reply.header('etag', etagOf(seen.incident.version));
      return view(seen);
    },
  );

  app.patch(
    '/incidents/:id',
    {
      config: { for: shift },
      schema: {
        summary: 'Change place, window, answer or what tells of danger; what has joined stays',
        tags,
        params: s.idParams,
        body: z.object({
          ...placeIn,
          ...dates,
          title: words.title.optional(),
          answer: words.answer.optional(),
          from: s.moment.optional(),
          danger: dangerIn.optional(),
        }),
        response: { 200: incidentOut },
      },
    },
    async ({ params, body, actor }) => {
      const { from, to, areas, polygon, danger, ...rest } = body;
      const { incident } = granted(await lookAtIncident(deps, params.id, actor));
      const place = said({ areas, polygon });
      const change = {
        ...said(rest),
        ...said({ since: from, until: to }),
        ...(Object.keys(place).length === 0 ? {} : { reach: { ...incident.reach, ...place } }),
        ...(danger === undefined ? {} : { danger: { ...incident.danger, ...said(danger) } }),
      };
      return view(granted(await onIncident(deps, params.id, { action: 'edit', said: change }, actor)));
    },
  );

  app.post(
    '/incidents/:id/updates',
    {
      config: { for: shift, create: true },
      schema: {
        summary: 'Tell everybody who joined, once: each resident reads it with the own request',
        tags,
        params: s.idParams,
        body: z.object({ text: s.said(2000), nextUpdateAt: s.moment.nullish() }),
        response: { 201: incidentOut },
      },
    },
    async ({ params, body, actor }, reply) => {
      const seen = granted(await onIncident(deps, params.id, { action: 'update', said: body }, actor));
      reply.code(201);
      return view(seen);
    },
  );

  app.post(
    '/incidents/:id/end',
    {
      config: { for: shift },
      schema: {
        summary: 'It is over: each of those who joined is asked whether it is restored (恢复了吗)',
        tags,
        params: s.idParams,
        body: z.object({ text: s.said(2000).optional() }).nullish(),
        response: { 200: incidentOut },
      },
    },
    async ({ params, body, actor }) =>
      view(granted(await onIncident(deps, params.id, { action: 'end', said: body ?? {} }, actor))),
  );
};
