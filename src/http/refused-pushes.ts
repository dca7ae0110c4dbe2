import { z } from 'zod';
import { listRefusedPushes } from '../actions/pushes.ts';
import { iso } from '../domain/time.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { unitRef } from './views.ts';
import { allRoles } from './who.ts';
import type { Routes } from './zod.ts';

const readers = allRoles.filter((role) => !['survey_vendor', 'follow_up_agent', 'judge', 'grid_worker'].includes(role));
const lineOut = z.object({
  line: z.string().nullable().describe('of the list that refused it; null where no list names the matter'),
  category: z.string(),
  code: z.string().describe('off-duty-list or assessment-task'),
  pushes: z.number(),
});

/** What was to be given to streets and communities and was refused (减负). */
export const refusedPushRoutes: Routes = async (app, deps) => {
  app.get(
    '/statistics/refused-pushes',
    {
      config: { for: readers },
      schema: {
        summary: 'Pushes to streets and communities that were refused, by who pushed and by what was refused',
        description: 'From `from` on and before `to`; whoever works for a unit reads its own and those below it.',
        tags: ['statistics'],
        querystring: z.object({
          from: s.from,
          to: s.to,
          unit: s.code.optional().describe('only what this unit pushed'),
        }),
        response: {
          200: z.object({
            from: s.momentOut,
            to: s.momentOut,
            pushes: z.number(),
            byUnit: z.array(z.object({ unit: s.unitRef.nullable(), pushes: z.number(), lines: z.array(lineOut) })),
            byLine: z.array(lineOut.extend({ text: z.string().nullable().describe('as the list says it now') })),
          }),
        },
      },
    },
    async ({ query: { from, to, unit }, actor }) => {
      const { pushes, byUnit, byLine } = granted(await listRefusedPushes(deps, { from, to, unit }, actor));
      const { city } = deps.city();
      return {
        from: iso(from),
        to: iso(to),
        pushes,
        byUnit: byUnit.map(({ unit: code, lines, ...rest }) => ({
          ...rest,
          unit: code === null ? null : unitRef(code, { city }),
          lines: [...lines],
        })),
        byLine: byLine.map((each) => ({
          ...each,
          text: city.dutyLists.find(({ line }) => line === each.line)?.text ?? null,
        })),
      };
    },
  );
};
