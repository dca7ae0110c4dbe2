import { z } from 'zod';
import type { Dossier } from '../domain/dossier.ts';
import { measureGrades } from '../domain/graded-measure.ts';
import { reviewAspects } from '../domain/mutual-review.ts';
import { ratingGrades } from '../domain/period-review.ts';
import { supervisionGrades } from '../domain/supervision.ts';
import { iso } from '../domain/time.ts';
import { evidenceOut } from './mutual-reviews.ts';
import * as s from './shapes.ts';
import { portionOut, ratesBy, upToOut } from './statistics-shapes.ts';
import { time } from './views.ts';

const meanOut = z.object({
  reviews: z.number(),
  marks: z.record(z.enum(reviewAspects), z.number()).nullable().describe('means, 0 to 100'),
});
const rating = z.object({ grade: z.enum(ratingGrades), by: z.string() }).nullable();

const recordOut = z.object({
  figures: z.object({
    orders: z.number(),
    requests: z.number(),
    assessed: z.number(),
    excluded: z.number(),
    rates: ratesBy,
  }),
  evidence: evidenceOut,
  called: z
    .object({
      calls: z.number(),
      units: z.number(),
      cases: z.number(),
      closure: portionOut,
      reportInOnTime: portionOut,
    })
    .describe('what came of the calls it issued itself'),
  supervised: z.partialRecord(z.enum(supervisionGrades), z.number()),
  measures: z.partialRecord(z.enum(measureGrades), z.number()),
  judged: z.object({ cases: z.number(), undutiful: z.number() }),
  inspected: z.object({ orders: z.number(), found: z.number() }),
  conduct: z.object({ praise: z.number(), complaint: z.number() }).describe('counted only; nobody’s words'),
  reviewed: z.object({ byOthers: meanOut, ofOthers: meanOut }),
  evaluations: z.array(
    z.object({
      id: z.string(),
      scheme: z.string(),
      period: z.string(),
      score: z.number().nullable(),
      stars: z.number().nullable(),
      rank: z.number().nullable(),
      head: rating,
      team: rating,
    }),
  ),
});

export const dossierOut = z
  .object({
    unit: s.unitRef,
    from: s.momentOut,
    to: s.momentOut.describe('what is asked about the future is counted up to now'),
    madeAt: s.momentOut,
    definition: z.string(),
    counted: upToOut,
    whole: recordOut,
    terms: z
      .array(
        z.object({
          post: s.unitRef,
          holder: z.string(),
          since: s.momentOut,
          until: s.momentOut.nullable().describe('null: holds it still'),
          from: s.momentOut,
          to: s.momentOut,
          record: recordOut.describe('what fell between from and to, and nothing else'),
        }),
      )
      .describe('who headed the unit, oldest first'),
    shorterTerms: z.number().describe('how many shorter terms there were beside these'),
  })
  .meta({ id: 'Dossier' });

/** A dossier as it goes out. */
export const dossierView = (of: Dossier): z.input<typeof dossierOut> => ({
  unit: { code: of.unit, name: of.unitName },
  from: iso(of.from),
  to: iso(of.to),
  madeAt: iso(of.madeAt),
  definition: of.definition,
  counted: { ...of.upTo, at: time(of.upTo.at) },
  whole: recordView(of.whole),
  terms: of.terms.map(({ post, postName, holder, since, until, span, record }) => ({
    post: { code: post, name: postName },
    holder,
    since: iso(since),
    until: time(until),
    from: iso(span.from),
    to: iso(span.to),
    record: recordView(record),
  })),
  shorterTerms: of.shorterTerms,
});

const recordView = ({ evaluations, ...record }: Dossier['whole']): z.input<typeof recordOut> => ({
  ...record,
  evaluations: [...evaluations],
});
