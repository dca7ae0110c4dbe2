import { obstacleToServing } from '../actions/vitals.ts';
import { escaped } from '../domain/markup.ts';
import { type RefusalCode, Refused, refusals, refuse } from '../domain/refusal.ts';
import { type Language } from '../domain/words.ts';
import { asksForPage, languageOf, statusOf } from './problem.ts';
import type { HttpDeps, Routes } from './zod.ts';

/** `queue` says whether the queue engine is up; without one nobody asks. */
export type Operating = HttpDeps & Readonly<{ queue?: () => 'up' | 'down' }>;

const open = { config: { for: 'public', rateLimit: false }, schema: { hide: true } } as const;

/** For whoever runs the service: is the process alive, may it be sent requests, what does a problem mean. */
export const operations: Routes<Operating> = async (app, deps) => {
  // Whoever opens the address in a browser wants to know what is there.
  app.get('/', { ...open, config: { for: 'public' } }, (_request, reply) => reply.redirect('/docs'));

  app.get('/livez', open, async () => ({ status: 'ok' }));

  // Intake needs no queue, so a queue that is away degrades the service and does not take it out of service.
  app.get('/readyz', open, async (request) => {
    const obstacle = await obstacleToServing(deps);
    if (obstacle !== null) {
      request.log.warn({ reason: obstacle }, 'not ready');
      throw new Refused(refuse('unavailable'));
    }
    return deps.queue?.() === 'down' ? { status: 'degraded', queue: 'down' } : { status: 'ok' };
  });

  app.get<{ Params: { code: string } }>('/problems/:code', { ...open, config: { for: 'public' } }, (request, reply) => {
    const { code } = request.params;
    if (!isCode(code)) throw new Refused(refuse('not-found'));
    const [zh, en] = refusals[code];
    const page = { type: `/problems/${code}`, code, status: statusOf(code), zh, en };
    reply.header('vary', 'accept, accept-language');
    if (!asksForPage(request)) return reply.send(page);
    return reply.type('text/html; charset=utf-8').send(htmlOf(page, languageOf(request)));
  });
};

const isCode = (code: string): code is RefusalCode => Object.hasOwn(refusals, code);

type Page = Readonly<{ code: string; status: number; zh: string; en: string }>;

/** Nothing in it comes from a client, so nothing needs escaping but our own words. */
const htmlOf = ({ code, status, zh, en }: Page, language: Language): string => {
  const [first, second] = language === 'zh' ? [zh, en] : [en, zh];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${code}</title></head>
<body>
<h1>${code}</h1>
<p>${escaped(first)}</p>
<p>${escaped(second)}</p>
<p>HTTP ${status}</p>
</body>
</html>
`;
};
