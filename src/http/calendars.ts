import { z } from 'zod';
import { importCalendar, yearOf } from '../actions/import-calendar.ts';
import { clocked } from '../domain/clocked.ts';
import { deadline } from '../domain/deadline.ts';
import { timetableOf } from '../domain/order-clocks.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { time } from './views.ts';
import type { Routes } from './zod.ts';

const tags = ['calendars'];
const specialDay = z.object({ name: z.string(), date: z.string(), isOffDay: z.boolean() });
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date');
const noticeIn = z.object({
  year: z.number().int().min(2000).max(2100),
  papers: z.array(s.text(500)).max(20).optional(),
  days: z
    .array(z.object({ name: s.said(100), date, isOffDay: z.boolean() }))
    .min(1)
    .max(200),
  acceptEarlier: z.boolean().default(false).describe('dates may move earlier: the difference was shown and taken'),
});

/** What an amount counts: of wall and working_hour hours, of the others days. */
const longest = { wall: 8784, working_hour: 8784, calendar_day: 366, working_day: 366 } as const;
const inMinutes: ReadonlySet<string> = new Set(['wall', 'working_hour']);

/** The calendar (工作日历): public holidays and make-up working days, and what they do to a deadline. */
export const calendars: Routes = async (app, deps) => {
  app.get(
    '/calendars',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'Which years are published, through which day, and every day that is not of a plain week',
        tags,
        querystring: z.object({ year: z.coerce.number().int().min(2000).max(2100).optional() }),
        response: {
          200: z.object({
            version: z.string(),
            years: z.array(z.number()),
            publishedThrough: z.string().nullable(),
            items: z.array(z.object({ year: z.number(), days: z.array(specialDay) })),
            nextCursor: z.null(),
          }),
        },
      },
    },
    async ({ query }) => {
      const { calendar } = deps.city().city;
      const years = calendar.publishedYears.filter((year) => query.year === undefined || year === query.year);
      return {
        version: calendar.version,
        years: [...calendar.publishedYears],
        publishedThrough: calendar.publishedThrough,
        items: years.map((year) => ({ year, days: [...(yearOf(deps, year) ?? [])] })),
        nextCursor: null,
      };
    },
  );

  app.get(
    '/calendars/deadline',
    {
      config: { for: 'anyone' },
      schema: {
        summary: 'When a period is over, in the hours of a unit or of the city, with every day that did not count',
        tags,
        querystring: z.object({
          start: s.moment,
          amount: z.coerce
            .number()
            .min(0)
            .max(8784)
            .describe('hours for wall and working_hour (a fraction is allowed), days for calendar_day and working_day'),
          kind: z.enum(['wall', 'calendar_day', 'working_day', 'working_hour']),
          unit: s.code.optional(),
        }),
        response: {
          200: z.object({
            dueAt: s.momentOut,
            segments: z.array(z.object({ from: s.momentOut, to: s.momentOut, state: z.string() })),
            skippedDays: z.array(z.object({ date: z.string(), why: z.string(), name: z.string().nullable() })),
            calendarVersion: z.string(),
          }),
        },
      },
    },
    async ({ query: { start, amount, kind, unit } }) => {
      const { city } = deps.city();
      if (unit !== undefined && !city.units.has(unit)) throw new Refused(refuse('unit-unknown', { unit }));
      const most = longest[kind];
      if (amount > most)
        throw new Refused(refuse('invalid', { errors: [{ pointer: '/amount', message: `at most ${most}` }] }));
      const timetable = timetableOf(city, unit ?? null);
      const due = deadline({ start, kind, amount: inMinutes.has(kind) ? amount * 60 : amount, ...timetable });
      const { publishedThrough, version } = city.calendar;
      if (due.provisional)
        throw new Refused(refuse('calendar-unpublished', { publishedThrough, provisionalDueAt: time(due.dueAt) }));
      return {
        dueAt: time(due.dueAt) ?? '',
        segments: due.segments.map(({ from, to, state }) => ({ from: time(from) ?? '', to: time(to) ?? '', state })),
        skippedDays: due.skippedDays.map((day) => ({ ...day })),
        calendarVersion: version,
      };
    },
  );

  app.post(
    '/calendars/import',
    {
      config: { for: ['admin'], create: true },
      schema: {
        summary: 'A year’s notice of holidays (in the shape of holiday-cn); every open clock is counted anew',
        description:
          'The reply shows every open clock that moved. One that would be due earlier keeps its date, unless acceptEarlier says that the difference was seen.',
        tags,
        body: noticeIn,
        response: {
          201: z.object({
            year: z.number(),
            before: z.string(),
            version: z.string(),
            orders: z.number().describe('work orders, and whatever beside them has clocks, that were counted anew'),
            movedCount: z.number(),
            keptCount: z.number(),
            moved: z.array(
              z.object({
                subject: z.enum(clocked),
                subjectId: z.string(),
                workOrder: z.string().nullable().describe('where it is a clock of one'),
                number: z.string(),
                clock: z.string(),
                before: s.momentOut,
                after: s.momentOut,
                counted: s.momentOut,
                kept: z.boolean(),
              }),
            ),
          }),
        },
      },
    },
    async ({ body: { acceptEarlier, papers, ...notice }, actor }, reply) => {
      const sent = papers === undefined ? notice : { ...notice, papers };
      const { kind: _kind, moved, ...rest } = granted(await importCalendar(deps, actor, sent, { acceptEarlier }));
      return reply.code(201).send({
        year: notice.year,
        ...rest,
        moved: moved.map((m) => ({
          ...m,
          workOrder: m.subject === 'work_order' ? m.subjectId : null,
          before: time(m.before) ?? '',
          after: time(m.after) ?? '',
          counted: time(m.counted) ?? '',
        })),
      });
    },
  );
};
