import { z } from 'zod';
import { cityLists, thingsOf } from '../actions/city-lists.ts';
import { type Catalogued, countVisits } from '../actions/services.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { type Service, type ServiceKey, serviceKeys, serviceWays, type VisitShares } from '../domain/service.ts';
import { iso } from '../domain/time.ts';
import { serviceIn, serviceLimit } from './city-shapes.ts';
import { serve } from './city-things.ts';
import { keepAMinute } from './kept.ts';
import { pageByCode } from './paging.ts';

import * as s from './shapes.ts';
import { readers } from './statistics.ts';
import { portionOut } from './statistics-shapes.ts';
import { unitRef } from './views.ts';
import type { Routes } from './zod.ts';

const shares = {
  noVisit: portionOut.describe('services for which nobody has to come (一次不跑)'),
  atMostOne: portionOut.describe('services for which one visit at most is needed (最多跑一次)'),
};
const sharesOut = z.object({
  at: s.momentOut,
  by: z.enum(serviceKeys),
  all: z.object(shares),
  items: z.array(z.object({ key: z.object({ code: z.string().nullable(), name: z.string().nullable() }), ...shares })),
});
const shownOut = z.object({
  code: z.string(),
  name: z.string(),
  unit: s.unitRef,
  category: z.string().nullable(),
  materials: z.array(z.string()),
  limit: serviceLimit,
  visitsNeeded: z.number(),
  ways: z.array(z.enum(serviceWays)),
});
const by = z.enum(serviceKeys).default('level').describe('level tells the city’s own services from a district’s');
const visits = z.coerce.number().int().min(0).max(20).optional().describe('so many visits at most');

const sharesView = ({ noVisit, atMostOne }: VisitShares) => ({ noVisit: { ...noVisit }, atMostOne: { ...atMostOne } });
const catalogueView = (of: Catalogued, key: ServiceKey): z.input<typeof sharesOut> => ({
  at: iso(of.at),
  by: key,
  all: sharesView(of.all),
  items: [...of.by].map(([code, each]) => ({
    key: { code, name: code === null ? null : (of.city.units.get(code)?.name ?? code) },
    ...sharesView(each),
  })),
});

/** The service catalogue (服务事项目录): what residents can apply for, what they bring, and how often they have to come. */
export const services: Routes = async (app, deps) => {
  const shown = ({ article: _a, unit, ...service }: Service): z.input<typeof shownOut> => ({
    ...service,
    unit: unitRef(unit, deps.city()),
    materials: [...service.materials],
    ways: [...service.ways],
  });

  serve(app, deps, {
    path: 'services',
    kind: 'service',
    noun: 'service of the catalogue',
    body: serviceIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.service,
  });

  app.get(
    '/statistics/services',
    {
      config: { for: readers },
      schema: {
        summary: 'How much of the catalogue needs no visit (一次不跑), or one at most, now or at another moment',
        tags: ['statistics'],
        querystring: z.object({
          by,
          at: s.moment.optional().describe('the catalogue as it stood then; now, where it is not said'),
          category: s.said(200).optional().describe('only this category and all below it'),
        }),
        response: { 200: sharesOut },
      },
    },
    async ({ query }) => catalogueView(await countVisits(deps, query), query.by),
  );

  app.get(
    '/public/services',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'What residents can apply for, with what they bring and how often they have to come, by code',
        tags: ['public'],
        querystring: z.object({
          unit: s.code.optional(),
          category: s.said(200).optional(),
          q: s.said(100).optional().describe('words of its name'),
          visits,
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(shownOut) },
      },
    },
    async ({ query: { limit, cursor, visits: most, ...query } }) => {
      const wanted = thingsOf(cityLists.service, deps.city(), { ...query, visits: most?.toString() });
      const page = pageByCode(wanted, ({ code }) => code, { limit, cursor });
      return { ...page, items: page.items.map(shown) };
    },
  );

  app.get(
    '/public/services/shares',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'How much of the catalogue needs no visit (一次不跑), or one at most (最多跑一次), as it is now',
        tags: ['public'],
        querystring: z.object({ by }),
        response: { 200: sharesOut.omit({ at: true }) },
      },
    },
    async ({ query }) => {
      // Without the moment, so that the answer stays the same for as long as the catalogue does.
      const { at: _at, ...view } = catalogueView(await countVisits(deps, query), query.by);
      return view;
    },
  );

  app.get(
    '/public/services/:code',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'One service with its standard answer',
        tags: ['public'],
        params: z.object({ code: s.said(200) }),
        response: { 200: shownOut.extend({ answer: z.string().nullable() }) },
      },
    },
    async ({ params: { code } }) => {
      const { services: all, knowledge } = deps.city();
      const service = all.get(code);
      if (service === undefined) throw new Refused(refuse('not-found'));
      return { ...shown(service), answer: knowledge.get(service.article ?? '')?.text ?? null };
    },
  );
};
