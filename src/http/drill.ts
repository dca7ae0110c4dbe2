import { z } from 'zod';
import { moveClock } from '../actions/drill.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';
import { granted } from './problem.ts';
import { moment, momentOut } from './shapes.ts';
import { time } from './views.ts';
import { hotlineRoles } from './who.ts';
import type { Routes } from './zod.ts';

const movers = ['admin', ...hotlineRoles] as const;
const clockOut = z.object({ now: momentOut });
const tags = ['drill'];

/** A length of time in ISO 8601 of weeks, days, hours, minutes and seconds, in milliseconds; a day is 24 hours. */
const length = z
  .string()
  .max(50)
  .regex(
    /^P(?=.)(?:\d{1,6}W)?(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,9}(?:\.\d{1,3})?S)?)?$/,
    'must be a length of time such as PT26H or P3D',
  )
  .transform((text) => {
    const units = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;
    return [...text.matchAll(/([\d.]+)([WDHMS])/g)].reduce(
      (sum, [, amount, unit]) => sum + Math.round(Number(amount) * units[unit as keyof typeof units]),
      0,
    );
  })
  .refine((ms) => ms <= 10 * 366 * 86_400_000, 'must not be longer than ten years');

/** The drill's clock: there only while a drill is on. Everything due has fired when the answer arrives. */
export const drill: Routes = async (app, deps) => {
  const answer = (outcome: Instant | Refusal) =>
    isRefusal(outcome) ? granted<never>(refuse(outcome.code, { now: time(deps.now()) })) : { now: time(outcome) ?? '' };

  app.get(
    '/drill/clock',
    {
      config: { for: movers },
      schema: { summary: 'What time it is in the drill', tags, response: { 200: clockOut } },
    },
    async () => answer(deps.now()),
  );

  app.put(
    '/drill/clock',
    {
      config: { for: movers },
      schema: {
        summary: 'Set the clock forward to a moment',
        tags,
        body: z.object({ now: moment }),
        response: { 200: clockOut },
      },
    },
    async ({ body }) => answer(await moveClock(deps, { to: body.now })),
  );

  app.post(
    '/drill/clock/advance',
    {
      config: { for: movers },
      schema: {
        summary: 'Move the clock on by a length of time',
        tags,
        body: z.object({ by: length }),
        response: { 200: clockOut },
      },
    },
    async ({ body }) => answer(await moveClock(deps, { byMs: body.by })),
  );
};
