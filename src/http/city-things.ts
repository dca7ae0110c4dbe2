import { z } from 'zod';
import { type CityList, thingsOf } from '../actions/city-lists.ts';
import { type CityKind, type CityThings, configure, endThing, thingOf } from '../actions/configure.ts';
import { type Refusal, Refused, refuse } from '../domain/refusal.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { App, HttpDeps } from './zod.ts';

/** A kind of thing the city is made of, as clients know it: where it is, what it is made from, by what it is found. */
type Collection<K extends CityKind, In extends z.ZodObject> = Readonly<{
  path: string;
  kind: K;
  noun: string;
  body: In;
  make: (code: string, body: z.output<In>, before: CityThings[K] | null) => CityThings[K] | Refusal;
  list: CityList<CityThings[K]>;
}>;

/** Adds the routes of one kind of thing: the list, one of it, create or replace, and end. */
export function serve<K extends CityKind, In extends z.ZodObject>(
  app: App,
  deps: HttpDeps,
  of: Collection<K, In>,
): void {
  const tags = [of.path.replaceAll('-', ' ')];
  const params = z.object({ code: s.said(200) });
  const when = z.object({ validFrom: s.moment.optional() });
  const out = z.looseObject({});
  const write = { for: ['admin'] } as const;

  app.get(
    `/${of.path}`,
    {
      config: { for: 'anyone' },
      schema: {
        summary: `Every ${of.noun} of the city as it is now, by code`,
        tags,
        querystring: z.object({
          ...Object.fromEntries(Object.keys(of.list.filters).map((name) => [name, s.said(200).optional()])),
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: s.pageOf(out) },
      },
    },
    async (request) => {
      const { limit, cursor, ...query } = request.query as Readonly<Record<string, string>> & {
        limit: number;
        cursor?: string;
      };
      return pageByCode(thingsOf(of.list, deps.city(), query), of.list.codeOf, { limit, cursor });
    },
  );

  app.get(
    `/${of.path}/:code`,
    {
      config: { for: 'anyone' },
      schema: { summary: `One ${of.noun}`, tags, params, response: { 200: out } },
    },
    async ({ params: { code } }) => {
      const thing = thingOf(deps.city(), of.kind, code);
      if (thing === null) throw new Refused(refuse('not-found'));
      return thing;
    },
  );

  app.put(
    `/${of.path}/:code`,
    {
      config: write,
      schema: {
        summary: `Create or replace one ${of.noun}, from now or from a later moment on`,
        tags,
        params,
        body: of.body.extend({ validFrom: s.moment.nullish() }),
        response: { 200: out, 201: out },
      },
    },
    async ({ params: { code }, body, actor }, reply) => {
      const { validFrom, ...rest } = body as { validFrom?: Parameters<typeof time>[0] };
      const done = granted(
        await configure(deps, actor, { kind: of.kind, code, validFrom: validFrom ?? null }, (before) =>
          of.make(code, rest as z.output<In>, before),
        ),
      );
      return reply.code(done.made ? 201 : 200).send({ ...done.body, validFrom: time(done.validFrom) });
    },
  );

  app.delete(
    `/${of.path}/:code`,
    {
      config: write,
      schema: {
        summary: `End one ${of.noun}, now or at a later moment; what was stays in the record`,
        tags,
        params,
        querystring: when,
        response: { 200: z.object({ code: z.string(), validTo: s.momentOut }) },
      },
    },
    async ({ params: { code }, query, actor }) => {
      const done = granted(await endThing(deps, actor, { kind: of.kind, code, validFrom: query.validFrom ?? null }));
      return { code, validTo: time(done.validFrom) ?? '' };
    },
  );
}
