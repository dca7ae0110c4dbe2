import type { FastifyRequest } from 'fastify';
import { Refused, refuse } from '../domain/refusal.ts';

import type { App } from './zod.ts';

/** Nothing a client of ours sends is nested this deeply; what is would only overturn those who walk through it. */
const mostLevels = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

type Reading = (request: FastifyRequest, body: Buffer) => Promise<unknown>;

/** Reads JSON: UTF-8 that is whole, at most 64 levels deep, without keys that would change a prototype. */
export function jsonReader(app: App): Reading {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body) =>
    new Promise((done, failed) => {
      let text: string;
      try {
        text = utf8.decode(body);
      } catch {
        failed(new Refused(refuse('malformed')));
        return;
      }
      if (levels(body) > mostLevels) failed(new Refused(refuse('malformed')));
      else void parse(request, text, (error, read) => (error === null ? done(read) : failed(error)));
    });
}

/** Reads the bodies of all routes so. */
export function readJson(app: App): void {
  const read = jsonReader(app);
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
    read(request, body),
  );
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
