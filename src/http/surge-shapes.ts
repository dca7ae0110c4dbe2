import { z } from 'zod';
import { incidentLife, incidentStates } from '../domain/incident.ts';
import type { Reach } from '../domain/reach.ts';
import { readPolygon } from '../domain/reach.ts';
import { states } from '../domain/work-order.ts';
import { requestOut } from './request-shapes.ts';
import * as s from './shapes.ts';

/** Where it holds: area codes with all below them, a GeoJSON Polygon or MultiPolygon (WGS 84), or both. */
export const placeIn = {
  areas: z.array(s.code).max(500).optional(),
  polygon: s
    .openObject(900_000)
    .nullish()
    .transform((geometry, ctx): Reach['polygon'] | undefined => {
      if (geometry == null) return geometry;
      const read = readPolygon(geometry);
      if (!('message' in read)) return read;
      ctx.addIssue({ code: 'custom', message: read.message });
      return z.NEVER;
    }),
};

/** A place as it goes out. */
export const placeOut = {
  areas: z.array(z.string()),
  polygon: z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.unknown()) }).nullable(),
};
export const placeView = ({ areas, polygon }: Reach) => ({
  areas: [...areas],
  polygon: polygon && { type: 'MultiPolygon' as const, coordinates: [...polygon] },
});

const dangerWords = z.array(s.said(50)).max(200);
const dangerAnswers = z.array(z.object({ key: s.said(100), values: z.array(s.said(100)).min(1).max(50) })).max(50);
export const dangerIn = z.object({ words: dangerWords.optional(), answers: dangerAnswers.optional() });

const signed = z.object({ name: z.string(), unit: z.string().nullable(), at: s.momentOut });
export const incidentOut = z
  .object({
    id: z.string(),
    number: z.string(),
    version: z.number(),
    state: z.enum(incidentStates),
    title: z.string(),
    category: z.string(),
    ...placeOut,
    from: s.momentOut,
    to: s.momentOut.nullable(),
    responsibleUnit: s.unitRef,
    workOrder: z.object({ id: z.string(), number: z.string(), state: z.enum(states) }),
    answer: z.string(),
    nextUpdateAt: s.momentOut.nullable(),
    danger: z.object({
      words: z.array(z.string()),
      answers: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
    }),
    updates: z.array(z.object({ seq: z.number(), text: z.string(), at: s.momentOut, actor: z.string() })),
    counts: z.object({
      joined: z.number(),
      danger: z.number(),
      withdrawn: z.number(),
      asked: z.number(),
      restored: z.number(),
      notRestored: z.number(),
      unanswered: z.number(),
    }),
    openedBy: signed,
    endedBy: signed.nullable(),
    allowedActions: z.array(z.enum(Object.keys(incidentLife) as [string, ...string[]])),
  })
  .meta({ id: 'Incident' });

/** A request an incident has met, with what its requester answered. */
export const metRequestOut = z.object({
  request: requestOut,
  how: z.enum(['joined', 'attached', 'danger']),
  question: z.enum(['not_asked', 'open', 'yes', 'no']),
  answeredAt: s.momentOut.nullable(),
  ownOrderId: z.string().nullable(),
});

/** What was said of these, and nothing of what was left out. */
export const said = <T extends object>(said: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
