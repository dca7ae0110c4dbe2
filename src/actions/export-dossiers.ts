import { type DossierLine, linesOfRecord } from '../domain/dossier-lines.ts';
import type { Span } from '../domain/period.ts';
import { isRefusal } from '../domain/refusal.ts';
import { dateOf } from '../domain/time.ts';
import { sayIn } from '../domain/words.ts';
import { dossier } from './dossiers.ts';
import { day, eachOf, type Reading, table, whole } from './export-table.ts';

type Asked = Span & Readonly<{ code: string; post?: string | undefined }>;

const say = (words: DossierLine['item'] | null, { language }: Reading): string | null =>
  words && sayIn(language)(words);

/** A dossier as a table: a row for each line of each term, then of the whole span. */
export const dossiers = table(
  eachOf(
    whole('/v1/units/:code/dossier', async (deps, { code, ...asked }: Asked, actor) => {
      const found = await dossier(deps, { ...asked, unit: code }, actor);
      if (isRefusal(found)) return found;
      const { unitName, from, to, whole: record, terms } = found;
      return [
        ...terms.map(({ postName, ...term }) => ({ ...term, unitName, post: postName })),
        { unitName, post: null, holder: null, span: { from, to }, record },
      ];
    }),
    ({ record, unitName, post, holder, span }) =>
      linesOfRecord(record).map((line) => ({ unitName, post, holder, span, line })),
  ),
  [
    ['单位', 'unit', ({ unitName }) => unitName],
    ['岗位', 'post', ({ post }) => post],
    ['任职人', 'holder', ({ holder }) => holder],
    ['起', 'from', ({ span }) => day(dateOf(span.from))],
    ['止', 'before', ({ span }) => day(dateOf(span.to))],
    ['类别', 'section', ({ line }, r) => say(line.section, r)],
    ['项目', 'item', ({ line }, r) => say(line.item, r)],
    ['数值', 'value', ({ line }) => line.value],
    ['分子', 'numerator', ({ line }) => line.numerator],
    ['分母', 'denominator', ({ line }) => line.denominator],
    ['未联系上', 'not reached', ({ line }) => line.notReached],
    ['剔除', 'excluded', ({ line }) => line.excluded],
    ['说明', 'note', ({ line }, r) => say(line.note, r)],
  ],
);
