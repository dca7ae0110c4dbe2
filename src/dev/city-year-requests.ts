import type { Category } from '../domain/city.ts';
import { absorb } from '../domain/merge.ts';
import { type Report, register } from '../domain/register.ts';
import type { RequestId, RequestKind, WorkOrderId } from '../domain/request.ts';
import { after, atLocal, dateOf, days, type Instant, minutes } from '../domain/time.ts';
import { type Life, type Lot, living, type World } from './city-year-life.ts';
import { dispatcher, gridWorker, operator } from './city-year-people.ts';
import { lead } from './city-year-steps.ts';
import type { Habits } from './city-year-talk.ts';

/** What is kept of a request beside its order. */
export type Asked = Readonly<{
  id: RequestId;
  number: string;
  channel: string;
  originalOrderId: WorkOrderId;
  phone: string | null;
  report: Report;
}>;

/** A life with the request it began with; two where a second one was merged into it. */
export type Born = Readonly<{ life: Life; asked: Asked }>;

/** Draws the requests of a year, one after the other. */
export function yearOfRequests(world: World, lot: Lot, year: number, grids: readonly string[]) {
  const { city } = world;
  const leaves = [...city.categories.values()].filter((c) => c.leaf && c.retired === null);
  const own = leaves.filter((c) =>
    city.dutyLists.some((d) => d.unitKind === 'community' && d.list !== 'negative' && d.category === c.code),
  );
  const departments = [...city.units.values()].filter((u) => u.kind === 'department').map((u) => u.code);
  const numbers = new Map<string, number>();
  const start = atLocal(`${year}-01-01`, '00:00');
  const promptOf = (unit: string): number =>
    0.65 + (0.34 * ([...unit].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 997, 7) % 100)) / 100;

  const numberAt = (at: Instant): string => {
    const day = dateOf(at).replaceAll('-', '');
    const n = (numbers.get(day) ?? 0) + 1;
    numbers.set(day, n);
    return `${day}${String(n).padStart(6, '0')}`;
  };
  const begin = (at: Instant, report: Report, place: string | null, by = operator): Born => {
    const orderId = idAt(at, lot) as WorkOrderId;
    const id = idAt(at, lot) as RequestId;
    const number = numberAt(at);
    const given = { orderId, requestId: id, number, placement: world.placed(place ?? '') };
    const life = living(world, register(report, given, { city, now: at, actor: by }), at);
    const phone = report.reachable ? `138${String(10_000_000 + lot.below(20_000))}` : null;
    return { life, asked: { id, number, channel: report.channel, originalOrderId: orderId, phone, report } };
  };

  /** The next request with its whole life, and that of another one that was about the same. */
  return function next(): readonly Born[] {
    const at = momentIn(start, lot);
    const place = lot.is(0.97) ? lot.of(grids) : null;
    if (lot.is(0.12))
      return [
        selfHandled(
          begin(at, reportOf(lot, lot.of(own), 'grid_worker'), place ?? lot.of(grids), gridWorker),
          lot,
          departments,
        ),
      ];
    const category = lot.of(leaves);
    const born = begin(at, reportOf(lot, category, channelOf(lot), at), place);
    const habits = habitsOf(born.life, lot, promptOf, departments);
    const { life, asked } = born;
    if (!lot.is(0.05)) {
      lead(life, habits);
      return [born];
    }
    life.wait(minutes(lot.below(400)));
    const again = begin(life.at, { ...asked.report, channel: channelOf(lot), disposition: 'hold' }, place);
    const same = lot.is(0.4) ? { ...again, asked: { ...again.asked, phone: asked.phone } } : again;
    merge(same.life, life);
    if (same.life.order.state !== 'merged') lead(same.life, habitsOf(same.life, lot, promptOf, departments));
    lead(life, habits);
    return [born, same];
  };
}

/** Both orders change, or neither does. */
function merge(source: Life, target: Life): void {
  const before = source.order;
  const into = { into: target.order.id, number: target.order.number };
  source.at = target.at;
  const joined = absorb(target.order, before, { city: target.world.city, now: target.at, actor: dispatcher });
  if (joined.kind === 'refused' || !source.perform({ action: 'merge', said: into }, dispatcher)) return;
  target.decide(() => joined, dispatcher);
}

const habitsOf = (life: Life, lot: Lot, promptOf: (unit: string) => number, others: readonly string[]): Habits => ({
  lot,
  prompt: promptOf(life.order.owner),
  others,
});

function selfHandled(born: Born, lot: Lot, others: readonly string[]): Born {
  const { life } = born;
  life.wait(minutes(lot.below(240)));
  const evidence = (['before', 'after'] as const).map((stage) => ({ attachmentId: `photo-${stage}`, stage }));
  life.perform({ action: 'self-handle', said: { text: '现场处置', result: 'solved', evidence } }, gridWorker);
  lead(life, { lot, prompt: 0.95, others });
  return born;
}

const channelOf = (lot: Lot): string =>
  lot.is(0.6)
    ? 'hotline'
    : lot.of(['web', 'app', 'mini_program', 'walk_in', 'police_110', 'sensor', 'upper_level', 'media'] as const);

const kinds: readonly RequestKind[] = [
  'help',
  'help',
  'help',
  'complaint',
  'complaint',
  'report',
  'suggestion',
  'consult',
  'consult',
];

const reportOf = (lot: Lot, category: Category, channel: string, at?: Instant): Report => {
  const kind = channel === 'grid_worker' ? 'report' : lot.of(kinds);
  return {
    channel,
    kind,
    category: category.code,
    title: category.name,
    urgency: lot.is(0.03) ? lot.of(['urgent', 'emergency'] as const) : 'normal',
    disposition: channel === 'grid_worker' || lot.is(0.12) ? 'hold' : null,
    confidential: lot.is(0.02),
    reachable: channel !== 'grid_worker' && channel !== 'sensor' && lot.is(0.95),
    externalDueAt: channel === 'upper_level' && at !== undefined ? after(at, days(5)) : null,
    receivedAt: null,
    diversion: null,
  };
};

/** Some minute of the year, more by day than by night. */
function momentIn(start: Instant, lot: Lot): Instant {
  const minute = lot.is(0.85) ? 480 + lot.below(720) : lot.below(1440);
  return after(start, minutes(lot.below(365) * 1440 + minute + lot.below(60) / 60));
}

/** An id that sorts by its moment and is the same for the same seed (UUID of version 7). */
function idAt(at: Instant, lot: Lot): string {
  const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
  const time = hex(at, 12);
  const a = hex(lot.below(0x1000), 3);
  const b = hex(0x8000 + lot.below(0x4000), 4);
  const rest = `${hex(lot.below(0x100_0000), 6)}${hex(lot.below(0x100_0000), 6)}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a}-${b}-${rest}`;
}
