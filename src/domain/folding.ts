/**
 * A text as the screen reads it, in one written form for each sign: half width, lower case, without what cannot be seen.
 * `tight` has digits in every script as 0-9 and nothing between letters and digits but signs for private use; `plain` has
 * everything. `plainAt`
 * and `tightAt` say where each of their signs stands in the text; one more entry is the end.
 */
export type Folded = Readonly<{
  plain: string;
  plainAt: readonly number[];
  tight: string;
  tightAt: readonly number[];
  /** Where the sign that stands at an offset of the text ends. */
  endOf: (offset: number) => number;
}>;

/** Signs read as digits: Chinese numerals small and large, those of the radio (幺拐洞), Suzhou numerals. */
const numerals = [
  '〇零○◯洞',
  '一壹弌幺〡',
  '二贰貳弍两兩〢',
  '三叁參叄仨〣',
  '四肆〤',
  '五伍〥',
  '六陆陸〦',
  '七柒拐〧',
  '八捌〨',
  '九玖勾〩',
];
const digitOf = new Map(numerals.flatMap((signs, digit) => [...signs].map((sign) => [sign, String(digit)] as const)));

const unseen = /[\p{Cf}\p{Mn}\p{Me}\p{Variation_Selector}]/gu;

/** Reads a text in the forms the screen looks at. */
export function fold(text: string): Folded {
  let plain = '';
  let tight = '';
  let endsInSpace = false; // looked at in the text itself, long texts would take minutes
  const plainAt: number[] = [];
  const tightAt: number[] = [];
  const ends = new Map<number, number>();
  let at = 0;
  for (const sign of text) {
    ends.set(at, at + sign.length);
    for (const read of sign.normalize('NFKC').toLowerCase().replaceAll(unseen, '')) {
      // One space says what many do, and keeps patterns from trying each of them.
      const isSpace = /\s/.test(read);
      if (isSpace && endsInSpace) continue;
      endsInSpace = isSpace;
      plain += read;
      for (let i = 0; i < read.length; i++) plainAt.push(at);
      if (!/[\p{L}\p{N}\p{Co}○◯]/u.test(read)) continue;
      const joined = digitOf.get(read) ?? foreignDigit(read) ?? read;
      tight += joined;
      for (let i = 0; i < joined.length; i++) tightAt.push(at);
    }
    at += sign.length;
  }
  plainAt.push(at);
  tightAt.push(at);
  return { plain, plainAt, tight, tightAt, endOf: (offset) => ends.get(offset) ?? offset + 1 };
}

/** Digits of other scripts stand in Unicode in tens, zero first. */
function foreignDigit(sign: string): string | null {
  if (!/\p{Nd}/u.test(sign)) return null;
  const code = sign.codePointAt(0) ?? 0;
  let below = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - below - 1))) below += 1;
  return String(below % 10);
}
