import type { Approval } from './approval.ts';
import { withApproval } from './approval-end.ts';
import type { Post, Role } from './city.ts';
import { type Decision, nameOf } from './decide.ts';
import { reviewersNeeded } from './excluding.ts';
import { bench, type Judgement } from './judgement.ts';
import type { Setting } from './obstacles.ts';
import { draw, drawable, lotsOf, type Seat, seated } from './panel.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** The seed of one draw: nobody can foretell it, and the same name always has the same. */
export type SeedFor = (name: string) => string;

/** Some who are to be drawn about an order: judges of a case, or reviewers of a claim. */
type Panel = Readonly<{
  role: Extract<Role, 'judge' | 'inspector'>;
  /** What facts call what they decide, and them. */
  of: 'judgement' | 'approval';
  who: 'judges' | 'reviewers';
  id: string;
  empty: number;
  isNew: boolean;
  seats: readonly Seat<unknown>[];
  sit: (order: WorkOrder, posts: readonly Seat<never>[]) => WorkOrder;
}>;

/**
 * Fills every empty seat by lot. A fact says with which seed and from whom it was drawn, so that anybody can repeat it.
 * Who has sat about this order before sits again only where nobody else is left; one who has left a seat, never.
 */
export function fillSeats(
  before: Pick<WorkOrder, 'judgements' | 'approvals'>,
  decision: Decision,
  seedFor: SeedFor,
  setting: Setting,
): Decision {
  return panelsOf(before, decision.order)
    .filter(({ empty }) => empty > 0)
    .reduce<Decision>((done, panel) => {
      const { posts, facts } = drawSeats(done.order, panel, seedFor, setting);
      // Where nobody can be drawn that is said once, and tried again whenever the order changes.
      if (posts.length === 0 && !panel.isNew) return done;
      const { now } = setting;
      const seats = posts.map(({ code, unit }) => ({ post: code, unit, drawnAt: now, left: null, opinion: null }));
      return { ...done, order: panel.sit(done.order, seats), facts: [...done.facts, ...facts] };
    }, decision);
}

const panelsOf = (before: Pick<WorkOrder, 'judgements' | 'approvals'>, order: WorkOrder): readonly Panel[] => [
  ...order.judgements
    .filter(({ state }) => state === 'open')
    .map(
      (j): Panel => ({
        role: 'judge',
        of: 'judgement',
        who: 'judges',
        id: j.id,
        seats: j.seats,
        empty: bench - seated(j.seats).length,
        isNew: !before.judgements.includes(j),
        sit: (to, seats) => ({
          ...to,
          judgements: to.judgements.map(
            (each): Judgement => (each.id === j.id ? { ...each, seats: [...each.seats, ...seats] } : each),
          ),
        }),
      }),
    ),
  ...order.approvals.flatMap((a: Approval): Panel[] => {
    const { seats } = a;
    if (a.state !== 'pending' || !seats) return [];
    return [
      {
        role: 'inspector',
        of: 'approval',
        who: 'reviewers',
        id: a.id,
        seats,
        empty: reviewersNeeded - seated(seats).length,
        isNew: !before.approvals.includes(a),
        sit: (to, more) => withApproval(to, a.id, { seats: [...seats, ...more] }),
      },
    ];
  }),
];

function drawSeats(
  order: WorkOrder,
  { role, of, who, id, seats, empty }: Panel,
  seedFor: SeedFor,
  { city, now }: Setting,
): Readonly<{ posts: readonly Post[]; facts: readonly Fact[] }> {
  const all = drawable(role, order, seats, city);
  const sat = new Set(
    [...order.judgements, ...order.approvals].flatMap((p) => (p.seats ?? []).map(({ post }) => post)),
  );
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
    body: { [of]: id, ...body },
  });
  const codes = (posts: readonly Post[]): readonly string[] => posts.map(({ code }) => code);
  return {
    posts: drawn,
    facts: [
      fact(`${who}_drawn`, { seed, from: codes(pool), drawn: codes(drawn) }),
      ...(missing > 0 ? [fact(`${who}_missing`, { missing })] : []),
    ],
  };
}
