import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { bulletin, heat } from '../actions/bulletins.ts';
import { placeLevels } from '../actions/statistics.ts';
import { type Bulletin, bulletinKinds, bulletinRates } from '../domain/bulletin.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal } from '../domain/refusal.ts';
import { iso } from '../domain/time.ts';
import { bulletinPage } from '../reports/bulletin-page.ts';
import { heatPicture } from '../reports/heat-picture.ts';
import { printedPolicy } from '../reports/printed.ts';
import { recordCountsOut } from './field-records.ts';
import { asksForPage, granted, languageOf } from './problem.ts';
import * as s from './shapes.ts';
import { readers } from './statistics.ts';
import { rateOut } from './statistics-shapes.ts';
import type { Routes } from './zod.ts';

const tags = ['statistics'];
const compared = <T extends z.ZodType>(type: T) => z.object({ now: type, before: type, lastYear: type });
const span = z.object({ from: s.momentOut, to: s.momentOut });
const key = z.object({ code: z.string().nullable(), name: z.string() });
const counts = z.array(z.object({ key, counts: compared(z.number()) }));
const rates = <T extends z.ZodType>(type: T) =>
  z.object(Object.fromEntries(bulletinRates.map((name) => [name, type])) as Record<(typeof bulletinRates)[number], T>);
const bulletinOut = z
  .object({
    kind: z.enum(bulletinKinds),
    spans: compared(span),
    madeAt: s.momentOut,
    complete: z.boolean().describe('whether the span is over'),
    behind: z.number().describe('facts that the rates do not count yet; 10000 stands for that many or more'),
    area: key.nullable(),
    intake: z.object({
      all: compared(z.number()),
      byChannel: counts,
      byKind: counts,
      byCategory: counts,
      leaves: counts,
      byStreet: counts,
    }),
    ended: compared(z.number()),
    rates: rates(compared(rateOut)),
    units: z.array(z.object({ key, assessed: z.number(), rates: rates(rateOut) })),
    matters: z
      .array(z.object({ category: z.string(), street: key, orders: z.number(), people: z.number(), hot: z.boolean() }))
      .describe('what was asked about most, by category and street'),
    field: compared(z.object(recordCountsOut)).describe('activities, things done for people and visits, by their day'),
    indices: z
      .array(
        z.object({
          index: key,
          of: key,
          period: z.string(),
          value: z.number(),
          sample: z.number().nullable(),
          rank: z.object({ place: z.number(), of: z.number() }).nullable(),
          onBefore: z.number().nullable(),
          onLastYear: z.number().nullable(),
        }),
      )
      .describe('what others measured of the area, for periods that end in the span; changes in points'),
    overdue: z.object({ all: z.number(), byUnit: z.array(z.object({ key, count: z.number() })) }),
  })
  .meta({ id: 'Bulletin' });

const spanView = ({ from, to }: Span) => ({ from: iso(from), to: iso(to) });
const view = (of: Bulletin): z.input<typeof bulletinOut> => ({
  ...of,
  spans: { now: spanView(of.spans.now), before: spanView(of.spans.before), lastYear: spanView(of.spans.lastYear) },
  madeAt: iso(of.madeAt),
  intake: {
    all: of.intake.all,
    byChannel: [...of.intake.byChannel],
    byKind: [...of.intake.byKind],
    byCategory: [...of.intake.byCategory],
    leaves: [...of.intake.leaves],
    byStreet: [...of.intake.byStreet],
  },
  units: [...of.units],
  matters: [...of.matters],
  indices: [...of.indices],
  overdue: { all: of.overdue.all, byUnit: [...of.overdue.byUnit] },
});

/** Bulletins (日报、周报、月报、季报) as data and as a page to print, and the picture of where requests came from. */
export const bulletins: Routes = async (app, deps) => {
  app.get(
    '/bulletins',
    {
      config: { for: readers },
      schema: {
        summary: 'A bulletin with its change against the span before and the same span of last year',
        description: 'As JSON, or with Accept: text/html as a page to print. Without `at`, the last span that is over.',
        tags,
        querystring: z.object({
          kind: z.enum(bulletinKinds),
          at: s.moment.optional().describe('any moment of the span'),
          area: s.code.optional(),
        }),
        response: { 200: bulletinOut },
      },
    },
    async (request, reply) => {
      const { actor, query } = request;
      const { kind, at = null, area = null } = query;
      const language = languageOf(request);
      const made = granted(await bulletin(deps, { kind, at, area, language }, actor));
      reply.header('vary', 'accept, accept-language');
      if (!asksForPage(request)) return view(made);
      const drawn = await heat(deps, { ...made.spans.now, level: 'street', area, category: null, language }, actor);
      const map = isRefusal(drawn) || drawn.areas.length === 0 ? null : heatPicture(drawn);
      return send(
        reply.header('content-security-policy', printedPolicy),
        'text/html',
        bulletinPage(made, language, map),
      );
    },
  );

  app.get(
    '/statistics/heat.svg',
    {
      config: { for: readers },
      schema: {
        summary: 'Where requests of a span came from, as a picture: the areas of a level, darker where more came from',
        tags,
        querystring: z.object({
          level: z.enum(placeLevels).default('street').describe('the areas that are drawn'),
          from: s.from,
          to: s.to,
          area: s.code.optional().describe('only this area and all below it'),
          category: s.said(200).optional().describe('only this category and all below it'),
        }),
      },
    },
    async (request, reply) => {
      const { area = null, category = null, ...asked } = request.query;
      const language = languageOf(request);
      const drawn = granted(await heat(deps, { ...asked, area, category, language }, request.actor));
      return send(reply.header('vary', 'accept-language'), 'image/svg+xml', heatPicture(drawn));
    },
  );
};

const send = (reply: FastifyReply, mediaType: string, text: string) =>
  reply.type(`${mediaType}; charset=utf-8`).serializer(String).send(text);
