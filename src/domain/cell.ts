import type { Instant, LocalDate } from './time.ts';

/**
 * What stands in one field of a table: a text, a number, a moment (told in the city's time), a day, a share of one, or
 * nothing. How each is written is up to the form the table leaves in.
 */
export type Cell =
  | string
  | number
  | null
  | Readonly<{ at: Instant }>
  | Readonly<{ day: LocalDate }>
  | Readonly<{ share: number }>;
