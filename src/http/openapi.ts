import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** Turns a route's zod schemas into JSON Schema. */
export const transform = jsonSchemaTransform;

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
