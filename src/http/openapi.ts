import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { isKeyless } from './who.ts';

type Told = Readonly<Record<string, unknown>>;
type Headers = Readonly<{ properties: Told; required: readonly string[] }>;

const idempotencyKey = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'Any text of your own, new for every new thing: the same key with the same body gets the first answer',
  example: '7f3a1c52-0f7e-4b8e-9d57-1f2c8a6e4b10',
};
const ifMatch = {
  type: 'string',
  description: 'The ETag that was read, such as "v3"; `*` for whatever version there is',
  example: '*',
};
const actorName = {
  type: 'string',
  maxLength: 100,
  description: 'The person behind a key that several people share, percent-encoded where it is not ASCII',
};
const upload = {
  type: 'object',
  properties: { file: { type: 'string', format: 'binary' } },
  required: ['file'],
};

/**
 * Turns a route's zod schemas into JSON Schema, and tells what hooks and handlers ask of a request before its shapes are
 * looked at: the headers, the key, and a body that is a file. It only tells; nothing is checked by it.
 */
export const transform: typeof jsonSchemaTransform = (asked) => {
  const told = jsonSchemaTransform(asked);
  if (told.schema === undefined || told.schema.hide === true || !('route' in asked)) return told;
  const { config = {}, method } = asked.route;
  const { for: right, create, remember = true, ifMatch: version } = config;
  const keyless = isKeyless(right);
  const named: readonly (readonly [name: string, about: object, when: 'required' | boolean])[] = [
    ['Idempotency-Key', idempotencyKey, method === 'POST' && remember && (create ? 'required' : true)],
    ['If-Match', ifMatch, version === 'needed' ? 'required' : version === 'heeded'],
    ['Gridcall-Actor', actorName, !keyless],
  ];
  const own = told.schema.headers as Headers | undefined;
  const headers = {
    type: 'object',
    properties: { ...own?.properties, ...Object.fromEntries(named.filter(([, , when]) => when)) },
    required: [...(own?.required ?? []), ...named.flatMap(([name, , when]) => (when === 'required' ? [name] : []))],
  };
  return {
    ...told,
    schema: {
      ...told.schema,
      headers,
      ...(told.schema.consumes?.includes('multipart/form-data') ? { body: upload } : {}),
      ...(keyless ? { security: [] } : {}),
    },
  };
};

const problem = {
  type: 'object',
  description: 'RFC 9457; `code` is the contract, `title` and `detail` are in Chinese or English by Accept-Language',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'the page of this problem: /problems/<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};

type Operation = { responses?: Record<string, unknown>; security?: unknown };

/** Adds what every operation has in common: any of them may fail with a problem document. */
export function withProblems(
  documents: Parameters<typeof jsonSchemaTransformObject>[0],
): ReturnType<typeof jsonSchemaTransformObject> {
  const document = jsonSchemaTransformObject(documents) as {
    components?: { schemas?: object };
    paths?: Record<string, Record<string, Operation>>;
  };
  const failure = {
    description: 'A problem document',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: problem } };
  for (const operation of Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods)))
    operation.responses = { ...operation.responses, default: failure };
  document.components.schemas = used(document.components.schemas as Readonly<Record<string, object>>, document.paths);
  return document;
}

/** The named shapes that are spoken of, by the operations or by each other, by name: each has one for what comes in, too. */
function used(schemas: Readonly<Record<string, object>>, spokenOf: unknown): Readonly<Record<string, object>> {
  const names = new Set<string>();
  const look = (at: unknown): void => {
    for (const [, name = ''] of JSON.stringify(at ?? {}).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      look(schemas[name]);
    }
  };
  look(spokenOf);
  const kept = Object.entries(schemas).filter(([name]) => names.has(name));
  return Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
