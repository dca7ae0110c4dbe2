import { z } from 'zod';
import { cityLists, thingsOf } from '../actions/city-lists.ts';
import { type Covered, coverage, nearest, placeOf } from '../actions/service-points.ts';
import { placeLevels } from '../actions/statistics.ts';
import { isRefusal } from '../domain/refusal.ts';
import { type ServicePoint, walkingSpeed } from '../domain/service-point.ts';
import { iso } from '../domain/time.ts';
import { servicePointIn, unitHours } from './city-shapes.ts';
import { serve } from './city-things.ts';
import { keepAMinute } from './kept.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { readers } from './statistics.ts';
import { portionOut } from './statistics-shapes.ts';
import { unitRef } from './views.ts';
import type { Routes } from './zod.ts';

const pointOut = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.string(),
  unit: s.unitRef,
  lon: z.number(),
  lat: z.number(),
  address: z.string().nullable(),
  hours: unitHours.nullable().describe('null: those of its unit'),
});
const covered = {
  ground: portionOut.nullable().describe('square metres; null where the shape is not known'),
  requests: portionOut.extend({ unknown: z.number().describe('requests without a place of their own') }),
};
const coverageOut = z.object({
  from: s.momentOut,
  to: s.momentOut,
  level: z.enum(placeLevels),
  minutes: z.number(),
  metresPerMinute: z.number(),
  radiusM: z.number(),
  distance: z.literal('straight').describe('as the crow flies: no network of streets is known'),
  points: z.number(),
  all: z.object(covered),
  items: z.array(z.object({ area: s.areaRef, ...covered })),
  nextCursor: z.string().nullable(),
});

const coveredView = ({ ground, requests }: Covered): z.input<z.ZodObject<typeof covered>> => ({
  ground: ground && { ...ground },
  requests: { ...requests },
});

/** Where residents are served near home (网格党群服务中心), the nearest one, and how far they reach (“3分钟”幸福生活圈). */
export const servicePoints: Routes = async (app, deps) => {
  const view = ({ unit, hours, ...point }: ServicePoint): z.input<typeof pointOut> => ({
    ...point,
    unit: unitRef(unit, deps.city()),
    hours: hours && (structuredClone(hours) as z.input<typeof unitHours>),
  });

  app.get(
    '/service-points/nearest',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The service points nearest to a place, straight on, and how long one walks there',
        tags: ['service points'],
        querystring: z.object({
          lon: z.coerce.number().min(-180).max(180),
          lat: z.coerce.number().min(-90).max(90),
          crs: servicePointIn.shape.crs,
          kind: s.said(64).optional(),
          limit: z.coerce.number().int().min(1).max(20).default(3),
        }),
        response: {
          200: z.object({
            items: z.array(
              pointOut.extend({ distanceM: z.number(), minutes: z.number().describe('at 80 m a minute') }),
            ),
          }),
        },
      },
    },
    async ({ query: { limit, ...query } }) => ({
      items: granted(nearest(deps, { ...query, kind: query.kind, most: limit })).map(({ point, distanceM }) => ({
        ...view(point),
        distanceM,
        minutes: Math.ceil(distanceM / walkingSpeed),
      })),
    }),
  );

  serve(app, deps, {
    path: 'service-points',
    kind: 'service_point',
    noun: 'service point near residents’ homes',
    body: servicePointIn,
    make: (code, { crs, ...body }) => {
      const place = placeOf({ ...body, crs });
      return isRefusal(place) ? place : { ...body, code, lon: place[0], lat: place[1] };
    },
    list: cityLists.service_point,
  });

  app.get(
    '/public/service-points',
    {
      config: { for: 'public' },
      onSend: keepAMinute,
      schema: {
        summary: 'Where residents are served near home, by code',
        tags: ['public'],
        querystring: z.object({ kind: s.said(64).optional(), limit: s.limit, cursor: s.cursor }),
        response: { 200: s.pageOf(pointOut) },
      },
    },
    async ({ query: { kind, limit, cursor } }) => {
      const wanted = thingsOf(cityLists.service_point, deps.city(), { kind });
      const page = pageByCode(wanted, ({ code }) => code, { limit, cursor });
      return { ...page, items: page.items.map(view) };
    },
  );

  app.get(
    '/statistics/service-points',
    {
      config: { for: readers },
      schema: {
        summary: 'How much of each area, and of what was asked there in a span, lies within so many minutes of a point',
        tags: ['statistics'],
        querystring: z.object({
          from: s.from,
          to: s.to,
          level: z.enum(placeLevels).default('community').describe('the areas that are counted, one row for each'),
          area: s.code.optional().describe('only this area and all below it'),
          kind: s.said(64).optional().describe('only points of this kind'),
          minutes: z.coerce.number().min(1).max(30).default(3).describe('near is whoever is there in so many minutes'),
          metresPerMinute: z.coerce.number().min(20).max(400).default(walkingSpeed).describe('how fast people go'),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: coverageOut },
      },
    },
    async ({ query, actor }) => {
      const { minutes, metresPerMinute, limit, cursor, area = null, ...asked } = query;
      const radiusM = minutes * metresPerMinute;
      const found = granted(await coverage(deps, { ...asked, kind: asked.kind, area, radiusM }, actor));
      const page = pageByCode(found.areas, ({ code }) => code, { limit, cursor });
      const items: z.input<typeof coverageOut>['items'] = [];
      for (const each of page.items)
        items.push({ area: { code: each.code, name: each.name }, ...coveredView(await found.of(each)) });
      return {
        from: iso(asked.from),
        to: iso(asked.to),
        level: asked.level,
        minutes,
        metresPerMinute,
        radiusM,
        distance: 'straight' as const,
        points: found.points,
        all: coveredView(found.all),
        items,
        nextCursor: page.nextCursor,
      };
    },
  );
};
