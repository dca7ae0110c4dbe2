import { z } from 'zod';
import { type Instant, instant } from '../domain/time.ts';

/** Text a client sends: no NUL, which PostgreSQL cannot keep, and no more than `most` characters. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((s) => !s.includes('\u0000'), 'must not hold NUL')
    .refine((s) => s.isWellFormed(), 'must be well-formed Unicode');

/** The same, and something must be said. */
export const said = (most: number) => text(most).refine((s) => s.trim() !== '', 'must not be empty');

/** Whether a number has so many decimals at most, exactly: what is kept has no more. */
export const hasDecimals =
  (most: number) =>
  (value: number): boolean =>
    value === Number(value.toFixed(most));

/** After this nothing a city says happens; no deadline counts further than a century ahead. */
const latest = Date.UTC(2100, 0);

/** A moment as clients write it: RFC 3339 with offset, between 1970 and 2100. */
export const moment = z.iso.datetime({ offset: true }).transform((s, ctx): Instant => {
  try {
    const at = instant(s);
    if (at >= 0 && at < latest) return at;
  } catch {
    // falls through to the issue below
  }
  ctx.addIssue({ code: 'custom', message: 'must be a moment between 1970 and 2100' });
  return z.NEVER;
});

/** A moment as it goes out, in the city's zone. */
export const momentOut = z.string();

export const id = z.uuid();

export const idParams = z.object({ id });

export const code = said(64);

export const reason = said(2000);

/** Yes or no: as JSON has it, or as it stands in a URL. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

/** Some of these words: a list, or as they stand in a URL, parted by commas. */
export const someOf = <T extends string>(words: readonly T[]) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').filter((word) => word !== '') : given),
    z.array(z.enum(words)).max(100),
  );

export const limit = z.coerce.number().int().min(1).max(200).default(50).describe('so many on a page at most');

const goesOn = 'the nextCursor of the page before';
export const cursor = text(200).optional().describe(goesOn);
/** Where the cursor is an id, of the last one of the page before. */
export const idCursor = id.optional().describe(goesOn);

/** A span: what happened at its end is the next one's. */
export const from = moment.describe('the moment it begins, such as 2026-03-01T00:00:00+08:00; + is %2B in a URL');
export const to = moment.describe('the moment it ends, which is no longer in it');

/** A page of a list; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** An entry of a history. */
export const eventOut = z
  .object({
    id: z.string(),
    type: z.string(),
    at: momentOut,
    actor: z.object({
      client: z.string(),
      name: z.string(),
      unit: z.string().nullable(),
      as: z.string().optional().describe('whose post it is, where a stand-in acts'),
    }),
    unit: z.string().nullable(),
    body: z.unknown(),
  })
  .meta({ id: 'Event' });

/** Any JSON a client may attach: up to `most` characters once written. */
export const openObject = (most: number) =>
  z
    .record(z.string().max(100), z.unknown())
    .refine((o) => JSON.stringify(o).length <= most, 'is too large')
    .refine((o) => isKept(o), 'holds NUL or ill-formed Unicode');

/** Whether PostgreSQL can keep it: no text in it, names included, holds NUL or half a character. */
const isKept = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, each]) => isKept(key) && isKept(each));
};

/** Something by its code, with what it is called. */
export const named = z.object({ code: z.string(), name: z.string() });
export const unitRef = named.meta({ id: 'UnitRef' });
export const areaRef = named.meta({ id: 'AreaRef' });

export const evidence = z
  .object({
    attachmentId: id.optional(),
    stage: z.enum(['before', 'after']).optional(),
    text: text(2000).optional(),
  })
  .meta({ id: 'Evidence' });
