import { z } from 'zod';
import { answerSurveyLink, lookAtSurvey } from '../actions/survey-link.ts';
import { reasonMissing } from '../domain/follow-up.ts';
import { isRefusal } from '../domain/refusal.ts';
import { followUpAnswer } from './follow-up-shapes.ts';
import { networkOf } from './limits.ts';
import {
  asPages,
  linkConfig as config,
  form,
  forPeople,
  pageAgain,
  pageLanguage,
  pageQuery,
  refused,
  show,
  thanks,
  thanksOut,
  thePage,
} from './link-pages.ts';
import * as s from './shapes.ts';
import { type FormFault, surveyPage } from './survey-page.ts';
import { answerOf } from './surveyors.ts';
import type { Routes } from './zod.ts';

const params = z.object({ token: s.text(200) });

/** The resident's own link (短信评价): a page that needs no script and holds nobody's data. A token works once. */
export const surveys: Routes = async (app, deps) => {
  asPages(app);

  app.get(
    '/surveys/:token',
    {
      config,
      schema: {
        summary: 'The survey behind a link, as a page for people; looking at it uses nothing up',
        tags: ['residents'],
        params,
        querystring: pageQuery,
        response: { 200: thePage },
      },
    },
    async (request, reply) => {
      const survey = await lookAtSurvey(deps, request.params.token, networkOf(request.ip));
      if (isRefusal(survey)) return refused(survey, request, reply);
      return show(reply, surveyPage(survey, pageLanguage(request)));
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
        querystring: pageQuery,
        body: followUpAnswer,
        response: {
          200: thanksOut,
          422: pageAgain,
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
        return show(reply.code(422), surveyPage(survey, pageLanguage(request), { fault, given }));
      };
      if (request.validationError) {
        if (forPeople(request)) return again('missing');
        throw request.validationError;
      }
      const answer = answerOf(request.body);
      if (reasonMissing(answer) && forPeople(request)) return again('reasonMissing');
      const outcome = await answerSurveyLink(deps, token, answer, address);
      if (isRefusal(outcome)) return refused(outcome, request, reply);
      return thanks(request, reply);
    },
  );
};
