import { Refused, refuse } from '../domain/refusal.ts';
import type { Instant } from '../domain/time.ts';

/** Where things stand that are never due: after everything that is. */
export const far = 253_402_300_799_999 as Instant;

/** A place in a list that is sorted by a moment and an id. Opaque to clients. */
export type Place = Readonly<{ at: Instant; id: string }>;

export const cursorOf = ({ at, id }: Place): string => Buffer.from(`${at} ${id}`).toString('base64url');

/** Reads a cursor this program has given; anything else is refused. */
export function readCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const parts = /^(\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text);
  const at = Number(parts?.[1]);
  if (parts?.[2] === undefined || at > far)
    throw new Refused(refuse('invalid', { cursor: 'was not given by this list' }));
  return { at: at as Instant, id: parts[2] };
}
