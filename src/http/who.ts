import { BlockList, isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { recognising } from '../actions/who.ts';
import { type Role, roles, standsInFor } from '../domain/city.ts';
import { Refused, refuse } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';

import type { HttpDeps } from './zod.ts';

/** Who may use a route: these roles, whoever holds a key, everybody, or who signs what they send. A route without this does not start. */
export type Right = readonly Role[] | 'anyone' | 'public' | 'signed';
/** Whether a route is used without a key. */
export const isKeyless = (right: Right | undefined): boolean => right === 'public' || right === 'signed';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. */
    for?: Right;
    /** A create: refuses to run without an Idempotency-Key. `own` keeps its answers in its own transaction. */
    create?: boolean | 'own';
    /** The route goes by the version in If-Match: `needed` refuses to run without one, `heeded` runs on whatever there is. */
    ifMatch?: 'needed' | 'heeded';
    /** False: no answer is kept for an Idempotency-Key, because of what it holds. */
    remember?: boolean;
  }
  interface FastifyInstance {
    /** Every route, who may use it and what it is asked with, as those read it who go by another's route. */
    rights: { method: string; url: string; right: Right; asks: Pick<FastifySchema, 'params' | 'querystring'> }[];
  }
  interface FastifyRequest {
    actor: Actor;
    /** Whether the key that opened a long answer still holds, with the same right. */
    stillMay: () => Promise<boolean>;
  }
}

/** Everybody whose key names a unit. */
export const unitRoles: readonly Role[] = ['unit_clerk', 'unit_leader', 'street_centre', 'community_clerk'];
/** The hotline's own desks. */
export const hotlineRoles: readonly Role[] = ['operator', 'dispatcher', 'shift_leader', 'centre_leader'];
/** Everybody who works on orders; what each may do to one of them the table of its life says. */
export const orderWorkers: readonly Role[] = [...hotlineRoles, ...unitRoles, 'grid_worker', 'supervisor', 'inspector'];
/** Everybody who looks around in the city; a machine that only sends messages does not. */
export const allRoles: readonly Role[] = roles.filter((role) => role !== 'message_gateway');

const nobody: Actor = {
  client: 'public',
  name: 'public',
  roles: [],
  unit: null,
  areas: [],
  requests: [],
  system: false,
};

/** Every request gets its actor before anything else looks at it, or is refused: 401 without a key, 403 without the right. */
export function knowWho(app: FastifyInstance, deps: HttpDeps): void {
  const whoIs = recognising(deps, allowsAddress);
  app.decorateRequest('actor', null as unknown as Actor);
  app.decorateRequest('stillMay', null as unknown as () => Promise<boolean>);
  app.decorate('rights', []);
  app.addHook('onRoute', (route) => {
    // The documentation's pages come from a plugin that knows nothing of rights.
    if (route.url.startsWith('/docs')) route.config = { ...route.config, for: 'public' };
    if (route.config?.for === undefined && route.method !== 'HEAD' && route.method !== 'OPTIONS')
      throw new Error(`${String(route.method)} ${route.url} says not for whom it is`);
    if (route.config?.for !== undefined && route.method !== 'HEAD')
      app.rights.push({
        method: String(route.method),
        url: route.url,
        right: route.config.for,
        asks: route.schema ?? {},
      });
  });
  app.addHook('onRequest', async (request, reply) => {
    const right = request.routeOptions.config.for;
    request.actor = nobody;
    if (isKeyless(right) || request.is404) return;
    reply.header('cache-control', 'no-store'); // a route whose answers may be kept says so
    const key = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const known = async () => {
      const actor = key === undefined ? null : await whoIs(key, request.ip, nameOf(request));
      const as = actor?.unit == null ? undefined : standsInFor(deps.city().city, actor.unit, actor.name);
      return actor === null || as === undefined ? actor : { ...actor, as };
    };
    const may = (actor: Actor) => !Array.isArray(right) || right.some((role: Role) => actor.roles.includes(role));
    const actor = await known();
    // Refused only once it is counted: whoever guesses keys is one of those without a key.
    if (actor === null) return;
    request.actor = actor;
    if (!may(actor)) throw new Refused(refuse('forbidden', { allowedFor: right }));
    request.stillMay = async () => {
      const now = await known();
      return now !== null && may(now) && now.unit === actor.unit;
    };
  });
  app.addHook('preParsing', async (request) => {
    if (needsKey(request)) throw new Refused(refuse('unauthorized'));
  });
}

/** Turns away whoever is nobody and has not come to a public route; asked after the limits. */
const needsKey = (request: FastifyRequest): boolean =>
  request.actor === nobody && !isKeyless(request.routeOptions.config.for) && !request.is404;

/** The person behind a shared key. Names outside ASCII are percent-encoded, as headers demand. */
function nameOf({ headers }: FastifyRequest): string | null {
  const given = headers['gridcall-actor'];
  if (typeof given !== 'string') return null;
  const name = decoded(given).replaceAll(/\p{C}/gu, '').trim().slice(0, 100).toWellFormed();
  return name === '' || notPersons.has(name) ? null : name;
}

/** Names that stand in the record for no person behind a key. */
const notPersons: ReadonlySet<string> = new Set(['resident', 'system', 'public']);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function allowsAddress({ cidrs }: Readonly<{ cidrs: readonly string[] }>, address: string): boolean {
  if (cidrs.length === 0) return true;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [net = '', bits] = cidr.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(net, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
