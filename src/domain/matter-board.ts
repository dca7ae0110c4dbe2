import { redact } from './redaction.ts';
import type { Doubt } from './redaction-doubts.ts';
import { dateOf, type LocalDate } from './time.ts';
import type { Undertaking, UndertakingResult, Volume } from './undertaking.ts';

type Named = Readonly<{ code: string; name: string }>;

/** How often it was asked about, and by how many people, in the days of a window. */
type Asked = Readonly<{ from: LocalDate; to: LocalDate; orders: number; people: number }>;

/** What the public reads of the governance of a high-frequency matter (每月一题), whole: nothing is looked up for it later. */
export type MatterBoard = Readonly<{
  category: Named;
  street: Named;
  lead: Named;
  plan: string;
  dueOn: LocalDate;
  state: 'open' | 'done';
  result: UndertakingResult | null;
  text: string | null;
  /** What made it one, and as long a time since it was taken on, or since it was done. */
  before: Asked;
  after: Asked | null;
}>;

/** The publisher's own words instead of the unit's. They have been looked at by a person. */
export type MatterWords = Readonly<{ plan?: string | undefined; text?: string | undefined }>;

/** What stands in the way of publishing a matter. */
export type MatterFault = 'not_hot' | 'no_plan' | 'state' | 'doubtful';

/**
 * What is published of a matter now. Its words are screened; doubtful ones are published only in a publisher's own. Names
 * are those of a category, a street and a unit.
 */
export function matterBoard(
  { about: { hot }, state, unit, plan, answers, dueAt }: Undertaking,
  after: Volume | null,
  words: MatterWords,
  named: Readonly<Record<'category' | 'street' | 'unit', (code: string) => Named>>,
): Readonly<{ content: MatterBoard }> | Readonly<{ fault: MatterFault; doubts: readonly Doubt[] }> {
  if (hot === undefined) return { fault: 'not_hot', doubts: [] };
  if (state !== 'open' && state !== 'done') return { fault: 'state', doubts: [] };
  const answer = state === 'done' ? answers.at(-1) : undefined;
  const said = words.plan ?? plan ?? '';
  if (said.trim() === '') return { fault: 'no_plan', doubts: [] };
  const { texts, doubts } = redact([said, words.text ?? answer?.text ?? '']);
  const isOwn = words.plan !== undefined && (answer === undefined || words.text !== undefined);
  if (doubts.length > 0 && !isOwn) return { fault: 'doubtful', doubts };
  return {
    content: {
      category: named.category(hot.category),
      street: named.street(hot.street),
      lead: named.unit(unit),
      plan: texts[0] ?? '',
      dueOn: dateOf(dueAt),
      state,
      result: answer?.result ?? null,
      text: answer === undefined ? null : (texts[1] ?? ''),
      before: askedOf(hot.before),
      after: after && askedOf(after),
    },
  };
}

const askedOf = ({ from, to, orders, people }: Volume): Asked => ({
  from: dateOf(from),
  to: dateOf(to),
  orders,
  people,
});
