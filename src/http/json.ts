import { refuse } from '../domain/refusal.ts';
import { Refused } from './problem.ts';
import type { App } from './zod.ts';

/** Nothing a client of ours sends is nested this deeply; what is would only overturn those who walk through it. */
const mostLevels = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads JSON bodies: UTF-8 that is whole, at most 64 levels deep, without keys that would change a prototype. */
export function readJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    let text: string;
    try {
      text = utf8.decode(body);
    } catch {
      done(new Refused(refuse('malformed')));
      return;
    }
    if (levels(body) > mostLevels) done(new Refused(refuse('malformed')));
    else void parse(request, text, done);
  });
}

/** How deep arrays and objects are nested, strings left out. */
function levels(body: Buffer): number {
  let deep = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++deep);
    else if (byte === 0x7d || byte === 0x5d) deep -= 1;
  }
  return deepest;
}
