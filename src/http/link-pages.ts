import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Survey } from '../actions/survey-link.ts';
import { escaped } from '../domain/markup.ts';
import { type Refusal, Refused } from '../domain/refusal.ts';
import type { Words } from '../domain/resident.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { asksForPage, languageOf, statusOf } from './problem.ts';
import type { App } from './zod.ts';

const html = 'text/html; charset=utf-8';
export const form = 'application/x-www-form-urlencoded';
/** A person answers one link; behind one address may sit many of them. */
export const linkConfig = { for: 'public', rateLimit: { max: 60, timeWindow: 60_000 } } as const;

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
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page200 = { content: { 'text/html': { schema: z.string() } } };
export const thePage = { description: 'the page', ...page200 };
export const pageAgain = { description: 'the page once more', ...page200 };
export const thanksOut = {
  description: 'thanks, as a page or as JSON',
  content: { 'application/json': { schema: z.object({ recorded: z.literal(true) }) }, ...page200.content },
};

/** What may stand behind the address of a page: the language somebody chose there. */
export const pageQuery = z.object({ lang: z.enum(['zh', 'en']).optional().catch(undefined) });

/** The language of a page: the one chosen on it, else the one the browser asks for. */
export function pageLanguage(request: Pick<FastifyRequest, 'headers' | 'query'>): Language {
  const chosen = pageQuery.safeParse(request.query).data?.lang;
  return chosen ?? languageOf(request);
}

/** Routes of a resident's own link: pages that need no script, are kept nowhere and are not indexed. */
export function asPages(app: App): void {
  app.addContentTypeParser(form, { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) =>
    done(null, fromForm(new URLSearchParams(String(body)))),
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Language, Accept',
    });
  });
}

/** Whether a person looks at the answer: a browser, or who sent a form. */
export const forPeople = (request: FastifyRequest): boolean =>
  asksForPage(request) ||
  (request.headers['content-type']?.startsWith(form) === true && request.headers.accept?.includes('json') !== true);

export const show = (reply: FastifyReply, page: string) => reply.type(html).serializer(String).send(page);

/** Thanks to whoever has answered. */
export function thanks(request: FastifyRequest, reply: FastifyReply) {
  if (forPeople(request)) return show(reply, notePage('thanks', pageLanguage(request)));
  return { recorded: true as const };
}

const notes = {
  thanks: ['谢谢，您的回答已记录。', 'Thank you. Your answer is recorded.'],
  over: ['本次提问已回答或已过期，感谢您的参与。', 'This has been answered or has expired. Thank you.'],
  unknown: ['链接无效，请检查后重试。', 'There is no such link. Please check it.'],
  later: ['访问过于频繁，请稍后再试。', 'Too many tries. Please try again later.'],
} as const satisfies Record<string, Words>;
type Note = keyof typeof notes;

const noteOf: Readonly<Partial<Record<Refusal['code'], Note>>> = {
  'not-found': 'unknown',
  'survey-over': 'over',
  'too-many-requests': 'later',
};

/** A page for a person, a problem document for a program; either changes nothing. */
export function refused(refusal: Refusal, request: FastifyRequest, reply: FastifyReply) {
  if (refusal.code === 'too-many-requests') reply.header('retry-after', String(refusal.details.retryAfter));
  const note = noteOf[refusal.code];
  if (note === undefined || !forPeople(request)) throw new Refused(refusal);
  return show(reply.code(statusOf(refusal.code)), notePage(note, pageLanguage(request)));
}

/** A page that says one thing. */
const notePage = (note: Note, language: Language): string =>
  page(language, ['12345热线', '12345 hotline'], `<p>${sayIn(language)(notes[note])}</p>`);

/** A page in a language, with a title over what it says. */
export const page = (language: Language, title: Words, body: string): string => `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${sayIn(language)(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${sayIn(language)(title)}</h1>
${body}
</body>
</html>
`;

/** A question with its answers, one of which is chosen; `given` is what was chosen before. */
export const radios = (language: Language, { name, question, options, required = true, given }: Asked): string => {
  const say = sayIn(language);
  const one = ([value, words]: Asked['options'][number]): string =>
    `<label><input type="radio" name="${name}" value="${value}"${required ? ' required' : ''}${isGiven(given, value) ? ' checked' : ''}> ${say(words)}</label>`;
  return `<fieldset><legend>${say(question)}</legend>${options.map(one).join('')}</fieldset>`;
};
type Asked = Readonly<{
  name: string;
  question: Words;
  options: readonly (readonly [value: string, words: Words])[];
  required?: boolean;
  given?: unknown;
}>;

const isGiven = (given: unknown, value: string): boolean =>
  typeof given === 'boolean' ? given === (value === 'yes') : given === value;

/** What can be said to a question that is answered yes or no. */
export const yesNo: Asked['options'] = [
  ['yes', ['是', 'Yes']],
  ['no', ['否', 'No']],
];

/** What is said about the request: its number, its day, and until when it may be answered; and the page in the other language. */
export const aboutRequest = (language: Language, { number, registeredAt, until }: Survey): string => {
  const say = sayIn(language);
  const [no, from, by] = [escaped(number), dayIn(language, registeredAt), dayIn(language, until)];
  const other = language === 'zh' ? 'en' : 'zh';
  return `<p><a href="?lang=${other}" lang="${other}" hreflang="${other}">${sayIn(other)(['中文', 'English'])}</a></p>
<p>${say([
    `诉求编号：${no}，登记日期：${from}。请于${by}前提交。`,
    `Request ${no}, registered on ${from}. Please answer by ${by}.`,
  ])}</p>`;
};

const days: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  zh: new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }),
};
/** The day of a moment as people write it: 2026年12月7日, 7 December 2026. */
const dayIn = (language: Language, at: Instant): string => days[language].format(new Date(dateOf(at)));

/** A form as the same answer would stand in JSON: what is left empty is left out. */
function fromForm(fields: URLSearchParams): Readonly<Record<string, unknown>> {
  const given = [...fields].filter(([, value]) => value !== '');
  return Object.fromEntries(given.map(([name, value]) => (yesNos.has(name) ? [name, yesOrNo(value)] : [name, value])));
}

/** The questions that are answered yes or no. */
const yesNos: ReadonlySet<string> = new Set(['contacted', 'askedToChange', 'restored']);
const yesOrNo = (value: string): unknown => (value === 'yes' ? true : value === 'no' ? false : value);
