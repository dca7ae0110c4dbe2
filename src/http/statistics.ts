import { z } from 'zod';
import { mostAsked } from '../actions/hot-matters.ts';
import { endedAtLevels, rates, type UpTo } from '../actions/statistics.ts';
import { leastForRank, levelTarget } from '../domain/ranking.ts';
import { nameOfKey, type Rated } from '../domain/rated.ts';
import { definition, type RateKey } from '../domain/rates.ts';
import { iso } from '../domain/time.ts';
import { pageByCode } from './paging.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import * as st from './statistics-shapes.ts';
import { areaRef, time } from './views.ts';
import { hotlineRoles, unitRoles } from './who.ts';
import type { HttpDeps, Routes } from './zod.ts';

/** Who reads statistics: whoever counts for the city, and units what is theirs. */
export const readers = [
  ...hotlineRoles,
  ...unitRoles,
  'supervisor',
  'inspector',
  'government',
  'auditor',
  'publisher',
] as const;
const tags = ['statistics'];

/** Rates and statistics (统计): what can be counted, by whom it concerns. */
export const statistics: Routes = async (app, deps) => {
  const upToView = ({ fact, at, behind }: UpTo) => ({ fact, at: time(at), behind });

  app.get(
    '/statistics/rates',
    {
      config: { for: readers },
      schema: {
        summary:
          'Rates of the orders whose resident deadline falls in a span: response, resolution, satisfaction, and the work',
        description:
          'Each rate with numerator, denominator, who was not reached, what was excluded, and its Wilson interval. A unit reads what it and those below it lead; by places a street or community reads what lies in its area, whoever leads it.',
        tags,
        querystring: z.object({
          ...st.span,
          by: st.by,
          w: st.weight,
          ...st.narrowed,
          limit: s.limit,
          cursor: s.cursor,
        }),
        response: { 200: st.ratesOut },
      },
    },
    async ({ query: { limit, cursor, ...asked }, actor }) => {
      const { from, to, by, w } = asked;
      const { all, items, scope, upTo } = granted(await rates(deps, asked, actor));
      const page = pageByCode(items, ({ key }) => key ?? '', { limit, cursor });
      return {
        from: iso(from),
        to: iso(to),
        by,
        w: w / 1000,
        definition,
        scope,
        leastForRank,
        counted: upToView(upTo),
        all: { ...all.figures, index: all.index },
        items: page.items.map((item) => itemView(item, by, deps)),
        nextCursor: page.nextCursor,
      };
    },
  );

  app.get(
    '/statistics/levels',
    {
      config: { for: readers },
      schema: {
        summary: 'At which level matters ended, against the target of four fifths in the community',
        tags,
        querystring: z.object({ ...st.span, ...st.narrowed }),
        response: { 200: st.levelsOut },
      },
    },
    async ({ query, actor }) => {
      const { from, to } = query;
      const { items, upTo } = granted(await endedAtLevels(deps, query, actor));
      return {
        from: iso(from),
        to: iso(to),
        definition,
        counted: upToView(upTo),
        target: levelTarget,
        items: items.map(({ level, rate }) => ({ level, ...rate })),
      };
    },
  );

  app.get(
    '/statistics/hot-matters',
    {
      config: { for: readers },
      schema: {
        summary:
          'What is asked about most, by category and street (高频共性问题): by default in the window of the ladder’s rule',
        tags,
        querystring: z.object({
          from: s.from.optional(),
          to: s.to.optional(),
          unit: st.narrowed.unit,
          area: st.narrowed.area,
          category: st.narrowed.category,
          least: z.coerce.number().int().min(1).max(100_000).default(2).describe('so many orders or people at least'),
          limit: s.limit,
        }),
        response: { 200: st.hotMattersOut },
      },
    },
    async ({ query, actor }) => {
      const { from, to, rule, items } = granted(await mostAsked(deps, query, actor));
      return {
        from: iso(from),
        to: iso(to),
        rule,
        items: items.map(({ street, governanceId, ...item }) => ({
          ...item,
          street: areaRef(street, deps.city().areasAt(deps.now()).tree),
          hotMatterId: governanceId,
        })),
      };
    },
  );
};

/** A key with its name as it is now, and its figures. */
export const itemView = ({ key, figures, index, ranks }: Rated, by: RateKey, deps: Pick<HttpDeps, 'city' | 'now'>) => ({
  key: {
    code: key,
    name: key === null ? null : nameOfKey(by, key, deps.city().city, deps.city().areasAt(deps.now()).tree),
  },
  ...figures,
  index,
  ranks,
});
