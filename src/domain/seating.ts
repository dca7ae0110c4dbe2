import { type Decision, nameOf } from './decide.ts';
import { bench, type Judgement, type JudgesOpinion } from './judgement.ts';
import type { Setting } from './obstacles.ts';
import { draw, drawable, lotsOf, type Seat, seated } from './panel.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** The seed of one draw: nobody can foretell it, and the same name always has the same. */
export type SeedFor = (name: string) => string;

/**
 * Fills every empty seat by lot. A fact says with which seed and from whom it was drawn, so that anybody can repeat it.
 * Who has sat in an earlier case of this order sits again only where nobody else is left; one who has left a seat, never.
 */
export function fillSeats(
  before: Pick<WorkOrder, 'judgements'>,
  decision: Decision,
  seedFor: SeedFor,
  setting: Setting,
): Decision {
  const facts: Fact[] = [];
  let { order } = decision;
  for (const judgement of order.judgements) {
    const empty = judgement.state === 'open' ? bench - seated(judgement.seats).length : 0;
    if (empty <= 0) continue;
    const drawn = drawSeats(order, judgement, empty, seedFor, setting);
    const isNew = !before.judgements.includes(judgement);
    if (drawn.seats.length === 0 && !isNew) continue;
    order = withSeats(order, judgement, drawn.seats);
    facts.push(...drawn.facts);
  }
  return facts.length === 0 ? decision : { ...decision, order, facts: [...decision.facts, ...facts] };
}

function drawSeats(
  order: WorkOrder,
  { id, seats }: Judgement,
  empty: number,
  seedFor: SeedFor,
  { city, now }: Setting,
): Readonly<{ seats: readonly Seat<JudgesOpinion>[]; facts: readonly Fact[] }> {
  const all = drawable('judge', order, seats, city);
  const sat = new Set(order.judgements.flatMap((j) => j.seats.map(({ post }) => post)));
  const fresh = all.filter(({ code }) => !sat.has(code));
  const pool = fresh.length >= empty ? fresh : all;
  const seed = seedFor(`${id} ${seats.length}`);
  const drawn = draw(pool, empty, lotsOf(seed));
  const missing = empty - drawn.length;
  const fact = (type: string, body: Fact['body']): Fact => ({
    type,
    at: now,
    actor: nameOf(theSystem),
    unit: null,
    body: { judgement: id, ...body },
  });
  return {
    seats: drawn.map((post) => ({ post: post.code, unit: post.unit, drawnAt: now, left: null, opinion: null })),
    facts: [
      fact('judges_drawn', { seed, from: pool.map(({ code }) => code), drawn: drawn.map(({ code }) => code) }),
      ...(missing > 0 ? [fact('judges_missing', { missing })] : []),
    ],
  };
}

const withSeats = (order: WorkOrder, to: Judgement, seats: readonly Seat<JudgesOpinion>[]): WorkOrder => ({
  ...order,
  judgements: order.judgements.map((j) => (j === to ? { ...j, seats: [...j.seats, ...seats] } : j)),
});
