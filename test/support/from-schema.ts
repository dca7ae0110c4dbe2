import fc from 'fast-check';

/** As much of JSON Schema as the OpenAPI document uses. */
export type Schema = Readonly<{
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
  $ref?: string;
}>;

/** Words that have broken systems before, and what this city knows. */
export const nastyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    "'; drop table work_orders; --",
    '%',
    '_',
    '\\',
    '{{7*7}}',
    '../../etc/passwd',
    '-1',
    'NaN',
    '\u202e',
    'a'.repeat(300),
  ),
  fc.constantFrom(
    '城市管理/部件/路灯',
    '510107',
    '510107001',
    'hotline',
    '510107-urban-management',
    '13800001234',
    '表扬',
  ),
);

const nastyNumber = fc.oneof(
  fc.integer({ min: -10, max: 1000 }),
  fc.constantFrom(0, -0, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 63, 0.1, 1e-320),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const moments = fc.constantFrom(
  '2026-03-02T09:00:00+08:00',
  '2026-03-05T18:00:00+08:00',
  '1970-01-01T00:00:00Z',
  '2099-12-31T23:59:59+08:00',
  '9999-12-31T23:59:59+08:00',
  '0000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-03-02',
  'tomorrow',
);

/** Values of a schema, now and then wrong in one place. `ids` are ids of things that exist. */
export function valuesOf(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const known = exact(schema, ids);
  return fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: nastyText },
  );
}

function exact(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map((option) => valuesOf(option, ids)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...ids), fc.uuid(), nastyText);
      if (schema.format === 'date-time') return moments;
      return fc.oneof(
        nastyText,
        fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 30, 200) }),
      );
    case 'number':
    case 'integer':
      return fc.oneof(
        nastyNumber,
        fc.integer({ min: Math.max(schema.minimum ?? 0, -1e9), max: Math.min(schema.maximum ?? 1000, 1e9) }),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, ids), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, valuesOf(value, ids)]),
      );
      const fixed = fc.record(shape, { requiredKeys: (schema.required ?? []).filter((key) => key in shape) });
      const strange = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue(), { maxKeys: 2 });
      return fc.tuple(fixed, fc.option(strange, { freq: 8 })).map(([value, more]) => ({ ...more, ...value }));
    }
    default:
      return fc.jsonValue();
  }
}
