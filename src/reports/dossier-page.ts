import type { Dossier, UnitRecord } from '../domain/dossier.ts';
import { type DossierLine, linesOfRecord } from '../domain/dossier-lines.ts';
import { escaped } from '../domain/markup.ts';
import type { Words } from '../domain/resident.ts';
import { dateOf, iso } from '../domain/time.ts';
import { type Language, sayIn } from '../domain/words.ts';
import { alike, daysOf, percentOf, printed, row, table } from './printed.ts';

const words = {
  title: ['履职档案', 'Performance dossier'],
  made: ['生成时间', 'made'],
  counted: ['统计至记录', 'counted up to fact'],
  behind: ['尚未计入的记录', 'facts not counted yet'],
  hash: ['校验值', 'hash'],
  whole: ['本期合计', 'The whole span'],
  holds: ['现任', 'holds it now'],
  item: ['项目', 'Item'],
  value: ['数值', 'Value'],
  fraction: ['分子/分母', 'Of'],
  notReached: ['未联系上', 'Not reached'],
  excluded: ['剔除', 'Excluded'],
  note: [
    '只计在任期间发生的事项；率按居民办理时限落在期内的工单计算，附分子、分母、未联系上与剔除。不含居民信息。',
    'Only what fell in a term counts for it; rates are of orders whose resident deadline falls in it, with numerator, denominator, who was not reached and what was excluded. No resident appears.',
  ],
  shorter: ['未逐一列出的较短任期', 'shorter terms that are not listed'],
  nobody: ['本期无人任职', 'Nobody held the post in this span'],
} as const satisfies Readonly<Record<string, Words>>;

/** A dossier as a page to print. `hash` is that of a kept one. */
export function dossierPage(of: Dossier, language: Language, hash: string | null): string {
  const say = sayIn(language);
  const w = (key: keyof typeof words): string => escaped(say(words[key]));
  const record = (heading: string, note: string, record: UnitRecord): string =>
    `<h2>${escaped(heading)}</h2><p class="note">${escaped(note)}</p>${tables(linesOfRecord(record), say)}`;
  const whole = record(say(words.whole), daysOf(of), of.whole);
  const terms = of.terms.map(({ postName, holder, since, until, span, record: own }) =>
    record(
      `${holder}　${postName}`,
      `${dateOf(since)} – ${until === null ? say(words.holds) : dateOf(until)}　${daysOf(span)}`,
      own,
    ),
  );
  return printed(
    `${say(words.title)} ${of.unitName} ${daysOf(of)}`,
    language,
    `<h1>${w('title')}</h1>
<p>${escaped(of.unitName)}　${daysOf(of)}</p>
<p class="note">${w('made')} ${iso(of.madeAt).slice(0, 16).replace('T', ' ')}　${w('counted')} ${of.upTo.fact}${of.upTo.behind > 0 ? `　${w('behind')} ${of.upTo.behind}` : ''}</p>
${hash === null ? '' : `<p class="note">${w('hash')} ${escaped(hash)}</p>`}
<p class="note">${w('note')}</p>
${terms.length === 0 ? `<p>${w('nobody')}</p>` : terms.join('\n')}
${of.shorterTerms === 0 ? '' : `<p class="note">${w('shorter')} ${of.shorterTerms}</p>`}
${terms.length === 1 && of.terms[0]?.span.from === of.from && of.terms[0].span.to === of.to ? '' : whole}`,
  );
}

const tables = (lines: readonly DossierLine[], say: (each: Words) => string): string =>
  alike(
    [...Map.groupBy(lines, ({ section }) => say(section))].map(([section, group]) =>
      table(
        [section, say(words.value), say(words.fraction), say(words.notReached), say(words.excluded)],
        group.map((line) =>
          row([
            say(line.item),
            [shown(line), line.note === null ? '' : say(line.note)].filter((each) => each !== '').join(' '),
            line.denominator === null ? '' : `${line.numerator}/${line.denominator}`,
            line.notReached ?? '',
            line.excluded ?? '',
          ]),
        ),
      ),
    ),
  );

const shown = ({ value, denominator }: DossierLine): string =>
  value === null ? '–' : denominator === null ? String(value) : percentOf(value);
