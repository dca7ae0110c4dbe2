import { z } from 'zod';
import { configure } from '../actions/configure.ts';
import { refuse } from '../domain/refusal.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const share = z.number().min(0).max(1);
const samplingIn = z.object({
  version: s.code,
  seed: s.said(100),
  verification: share,
  answered: share,
});
const tags = ['policies'];

/** How much is looked at where not everything is (抽查). */
export const sampling: Routes = async (app, deps) => {
  app.get(
    '/policies/sampling',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The shares that are drawn, and the seed that says which',
        tags,
        response: { 200: samplingIn },
      },
    },
    async () => ({ ...deps.city().city.sampling }),
  );

  app.put(
    '/policies/sampling',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'Other shares or another seed, from now or from a later moment on',
        tags,
        body: samplingIn.extend({ validFrom: s.moment.nullish() }),
        response: { 200: samplingIn.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ body: { validFrom, ...policy }, actor }) => {
      const about = { kind: 'sampling', code: 'sampling', validFrom: validFrom ?? null } as const;
      const done = granted(
        await configure(deps, actor, about, (before) =>
          before?.version === policy.version ? refuse('code-taken', { version: policy.version }) : policy,
        ),
      );
      return { ...done.body, validFrom: time(done.validFrom) ?? '' };
    },
  );
};
