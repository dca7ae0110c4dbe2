import { createHash } from 'node:crypto';
import type { Survey } from '../actions/survey-link.ts';
import { dissatisfactionReasons, satisfactions, solvedAnswers } from '../domain/follow-up.ts';
import { dateOf } from '../domain/time.ts';

type Words = readonly [zh: string, en: string];
export type Language = 'zh' | 'en';

const style = `
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 0 auto; padding: 1rem; color: #1a1a1a; background: #fff }
fieldset { border: 0; border-top: 1px solid #ccc; margin: 0; padding: 1rem 0 }
legend { font-weight: 600; padding: 0 }
label { display: block; padding: .3rem 0 }
select, textarea, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem }
textarea { min-height: 6rem }
button { border: 0; border-radius: .3rem; color: #fff; background: #0b5cad }
.fault { color: #b00020; font-weight: 600 }
`;

/** No script, nothing from elsewhere, one known style, and the form goes nowhere but here. */
export const surveyPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const yesNo: readonly (readonly [value: string, words: Words])[] = [
  ['yes', ['是', 'Yes']],
  ['no', ['否', 'No']],
];
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
  about: ['诉求编号', 'Request'],
  registered: ['登记日期', 'registered on'],
  until: ['请于此日前提交', 'answer by'],
  contacted: ['承办单位是否联系过您？', 'Did the responsible unit contact you?'],
  solved: ['问题是否解决？', 'Is it solved?'],
  satisfaction: ['您对办理是否满意？', 'Are you satisfied with how it was handled?'],
  reason: ['不满意的原因（选择不满意时必填）', 'If you are dissatisfied, why? (needed then)'],
  choose: ['请选择', 'Choose'],
  askedToChange: ['是否有人要求您更改评价？', 'Were you asked to change your rating?'],
  comment: ['其他意见（请勿填写个人信息）', 'Anything else (please no personal details)'],
  send: ['提交', 'Send'],
  missing: ['请回答前三个问题。', 'Please answer the first three questions.'],
  reasonMissing: ['请选择不满意的原因。', 'Please say why you are dissatisfied.'],
} as const satisfies Record<string, Words>;

const notes = {
  thanks: ['谢谢，您的评价已记录。', 'Thank you. Your answer is recorded.'],
  over: ['本次评价已提交或已过期，感谢您的参与。', 'This survey has been answered or has expired. Thank you.'],
  unknown: ['链接无效，请检查后重试。', 'There is no such survey. Please check the link.'],
  later: ['访问过于频繁，请稍后再试。', 'Too many tries. Please try again later.'],
} as const satisfies Record<string, Words>;
export type Note = keyof typeof notes;

/** What was filled in wrong: an answer is missing, or the reason of whoever is dissatisfied. */
export type FormFault = 'missing' | 'reasonMissing';

/** The form, with what was filled in before where it has to be filled in again. Works without scripts. */
export function surveyPage(
  { number, registeredAt, until }: Survey,
  language: Language,
  { fault = null, given = {} }: Readonly<{ fault?: FormFault | null; given?: Readonly<Record<string, unknown>> }> = {},
): string {
  const say = sayIn(language);
  const radios = (name: keyof typeof text, options: readonly (readonly [string, Words])[], required = true): string =>
    `<fieldset><legend>${say(text[name])}</legend>${options
      .map(
        ([value, words]) =>
          `<label><input type="radio" name="${name}" value="${value}"${required ? ' required' : ''}${isGiven(given[name], value) ? ' checked' : ''}> ${say(words)}</label>`,
      )
      .join('')}</fieldset>`;
  const wordsOf = <K extends string>(values: readonly K[], words: Readonly<Record<K, Words>>) =>
    values.map((value) => [value, words[value]] as const);
  const reasons = wordsOf(dissatisfactionReasons, reasonWords)
    .map(
      ([value, words]) => `<option value="${value}"${given.reason === value ? ' selected' : ''}>${say(words)}</option>`,
    )
    .join('');
  return page(
    language,
    `<p>${say(text.about)} ${escaped(number)}, ${say(text.registered)} ${dateOf(registeredAt)}; ${say(text.until)} ${dateOf(until)}</p>
${fault === null ? '' : `<p class="fault" role="alert">${say(text[fault])}</p>`}
<form method="post" accept-charset="utf-8">
${radios('contacted', yesNo)}
${radios('solved', wordsOf(solvedAnswers, solvedWords))}
${radios('satisfaction', wordsOf(satisfactions, satisfactionWords))}
<fieldset><label>${say(text.reason)}<select name="reason"><option value="">${say(text.choose)}</option>${reasons}</select></label></fieldset>
${radios('askedToChange', yesNo, false)}
<fieldset><label>${say(text.comment)}<textarea name="comment" maxlength="2000">${escaped(typeof given.comment === 'string' ? given.comment : '')}</textarea></label></fieldset>
<button type="submit">${say(text.send)}</button>
</form>`,
  );
}

/** A page that says one thing. */
export const notePage = (note: Note, language: Language): string =>
  page(language, `<p>${sayIn(language)(notes[note])}</p>`);

const sayIn =
  (language: Language) =>
  ([zh, en]: Words): string =>
    language === 'zh' ? zh : en;

const isGiven = (given: unknown, value: string): boolean =>
  typeof given === 'boolean' ? given === (value === 'yes') : given === value;

const page = (language: Language, body: string): string => `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${sayIn(language)(text.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${sayIn(language)(text.title)}</h1>
${body}
</body>
</html>
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (words: string): string => words.replaceAll(/[&<>"']/g, (each) => entities[each] ?? each);
