import { z } from 'zod';
import { answerQuestion, lookAtQuestion } from '../actions/restored-link.ts';
import type { Survey } from '../actions/survey-link.ts';
import { isRefusal } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { networkOf } from './limits.ts';
import {
  aboutRequest,
  asPages,
  linkConfig as config,
  form,
  forPeople,
  page,
  pageAgain,
  pageLanguage,
  pageQuery,
  radios,
  refused,
  show,
  thanks,
  thanksOut,
  thePage,
  yesNo,
} from './link-pages.ts';
import * as s from './shapes.ts';
import type { Routes } from './zod.ts';

const params = z.object({ token: s.text(200) });

/** The question "restored?" (恢复了吗) that the end of an incident sends to everybody who joined, behind a link of their own. */
export const restored: Routes = async (app, deps) => {
  asPages(app);

  app.get(
    '/restored/:token',
    {
      config,
      schema: {
        summary: 'The question whether it is restored, behind a link, as a page for people; looking uses nothing up',
        tags: ['residents'],
        params,
        querystring: pageQuery,
        response: { 200: thePage },
      },
    },
    async (request, reply) => {
      const asked = await lookAtQuestion(deps, request.params.token, networkOf(request.ip));
      if (isRefusal(asked)) return refused(asked, request, reply);
      return show(reply, questionPage(asked, pageLanguage(request)));
    },
  );

  app.post(
    '/restored/:token',
    {
      config,
      bodyLimit: 16_384,
      attachValidation: true,
      schema: {
        summary: 'Whether it is restored, as a form or as JSON, once; "no" opens an order of its own',
        tags: ['residents'],
        consumes: ['application/json', form],
        params,
        querystring: pageQuery,
        body: z.object({ restored: z.boolean(), words: s.said(2000).optional() }),
        response: { 200: thanksOut, 422: pageAgain },
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const address = networkOf(request.ip);
      const asked = await lookAtQuestion(deps, token, address);
      if (isRefusal(asked)) return refused(asked, request, reply);
      if (request.validationError) {
        if (forPeople(request))
          return show(reply.code(422), questionPage(asked, pageLanguage(request), { again: true }));
        throw request.validationError;
      }
      const outcome = await answerQuestion(deps, token, request.body, address);
      return isRefusal(outcome) ? refused(outcome, request, reply) : thanks(request, reply);
    },
  );
};

const readers: Words = [
  '回答“否”的，补充说明会随新工单转给承办单位，热线工作人员也会看到；回答“是”的，不保存补充说明。',
  'If you say no, the responsible unit and the hotline read this with your new work order; if you say yes, it is not kept.',
];

/** The form. Works without scripts. */
function questionPage(asked: Survey, language: Language, { again = false } = {}): string {
  const say = sayIn(language);
  return page(
    language,
    ['是否已恢复？', 'Is it restored?'],
    `${aboutRequest(language, asked)}
${again ? `<p class="fault" role="alert">${say(['请选择是否已恢复。', 'Please say whether it is restored.'])}</p>` : ''}
<form method="post" accept-charset="utf-8">
${radios(language, { name: 'restored', question: ['您反映的问题是否已恢复？', 'Is what you called about restored?'], options: yesNo })}
<fieldset><label>${say(['补充说明（请勿填写个人信息）', 'Anything else (please no personal details)'])}<textarea name="words" maxlength="2000"></textarea></label><p>${say(readers)}</p></fieldset>
<button type="submit">${say(['提交', 'Send'])}</button>
</form>`,
  );
}
