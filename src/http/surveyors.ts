import { z } from 'zod';
import { answerSurvey, claimSurveys, logAttempt } from '../actions/surveys.ts';
import { attemptOutcomes, type FollowUpAnswer, occasions, satisfactions, solvedAnswers } from '../domain/follow-up.ts';
import { claimsOf, claimView, goneSignal, mostWaiting, takingIn, waitingIn } from './claims.ts';
import { attemptIn, followUpAnswer, followUpOut } from './follow-up-shapes.ts';
import { places } from './places.ts';
import { granted } from './problem.ts';
import * as s from './shapes.ts';
import { followUpView, time } from './views.ts';
import type { Routes } from './zod.ts';

const askers = ['follow_up_agent', 'survey_vendor'] as const;

/** Those who ask residents afterwards (回访): agents and survey vendors, never the handling unit. */
export const surveyors: Routes = async (app, deps) => {
  const line = places(mostWaiting);
  app.post(
    '/follow-ups/claims',
    {
      config: { for: askers },
      schema: {
        summary: 'Lease residents to be asked; a vendor sees number, contact and title alone',
        description: 'Whom nobody has called yet is given at any hour, others when the next call may be made.',
        tags: ['follow-up'],
        body: z.object(takingIn),
        response: {
          200: claimsOf({
            followUp: z.object({
              id: z.string(),
              number: z.string(),
              title: z.string(),
              contact: z.object({ name: z.string().nullable(), phone: z.string().nullable() }),
              /** Why the resident is asked; of agents alone. */
              occasion: z.enum(occasions).optional(),
              /** What was asked for, in the resident's words; of agents alone, as all that follows. */
              description: z.string().optional(),
              round: z.number().optional(),
              attempts: z.array(z.object({ outcome: z.enum(attemptOutcomes), at: s.momentOut })).optional(),
              /** What the same resident answered in an earlier round; null in the first. */
              before: z
                .object({ solved: z.enum(solvedAnswers), satisfaction: z.enum(satisfactions), at: s.momentOut })
                .nullish(),
              reply: z.object({ result: z.string(), text: z.string(), at: s.momentOut }).nullish(),
            }),
          }),
        },
      },
    },
    async (request, reply) => {
      const { body, actor } = request;
      const taking = waitingIn(line, body, actor.client, reply);
      const asked = granted(await claimSurveys(deps, taking, actor, goneSignal(reply)));
      reply.header('cache-control', 'no-store');
      const isAgent = actor.roles.includes('follow_up_agent');
      return {
        claims: asked.map(({ claim, followUp, request, reply: said, before }) => {
          const { number, title, description, requester } = request;
          return {
            ...claimView(claim),
            followUp: {
              id: followUp.id,
              number,
              title,
              contact: { name: requester?.name ?? null, phone: requester?.phone ?? null },
              ...(isAgent
                ? {
                    occasion: followUp.occasion,
                    description,
                    round: followUp.round,
                    attempts: followUp.attempts.map(({ outcome, at }) => ({ outcome, at: time(at) as string })),
                    before: before && {
                      solved: before.answer.solved,
                      satisfaction: before.answer.satisfaction,
                      at: time(before.at) as string,
                    },
                    reply: said === null ? null : { result: said.result, text: said.text, at: time(said.at) as string },
                  }
                : {}),
            },
          };
        }),
      };
    },
  );

  app.post(
    '/follow-ups/:id/answer',
    {
      config: { for: askers },
      schema: {
        summary: 'What the resident said, by whoever holds the lease; the same answer again changes nothing',
        tags: ['follow-up'],
        params: s.idParams,
        body: followUpAnswer,
        response: { 200: followUpOut },
      },
    },
    async ({ params, body, actor }) => {
      return followUpView(granted(await answerSurvey(deps, params.id, answerOf(body), actor)), deps.city());
    },
  );

  app.post(
    '/follow-ups/:id/attempts',
    {
      config: { for: askers },
      schema: {
        summary: 'A call and what came of it, by whoever holds the lease; the same call again changes nothing',
        description:
          'Three calls in different parts of the day (09-12, 12-18, 18-20), at least four hours apart; then a link is sent.',
        tags: ['follow-up'],
        params: s.idParams,
        body: attemptIn,
        response: { 200: followUpOut },
      },
    },
    async ({ params, body, actor }) => {
      const { outcome, at = deps.now(), callRecordId = null, callBackAt = null } = body;
      const said = { outcome, at, callRecordId, callBackAt };
      return followUpView(granted(await logAttempt(deps, params.id, said, actor)), deps.city());
    },
  );
};

/** What was said, with nothing for what was left out. */
export const answerOf = (body: z.output<typeof followUpAnswer>): FollowUpAnswer => {
  const { contacted, solved, satisfaction, reason = null, askedToChange = null, comment = null } = body;
  return { contacted, solved, satisfaction, reason, askedToChange, comment };
};
