import { fold } from './folding.ts';
import { type Doubt, doubtsOf } from './redaction-doubts.ts';
import { type Found, finders, kindOf, type MarkKind, markKinds, marks, signOf } from './redaction-finders.ts';

const withSigns = (text: string): string =>
  markKinds.reduce((signed, kind) => signed.replaceAll(marks[kind], signOf(kind)), text.replaceAll(/\p{Co}/gu, ''));
const withMarks = (text: string): string => text.replaceAll(/\p{Co}/gu, (sign) => marks[kindOf(sign)]);

/** Texts as they may be published, how many marks of each kind replace what stood there, and what is still doubtful. */
export type Redacted = Readonly<{
  texts: readonly string[];
  marked: Readonly<Partial<Record<MarkKind, number>>>;
  doubts: readonly Doubt[];
}>;

/**
 * Screens free texts that belong together before they are published (脱敏): personal numbers, plates, addresses below
 * the community and names give way to neutral marks, also where they are spaced out or go on in the next text. `names`
 * are those of the requesters. It takes too much rather than too little; what stays doubtful is for a person to judge.
 */
export function redact(texts: readonly string[], names: readonly string[] = []): Redacted {
  const marked: Partial<Record<MarkKind, number>> = {};
  let now = texts.map((text) => withSigns(text.toWellFormed()));
  let isSettled = false;
  // A mark may bring together what stood apart: screened until nothing more is found.
  for (let round = 0; round < mostRounds && !isSettled; round++) {
    const folded = fold(now.join('\n'));
    const found = apart(finders.flatMap((find) => find(folded, names)));
    for (const { kind } of found) marked[kind] = (marked[kind] ?? 0) + 1;
    isSettled = found.length === 0;
    now = replaced(now, found);
  }
  const doubts = [...doubtsOf(now.join('\n')), ...(isSettled ? [] : (['unsettled'] as const))];
  return { texts: now.map(withMarks), marked, doubts };
}

const mostRounds = 5;

/** Stretches that overlap become one, named by the one that was looked for first. */
function apart(found: readonly Found[]): readonly Found[] {
  const order = found.map((each, rank) => ({ ...each, rank })).toSorted((a, b) => a.from - b.from || b.to - a.to);
  const kept: (Found & { rank: number })[] = [];
  for (const each of order) {
    const last = kept.at(-1);
    if (last === undefined || each.from >= last.to) kept.push(each);
    else {
      const first = each.rank < last.rank ? each : last;
      kept[kept.length - 1] = { ...first, from: last.from, to: Math.max(last.to, each.to) };
    }
  }
  return kept;
}

/** The texts with marks in place of what was found; a stretch that runs over two of them leaves one in each. */
function replaced(texts: readonly string[], found: readonly Found[]): string[] {
  let begins = 0;
  return texts.map((text) => {
    const start = begins;
    begins += text.length + 1;
    let out = '';
    let done = 0;
    for (const { kind, from, to } of found) {
      const [a, b] = [Math.max(0, from - start), Math.min(text.length, to - start)];
      if (a >= b) continue;
      out += text.slice(done, a) + signOf(kind);
      done = b;
    }
    return out + text.slice(done);
  });
}
