import type { Dossier } from '../domain/dossier.ts';
import { type DossierLine, linesOfRecord } from '../domain/dossier-lines.ts';
import { isRefusal } from '../domain/refusal.ts';
import { dateOf } from '../domain/time.ts';
import type { Language } from '../domain/words.ts';
import { type DossierAsked, dossier } from './dossiers.ts';
import type { Cell, ExportList } from './export-lists.ts';

/** A dossier as a table: a row for each line of each term, then of the whole span. */
export const dossierAsTable: ExportList<DossierAsked> = {
  route: '/v1/units/:code/dossier',
  titles: [
    ['单位', 'unit'],
    ['岗位', 'post'],
    ['任职人', 'holder'],
    ['起', 'from'],
    ['止', 'before'],
    ['类别', 'section'],
    ['项目', 'item'],
    ['数值', 'value'],
    ['分子', 'numerator'],
    ['分母', 'denominator'],
    ['未联系上', 'not reached'],
    ['剔除', 'excluded'],
    ['说明', 'note'],
  ],
  refusal: async (deps, asked, actor) => {
    const found = await dossier(deps, asked, actor);
    return isRefusal(found) ? found : null;
  },
  async *rows(deps, asked, actor, language) {
    const found = await dossier(deps, asked, actor);
    if (isRefusal(found)) throw new Error(`a dossier cannot be taken out: ${found.code}`);
    yield rowsOf(found, language);
  },
};

function rowsOf({ unitName, from, to, whole, terms }: Dossier, language: Language): readonly (readonly Cell[])[] {
  const say = (words: DossierLine['item'] | null): Cell => words?.[language === 'zh' ? 0 : 1] ?? null;
  const parts = [
    ...terms.map(({ postName, holder, span, record }) => ({ post: postName, holder, span, record })),
    { post: null, holder: null, span: { from, to }, record: whole },
  ];
  return parts.flatMap(({ post, holder, span, record }) =>
    linesOfRecord(record).map((line) => [
      unitName,
      post,
      holder,
      dateOf(span.from),
      dateOf(span.to),
      say(line.section),
      say(line.item),
      line.value,
      line.numerator,
      line.denominator,
      line.notReached,
      line.excluded,
      say(line.note),
    ]),
  );
}
