import type { Survey } from '../actions/survey-link.ts';
import { dissatisfactionReasons, satisfactions, solvedAnswers } from '../domain/follow-up.ts';
import { escaped } from '../domain/markup.ts';
import type { Words } from '../domain/resident.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { aboutRequest, page, radios, yesNo } from './link-pages.ts';

const solvedWords: Readonly<Record<(typeof solvedAnswers)[number], Words>> = {
  yes: ['已解决', 'Yes'],
  partly: ['部分解决', 'Partly'],
  no: ['未解决', 'No'],
};
const satisfactionWords: Readonly<Record<(typeof satisfactions)[number], Words>> = {
  very_satisfied: ['非常满意', 'Very satisfied'],
  satisfied: ['满意', 'Satisfied'],
  basically: ['基本满意', 'More or less'],
  dissatisfied: ['不满意', 'Dissatisfied'],
  very_dissatisfied: ['非常不满意', 'Very dissatisfied'],
};
const reasonWords: Readonly<Record<(typeof dissatisfactionReasons)[number], Words>> = {
  not_done: ['没有办理', 'Nothing was done'],
  slow: ['办理太慢', 'It took too long'],
  attitude: ['服务态度', 'How I was treated'],
  demand_not_supported: ['诉求未被支持', 'My demand was not supported'],
  policy: ['政策原因', 'The rules do not allow it'],
};

const text = {
  title: ['12345热线办理评价', 'How did 12345 handle your request?'],
  contacted: ['承办单位是否联系过您？', 'Did the responsible unit contact you?'],
  solved: ['问题是否解决？', 'Is it solved?'],
  satisfaction: ['您对办理是否满意？', 'Are you satisfied with how it was handled?'],
  reason: ['不满意的原因（选择不满意时必填）', 'If you are dissatisfied, why? (needed then)'],
  choose: ['请选择', 'Choose'],
  askedToChange: ['是否有人要求您更改评价？', 'Were you asked to change your rating?'],
  comment: ['其他意见（请勿填写个人信息）', 'Anything else (please no personal details)'],
  readers: [
    '您的意见由热线、督查和审计人员查看。问题未解决的，意见会转给承办单位重新办理，评议员会看到隐去个人信息的意见；有人要求您更改评价的，意见不转给承办单位和评议员。',
    'The hotline, inspectors and auditors read this. If it is not solved the responsible unit reads it too, to handle it again, and independent judges may, without personal details; if somebody asked you to change your rating, neither of them does.',
  ],
  send: ['提交', 'Send'],
  missing: ['请回答前三个问题。', 'Please answer the first three questions.'],
  reasonMissing: ['请选择不满意的原因。', 'Please say why you are dissatisfied.'],
} as const satisfies Record<string, Words>;

/** What was filled in wrong: an answer is missing, or the reason of whoever is dissatisfied. */
export type FormFault = 'missing' | 'reasonMissing';

/** The form, with what was filled in before where it has to be filled in again. Works without scripts. */
export function surveyPage(
  survey: Survey,
  language: Language,
  { fault = null, given = {} }: Readonly<{ fault?: FormFault | null; given?: Readonly<Record<string, unknown>> }> = {},
): string {
  const say = sayIn(language);
  const ask = (name: keyof typeof text, options: typeof yesNo, required = true): string =>
    radios(language, { name, question: text[name], options, required, given: given[name] });
  const wordsOf = <K extends string>(values: readonly K[], words: Readonly<Record<K, Words>>) =>
    values.map((value) => [value, words[value]] as const);
  const reasons = wordsOf(dissatisfactionReasons, reasonWords)
    .map(
      ([value, words]) => `<option value="${value}"${given.reason === value ? ' selected' : ''}>${say(words)}</option>`,
    )
    .join('');
  return page(
    language,
    text.title,
    `${aboutRequest(language, survey)}
${fault === null ? '' : `<p class="fault" role="alert">${say(text[fault])}</p>`}
<form method="post" accept-charset="utf-8">
${ask('contacted', yesNo)}
${ask('solved', wordsOf(solvedAnswers, solvedWords))}
${ask('satisfaction', wordsOf(satisfactions, satisfactionWords))}
<fieldset><label>${say(text.reason)}<select name="reason"><option value="">${say(text.choose)}</option>${reasons}</select></label></fieldset>
${ask('askedToChange', yesNo, false)}
<fieldset><label>${say(text.comment)}<textarea name="comment" maxlength="2000">${escaped(typeof given.comment === 'string' ? given.comment : '')}</textarea></label><p>${say(text.readers)}</p></fieldset>
<button type="submit">${say(text.send)}</button>
</form>`,
  );
}
