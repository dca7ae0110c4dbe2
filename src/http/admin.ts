import { z } from 'zod';
import { cityLists } from '../actions/city-lists.ts';
import { type CityThings, configure } from '../actions/configure.ts';
import type { Category } from '../domain/city.ts';
import { powerCode } from '../domain/powers.ts';
import { readinessOf, readinessParts } from '../domain/readiness.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import * as c from './city-shapes.ts';
import { serve } from './city-things.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

/** What a category is called and what it is under follows from its code, the slash path. */
function categoryOf(code: string, body: Omit<Category, 'code' | 'name' | 'parent'>): Category {
  const cut = code.lastIndexOf('/');
  return { ...body, code, name: code.slice(cut + 1), parent: cut < 0 ? null : code.slice(0, cut) };
}

const powerView = ({ roles, units, ...row }: CityThings['power']) => ({
  ...row,
  roles: [...roles],
  units: units === null ? null : [...units],
});

/** What the city is made of (配置): everyone with a key reads, an admin writes. */
export const admin: Routes = async (app, deps) => {
  serve(app, deps, {
    path: 'units',
    kind: 'unit',
    noun: 'unit',
    body: c.unitIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.unit,
  });
  serve(app, deps, {
    path: 'posts',
    kind: 'post',
    noun: 'post',
    body: c.postIn,
    make: (code, { acting, ...body }, before) => ({ ...body, code, acting: acting ?? before?.acting ?? 'A' }),
    list: cityLists.post,
  });
  serve(app, deps, {
    path: 'categories',
    kind: 'category',
    noun: 'category',
    body: c.categoryIn,
    make: (code, body) => categoryOf(code, body),
    list: cityLists.category,
  });
  serve(app, deps, {
    path: 'channels',
    kind: 'channel',
    noun: 'channel',
    body: c.channelIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.channel,
  });
  serve(app, deps, {
    path: 'duty-lists',
    kind: 'duty',
    noun: 'line of a duty list',
    body: c.dutyIn,
    make: (line, body) => ({ ...body, line }),
    list: cityLists.duty,
  });
  serve(app, deps, {
    path: 'knowledge',
    kind: 'article',
    noun: 'article',
    body: c.articleIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.article,
  });
  serve(app, deps, {
    path: 'joint-matters',
    kind: 'joint_matter',
    noun: 'matter of joint enforcement (联合执法事项)',
    body: c.jointMatterIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.joint_matter,
  });
  serve(app, deps, {
    path: 'evaluation-schemes',
    kind: 'evaluation_scheme',
    noun: 'scheme by which units of a kind are judged (考核方案)',
    body: c.evaluationSchemeIn,
    make: (code, body) => ({ ...body, code }),
    list: cityLists.evaluation_scheme,
  });

  app.get(
    '/units/:code/readiness',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'What a unit lacks before it may be given work (四同步)',
        tags: ['units'],
        params: z.object({ code: s.code }),
        response: {
          200: z.object({ unit: z.string(), ready: z.boolean(), missing: z.array(z.enum(readinessParts)) }),
        },
      },
    },
    async ({ params: { code } }) => {
      const { city } = deps.city();
      const unit = city.units.get(code);
      if (unit === undefined) throw new Refused(refuse('not-found'));
      const { ready, missing } = readinessOf(city, unit);
      return { unit: code, ready, missing: [...missing] };
    },
  );

  app.get(
    '/policies/powers',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'Who holds the two powers of the street: roles at a level',
        tags: ['policies'],
        response: { 200: z.object({ items: z.array(c.powerOut) }) },
      },
    },
    async () => ({ items: deps.city().powers.map(powerView) }),
  );

  app.put(
    '/policies/powers/:power/:level',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'Bind a power to roles of a level, from now or from a later moment on',
        tags: ['policies'],
        params: c.powerParams,
        body: c.powerIn.extend({ validFrom: s.moment.nullish() }),
        response: { 200: c.powerOut.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ params, body: { validFrom, ...row }, actor }) => {
      const about = { kind: 'power', code: powerCode(params), validFrom: validFrom ?? null } as const;
      const done = granted(await configure(deps, actor, about, () => ({ ...params, ...row })));
      return { ...powerView(done.body), validFrom: time(done.validFrom) ?? '' };
    },
  );

  app.get(
    '/policies/clocks',
    {
      config: { for: 'anyone' },
      schema: { summary: 'The limits in force', tags: ['policies'], response: { 200: c.clockRulesIn } },
    },
    async () => {
      const { version, rows } = deps.city().city.clockRules;
      return { version, rows: rows.map((row) => ({ ...row })) };
    },
  );

  app.put(
    '/policies/clocks',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'New limits for clocks that start from now, or from a later moment, on',
        description: 'Clocks that run keep the rule they started with.',
        tags: ['policies'],
        body: c.clockRulesIn.extend({ validFrom: s.moment.nullish() }),
        response: { 200: c.clockRulesIn.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ body: { validFrom, ...rules }, actor }) => {
      const about = { kind: 'clock_rules', code: 'clocks', validFrom: validFrom ?? null } as const;
      const done = granted(
        await configure(deps, actor, about, (before) =>
          before?.version === rules.version ? refuse('code-taken', { version: rules.version }) : rules,
        ),
      );
      return { ...done.body, rows: [...done.body.rows], validFrom: time(done.validFrom) ?? '' };
    },
  );

  const ladderView = (ladder: CityThings['ladder']) => structuredClone(ladder) as z.output<typeof c.ladderIn>;

  app.get(
    '/policies/ladder',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'The ladder in force: at which moment of which clock what is done',
        tags: ['policies'],
        response: { 200: c.ladderIn.extend({ validFrom: s.momentOut }) },
      },
    },
    async () => {
      const { validFrom, ...ladder } = deps.city().ladder;
      return { ...ladderView(ladder), validFrom: time(validFrom) ?? '' };
    },
  );

  app.put(
    '/policies/ladder',
    {
      config: { for: ['admin'] },
      schema: {
        summary: 'Another ladder, from now or from a later moment on',
        description: 'Clocks that run climb by it from then on; a rung whose moment is over by then never fires.',
        tags: ['policies'],
        body: c.ladderIn.extend({ validFrom: s.moment.nullish() }),
        response: { 200: c.ladderIn.extend({ validFrom: s.momentOut }) },
      },
    },
    async ({ body: { validFrom, ...ladder }, actor }) => {
      const about = { kind: 'ladder', code: 'ladder', validFrom: validFrom ?? null } as const;
      const done = granted(
        await configure(deps, actor, about, () =>
          deps.city().ladders.some(({ version }) => version === ladder.version)
            ? refuse('code-taken', { version: ladder.version })
            : (ladder as CityThings['ladder']),
        ),
      );
      return { ...ladderView(done.body), validFrom: time(done.validFrom) ?? '' };
    },
  );
};
