import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerSurveyLink, lookAtSurvey } from '../actions/survey-link.ts';
import { reasonMissing } from '../domain/follow-up.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { networkOf } from './limits.ts';
import { languageOf, Refused, statusOf } from './problem.ts';
import * as s from './shapes.ts';
import { type FormFault, type Note, notePage, surveyPage, surveyPolicy } from './survey-page.ts';
import { answerOf } from './surveyors.ts';
import type { Routes } from './zod.ts';

const params = z.object({ token: s.text(200) });
const html = 'text/html; charset=utf-8';
const form = 'application/x-www-form-urlencoded';
/** A person answers one survey; behind one address may sit many of them. */
const config = { for: 'public', rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** The resident's own link (短信评价): a page that needs no script and holds nobody's data. A token works once. */
export const surveys: Routes = async (app, deps) => {
  app.addContentTypeParser(form, { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) =>
    done(null, fromForm(new URLSearchParams(String(body)))),
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': surveyPolicy,
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Language, Accept',
    });
  });

  app.get(
    '/surveys/:token',
    {
      config,
      schema: {
        summary: 'The survey behind a link, as a page for people; looking at it uses nothing up',
        tags: ['residents'],
        params,
        response: { 200: { description: 'the page', content: { 'text/html': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const survey = await lookAtSurvey(deps, request.params.token, networkOf(request.ip));
      if (isRefusal(survey)) return refused(survey, request, reply);
      return show(reply, surveyPage(survey, languageOf(request)));
    },
  );

  app.post(
    '/surveys/:token',
    {
      config,
      bodyLimit: 16_384,
      attachValidation: true,
      schema: {
        summary: 'What the resident says, as a form or as JSON; once, and then the link is used up',
        tags: ['residents'],
        consumes: ['application/json', form],
        params,
        body: s.followUpAnswer,
        response: {
          200: {
            description: 'thanks, as a page or as JSON',
            content: {
              'application/json': { schema: z.object({ recorded: z.literal(true) }) },
              'text/html': { schema: z.string() },
            },
          },
          422: { description: 'the page once more', content: { 'text/html': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const address = networkOf(request.ip);
      const survey = await lookAtSurvey(deps, token, address);
      if (isRefusal(survey)) return refused(survey, request, reply);
      const again = (fault: FormFault) => {
        const given = Object(request.body) as Readonly<Record<string, unknown>>;
        return show(reply.code(422), surveyPage(survey, languageOf(request), { fault, given }));
      };
      if (request.validationError) {
        if (forPeople(request)) return again('missing');
        throw request.validationError;
      }
      const answer = answerOf(request.body);
      if (reasonMissing(answer) && forPeople(request)) return again('reasonMissing');
      const outcome = await answerSurveyLink(deps, token, answer, address);
      if (isRefusal(outcome)) return refused(outcome, request, reply);
      if (forPeople(request)) return show(reply, notePage('thanks', languageOf(request)));
      return { recorded: true as const };
    },
  );
};

/** Whether a person looks at the answer: a browser, or who sent a form. */
const forPeople = ({ headers }: FastifyRequest): boolean =>
  headers.accept?.includes('text/html') === true ||
  (headers['content-type']?.startsWith(form) === true && headers.accept?.includes('json') !== true);

const show = (reply: FastifyReply, page: string) => reply.type(html).serializer(String).send(page);

const noteOf: Readonly<Partial<Record<Refusal['code'], Note>>> = {
  'not-found': 'unknown',
  'survey-over': 'over',
  'too-many-requests': 'later',
};

/** A page for a person, a problem document for a program; either changes nothing. */
function refused(refusal: Refusal, request: FastifyRequest, reply: FastifyReply) {
  if (refusal.code === 'too-many-requests') reply.header('retry-after', String(refusal.details.retryAfter));
  const note = noteOf[refusal.code];
  if (note === undefined || !forPeople(request)) throw new Refused(refusal);
  return show(reply.code(statusOf(refusal.code)), notePage(note, languageOf(request)));
}

/** A form as the same answer would stand in JSON: what is left empty is left out. */
function fromForm(fields: URLSearchParams): Readonly<Record<string, unknown>> {
  const given = [...fields].filter(([, value]) => value !== '');
  return Object.fromEntries(
    given.map(([name, value]) =>
      name === 'contacted' || name === 'askedToChange' ? [name, yesOrNo(value)] : [name, value],
    ),
  );
}

const yesOrNo = (value: string): unknown => (value === 'yes' ? true : value === 'no' ? false : value);
