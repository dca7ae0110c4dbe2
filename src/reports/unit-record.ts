import type { EvaluationResult, MeanMarks, PostRow, UnitRecord } from '../domain/dossier.ts';
import { cyclesEnding } from '../domain/dossier.ts';
import { type ReviewMarks, reviewAspects } from '../domain/mutual-review.ts';
import type { Span } from '../domain/period.ts';
import type { PeriodReview } from '../domain/period-review.ts';
import { figuresOf } from '../domain/rates.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/rows.ts';
import { evidenceOf } from './evidence.ts';
import { powersSummary } from './powers.ts';
import { countedBy, type UpTo } from './rates.ts';

/** Every row there was of the posts of a unit, oldest first. */
export async function postRowsOf(from: Queryable, unit: string): Promise<readonly PostRow[]> {
  const { rows } = await from.query<{ body: PostRow['post']; valid_from: Date; valid_to: Date | null }>(
    `select body, valid_from, valid_to from city_rows
     where kind = 'post' and body->>'unit' = $1 order by valid_from, code`,
    [unit],
  );
  return rows.map(({ body, valid_from, valid_to }) => ({
    post: body,
    since: valid_from.getTime() as Instant,
    until: (valid_to?.getTime() ?? null) as Instant | null,
  }));
}

const means = reviewAspects.map((aspect) => `'${aspect}', avg((marks->>'${aspect}')::numeric)::float8`).join(', ');
const said = (side: 'by_unit' | 'about_unit'): string => `
  (select json_build_object('reviews', count(*)::int, 'marks', case when count(*) > 0 then json_build_object(${means}) end)
   from mutual_reviews where ${side} = $1 and cycle = any($6))`;
const during = (moment: string): string => `${moment} >= $2 and ${moment} < $3`;

const text = `
  select
    (select coalesce(json_object_agg(grade, n), '{}') from (
       select grade, count(*)::int as n from supervision_orders
       where unit = $1 and (issued_by->>'at')::bigint >= $4 and (issued_by->>'at')::bigint < $5 group by grade) s) as supervised,
    (select coalesce(json_object_agg(grade, n), '{}') from (
       select grade, count(*)::int as n from graded_measures where unit = $1 and ${during('raised_at')} group by grade) m) as measures,
    (select json_build_object('cases', count(*)::int, 'undutiful', (count(*) filter (where dutiful is false))::int)
     from judgements j join work_orders w on w.id = j.order_id where w.owner = $1 and ${during('j.decided_at')}) as judged,
    (select json_build_object('orders', count(*)::int, 'found', (count(*) filter (where i.state = 'found'))::int)
     from inspection_items i join work_orders w on w.id = i.order_id
     where w.owner = $1 and i.state in ('passed', 'found') and ${during('i.decided_at')}) as inspected,
    (select json_build_object('praise', (count(*) filter (where tone = 'praise'))::int,
       'complaint', (count(*) filter (where tone = 'complaint'))::int)
     from conduct_remarks where unit = $1 and about = 'unit' and ${during('at')}) as conduct,
    ${said('about_unit')} as "byOthers",
    ${said('by_unit')} as "ofOthers",
    (select coalesce(json_agg(json_build_object('id', e.id, 'scheme', e.scheme->>'name', 'period', e.period,
        'score', r->'score', 'stars', r->'stars', 'rank', r->'rank', 'ratings', p.ratings) order by e.ends, e.id), '[]')
     from evaluations e cross join lateral jsonb_array_elements(e.results) r
     left join period_reviews p on p.evaluation_id = e.id and p.unit = $1
     where e.closed_at is not null and r->>'unit' = $1 and e.ends > $2 and e.ends <= $3) as evaluations`;

type Row = Pick<UnitRecord, 'supervised' | 'measures' | 'judged' | 'inspected' | 'conduct'> &
  Readonly<{
    byOthers: MeanMarks;
    ofOthers: MeanMarks;
    evaluations: readonly (Omit<EvaluationResult, 'head' | 'team'> &
      Readonly<{ ratings: PeriodReview['ratings'] | null }>)[];
  }>;

/**
 * What the record of a span shows of a unit, `from` on and before `to`: each thing by the moment at which it happened, the
 * rates by the residents' deadlines, an evaluation and a half year of the mutual review by when they end.
 */
export async function recordOf(
  from: Queryable,
  unit: string,
  span: Span,
  asOf: Instant,
): Promise<Readonly<{ record: UnitRecord; upTo: UpTo }>> {
  const { keys, upTo } = await countedBy(from, 'unit', { units: [unit], areas: null }, { ...span, asOf });
  const evidence = (await evidenceOf(from, [unit], span)).get(unit);
  const { all: called } = await powersSummary(from, [unit], { ...span, now: asOf });
  const moments = [span.from, span.to];
  const { rows } = await from.query<Row>({
    name: 'record of a unit',
    text,
    values: [unit, ...moments.map((at) => new Date(at).toISOString()), ...moments, cyclesEnding(span)],
  });
  const [row] = rows;
  if (row === undefined || evidence === undefined) throw new Error(`nothing says what the record of ${unit} is`);
  const { orders, requests, assessed, excluded, rates } = figuresOf(keys.get(unit) ?? {}, 0);
  const { byOthers, ofOthers, evaluations, ...counted } = row;
  const record: UnitRecord = {
    ...counted,
    figures: { orders, requests, assessed, excluded, rates },
    evidence,
    called,
    reviewed: { byOthers: rounded(byOthers), ofOthers: rounded(ofOthers) },
    evaluations: evaluations.map(({ ratings, ...result }) => ({
      ...result,
      head: gradeOf(ratings?.head),
      team: gradeOf(ratings?.team),
    })),
  };
  return { record, upTo };
}

const gradeOf = (rating: PeriodReview['ratings']['head']): EvaluationResult['head'] =>
  rating === undefined ? null : { grade: rating.grade, by: rating.by };

/** Means to two decimals, as scores are shown. */
const rounded = ({ reviews, marks }: MeanMarks): MeanMarks => ({
  reviews,
  marks:
    marks === null
      ? null
      : (Object.fromEntries(
          reviewAspects.map((aspect) => [aspect, Math.round(marks[aspect] * 100) / 100]),
        ) as ReviewMarks),
});
