import type { City } from './city.ts';
import { deadline } from './deadline.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { draw, drawable, isPartyTo, type Lots, postsOf } from './panel.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import { after, days, type Instant } from './time.ts';
import type { Actor, Evidence, Fact, WorkOrder } from './work-order.ts';

/** Which closed orders may be drawn: of this unit and those below it, in this area, of this category; closed so lately. */
export type InspectionScope = Readonly<{
  unit: string | null;
  area: string | null;
  category: string | null;
  closedWithinDays: number;
}>;

/** How many are drawn: a number, or a share of all that may be. */
export type SampleSize = Readonly<{ count: number }> | Readonly<{ share: number }>;

/**
 * An inspection (检查) of closed orders: a random one (随机抽查) draws once, a scheduled one (定期检查) at `nextAt` and every
 * so many days from then on, until it is ended.
 */
export type Inspection = Readonly<{
  id: string;
  name: string;
  scope: InspectionScope;
  size: SampleSize;
  everyDays: number | null;
  nextAt: Instant | null;
  draws: number;
  madeBy: Fact['actor'];
  madeAt: Instant;
  endedAt: Instant | null;
}>;

/**
 * One order drawn for an inspection, and the post drawn to look at it, of nobody's side. `round` is that in which the order
 * had closed: once it has been opened again there is nothing left to inspect.
 */
export type InspectionItem = Readonly<{
  id: string;
  inspectionId: string;
  orderId: string;
  round: number;
  /** Null where nobody could be drawn. */
  post: string | null;
  formerPosts: readonly string[];
  drawnAt: Instant;
  dueAt: Instant;
  state: 'open' | 'passed' | 'found' | 'moot';
  finding: string | null;
  evidence: readonly Evidence[];
  by: string | null;
  decidedAt: Instant | null;
}>;

/** What somebody wants inspected. */
export type InspectionWanted = Pick<Inspection, 'name' | 'scope' | 'size' | 'everyDays'> &
  Readonly<{ startAt: Instant | null }>;

/** Nobody looks at more than this at once. */
export const largestSample = 200;

/** How long an inspector has, in working days of the city. */
const inspectionDays = 5;

/** What keeps an inspection from being made: a unit that is none, or a beginning that is over. */
export function inspectionFault({ scope, startAt }: InspectionWanted, { city, now }: Setting): RefusalCode | null {
  if (scope.unit !== null && !city.units.has(scope.unit)) return 'unit-unknown';
  if (scope.category !== null && !city.categories.has(scope.category)) return 'category-unknown';
  return startAt !== null && startAt < now ? 'in-the-past' : null;
}

/** How many of so many are drawn: of any at all at least one, and never more than can be looked at. */
export const sampleOf = (population: number, size: SampleSize): number =>
  Math.min(population, largestSample, 'count' in size ? size.count : Math.ceil(population * size.share));

/** When a scheduled inspection draws again; what was missed while nothing ran is not made up for. Null where it does not. */
export function nextDraw(
  { nextAt, everyDays }: Pick<Inspection, 'nextAt' | 'everyDays'>,
  now: Instant,
): Instant | null {
  if (nextAt === null || everyDays === null) return null;
  let next = after(nextAt, days(everyDays));
  while (next <= now) next = after(next, days(everyDays));
  return next;
}

/** When an inspector who is drawn now has to have looked. */
export const inspectionDue = (now: Instant, city: City): Instant =>
  deadline({ start: now, kind: 'working_day', amount: inspectionDays, ...timetableOf(city, null) }).dueAt;

/** The post that looks at an order: by lot among the inspectors of nobody's side who have not had it. */
export const inspectorFor = (order: WorkOrder, former: readonly string[], lots: Lots, city: City): string | null =>
  draw(
    drawable(
      'inspector',
      order,
      former.map((post) => ({ post })),
      city,
    ),
    1,
    lots,
  )[0]?.code ?? null;

/** Whether there is still something to look at: the order has stayed closed since. */
export const isMoot = ({ round }: Pick<InspectionItem, 'round'>, { state, reworks }: WorkOrder): boolean =>
  round !== reworks + 1 || (state !== 'closed' && state !== 'archived');

/** What an inspector saw: `passed`, or what is wrong with the evidence for it. */
export type Seen = Readonly<{ passed: boolean; finding?: string | undefined; evidence: readonly Evidence[] }>;

/** Whether an item is an actor's to look at. */
export const isInspectorOf = ({ post }: Pick<InspectionItem, 'post'>, actor: Actor, city: City): boolean =>
  postsOf(actor, city).some((held) => held.code === post && held.role === 'inspector');

/** Records what was seen. A finding has its evidence; that it sends the order back is done with the order itself. */
export function inspected(
  item: InspectionItem,
  order: WorkOrder,
  { passed, finding, evidence }: Seen,
  setting: Setting,
): Readonly<{ kind: 'decided'; item: InspectionItem; fact: Fact }> | Refusal {
  const { actor, city, now } = setting;
  if (!isInspectorOf(item, actor, city)) return refuse('not-drawn');
  if (isPartyTo(actor, order)) return refuse('recused');
  if (item.state !== 'open') return refuse('inspection-done', { state: item.state });
  if (isMoot(item, order)) return refuse('inspection-moot', { state: order.state });
  if (!passed && (finding ?? '').trim() === '') return refuse('reason-missing');
  if (!passed && !evidence.some((e) => e.attachmentId !== undefined || (e.text ?? '').trim() !== ''))
    return refuse('evidence-missing');
  const state = passed ? 'passed' : 'found';
  const body = { item: item.id, inspection: item.inspectionId, workOrder: order.id, state };
  return {
    kind: 'decided',
    item: { ...item, state, finding: passed ? null : (finding ?? null), evidence, by: actor.name, decidedAt: now },
    fact: { type: `inspection_${state}`, at: now, actor: nameOf(actor), unit: order.owner, body },
  };
}
