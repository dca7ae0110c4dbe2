import { z } from 'zod';
import { configure } from '../actions/configure.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const whole = z.number().int().min(1).max(1000);
const policy = z.object({
  exclusionShare: z.number().gt(0).max(1).describe('of the answers about a unit in a calendar month'),
  exclusionsFrom: whole,
  faults: whole.describe('found by inspectors and judges within faultDays'),
  faultDays: whole,
  memoryDays: whole.describe('as long as the last measure is younger than this, the next one is harder'),
  rectifyDays: whole.describe('working days'),
});

/** When too much is too much: of exclusions, and of what inspectors and judges find at a unit. */
export const judgingPolicy: Routes = async (app, deps) => {
  app.get(
    '/policies/judging',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'From when on exclusions and findings count against a unit',
        tags: ['policies'],
        response: { 200: policy },
      },
    },
    async () => deps.city().judging,
  );

  app.put(
    '/policies/judging',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'Another such policy, from now or from a later moment on',
        tags: ['policies'],
        body: policy.extend({ validFrom: s.moment.nullish() }),
        response: { 200: policy.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ body: { validFrom, ...body }, actor }) => {
      const about = { kind: 'judging', code: 'judging', validFrom: validFrom ?? null } as const;
      const done = granted(await configure(deps, actor, about, () => body));
      return { ...done.body, validFrom: time(done.validFrom) ?? '' };
    },
  );
};
