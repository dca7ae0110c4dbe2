import { z } from 'zod';
import {
  attemptOutcomes,
  dissatisfactionReasons,
  followUpStates,
  occasions,
  satisfactions,
  solvedAnswers,
} from '../domain/follow-up.ts';
import { moment, momentOut, said, text } from './shapes.ts';

export const followUpAnswer = z.object({
  contacted: z.boolean(),
  solved: z.enum(solvedAnswers),
  satisfaction: z.enum(satisfactions),
  reason: z.enum(dissatisfactionReasons).nullish(),
  askedToChange: z.boolean().nullish(),
  comment: text(2000).nullish(),
});

/** A call as it was made. `callBackAt` is when the resident asked to be called instead. */
export const attemptIn = z.object({
  outcome: z.enum(attemptOutcomes),
  at: moment.optional(),
  callRecordId: said(128).nullish(),
  callBackAt: moment.nullish(),
});

export const followUpOut = z
  .object({
    id: z.string(),
    request: z.string(),
    round: z.number(),
    occasion: z.enum(occasions),
    state: z.enum(followUpStates),
    openedAt: momentOut,
    attempts: z.array(
      z.object({
        outcome: z.enum(attemptOutcomes),
        at: momentOut,
        by: z.string(),
        callRecordId: z.string().nullable(),
        callBackAt: momentOut.nullable(),
      }),
    ),
    /** The earliest moment of the next call; null where there are no more. */
    nextCallAt: momentOut.nullable(),
    linkSentAt: momentOut.nullable(),
    unitContacted: z.boolean(),
    answeredAt: momentOut.nullable(),
    by: z.string().nullable(),
    answer: z.unknown().nullable(),
  })
  .meta({ id: 'FollowUp' });
