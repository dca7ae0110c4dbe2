import { isBelow } from './city.ts';
import type { Danger, Incident } from './incident.ts';
import { reaching, type Where } from './reach.ts';
import type { Disposition, RequestKind, Urgency } from './request.ts';
import type { Instant } from './time.ts';

/** An open incident with its place ready to be asked. */
export type Watch = Readonly<{ incident: Incident; reaches: (where: Where) => boolean }>;

export const watching = (incident: Incident): Watch => ({ incident, reaches: reaching(incident.reach) });

/** What of a request decides whether it is about an incident, and whether it tells of danger. */
export type Told = Readonly<{
  category: string | null;
  kind: RequestKind;
  urgency: Urgency;
  disposition: Disposition | null;
  diversion: unknown;
  externalDueAt: Instant | null;
  replyTo: unknown;
  title: string;
  description: string;
  answers: Readonly<Record<string, unknown>>;
}>;

/** A request that is about an incident. `danger` names what told of it; empty: the request joins the lead order. */
export type Met = Readonly<{ incident: Incident; danger: readonly string[] }>;

/** Nobody is served by a wish or by praise being handled together with a power cut. */
const joining: ReadonlySet<RequestKind> = new Set(['consult', 'help', 'complaint', 'report']);

/**
 * The incident a new request is about, or null: the category or one below, inside, within the window; of several the
 * one opened last. What somebody asked to hold, and what the level above wants answered to itself, is none of it.
 */
export function meet(watches: readonly Watch[], told: Told, where: Where, receivedAt: Instant): Met | null {
  if (!joining.has(told.kind) || told.disposition === 'hold' || told.externalDueAt !== null || told.replyTo != null)
    return null;
  const found = watches.findLast(
    ({ incident: { category, since, until }, reaches }) =>
      isBelow(told.category, category) &&
      since <= receivedAt &&
      (until === null || receivedAt < until) &&
      reaches(where),
  );
  return found === undefined ? null : { incident: found.incident, danger: dangerIn(told, found.incident.danger) };
}

/**
 * What in a request tells of danger: that it was taken as urgent or diverted, a word of the list, an answer of the list.
 * A word that was denied counts as well: one order too many is the smaller harm.
 */
export function dangerIn(
  told: Omit<Told, 'category' | 'kind' | 'disposition'>,
  { words, answers }: Danger,
): readonly string[] {
  const answered = Object.entries(told.answers).map(([key, given]) => ({ key, given: wordsOf(given) }));
  const text = [told.title, told.description, ...answered.flatMap(({ given }) => given)].join('\n');
  return [
    ...(told.diversion === null ? [] : ['diversion']),
    ...(told.urgency === 'normal' ? [] : ['urgency']),
    ...words.filter((word) => text.includes(word)),
    ...answers
      .filter(({ key, values }) =>
        answered.some((each) => each.key === key && each.given.some((word) => values.includes(word))),
      )
      .map(({ key }) => key),
  ];
}

/** An answer as it was written, ticked or counted, or several of them. */
function wordsOf(given: unknown): readonly string[] {
  if (Array.isArray(given)) return given.flatMap(wordsOf);
  if (typeof given === 'string') return [given.trim().toLowerCase()];
  return typeof given === 'boolean' || typeof given === 'number' ? [String(given)] : [];
}
