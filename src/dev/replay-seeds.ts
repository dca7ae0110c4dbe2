import { readFile } from 'node:fs/promises';
import { type Article, demoCity, demoSeeds, type SeedRequest } from './demo-city.ts';
import { type Call, calling, expected } from './replay-calls.ts';
import { living, type Order } from './replay-life.ts';
import { counted, table } from './replay-report.ts';
import { bodyOf, type RowMapping } from './replay-rows.ts';

type Lived = Readonly<{ seed: SeedRequest; order: Order }>;

/**
 * Leads the seed requests in `file` from intake to their end through a running demo city and prints what became of them.
 * 0 when all of them ended closed or answered and every one with a point was placed where it says it lies, else 1.
 */
export async function replaySeeds({
  file,
  url,
  keys,
  concurrency,
}: Readonly<{
  file: string;
  url: string;
  keys: Readonly<Record<string, string>>;
  concurrency: number;
}>): Promise<number> {
  const seeds = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as SeedRequest);
  const call = calling(url, keys);
  const began = performance.now();

  const seedOf = new Map<string, SeedRequest>();
  await each(seeds, concurrency, async (seed) => {
    seedOf.set(await intake(call, seed, seeds.indexOf(seed)), seed);
  });
  const { knowledge } = demoCity();
  const live = living(
    call,
    {
      areaOf: ({ id }) => seedOf.get(id)?.expect_community ?? null,
      articleOf: ({ category }) => articleFor(knowledge, category),
      lastResort: 'hotline',
    },
    (id) => seedOf.has(id),
  );
  const lived: Lived[] = [];
  await each([...seedOf], concurrency, async ([id, seed]) => {
    lived.push({ seed, order: await live(id) });
  });
  return report(lived, seeds.length, (performance.now() - began) / 1000);
}

const { mapping } = demoSeeds();
const rowMapping: RowMapping = {
  fields: mapping.fields,
  values: {
    channel: Object.fromEntries(Object.entries(mapping.channels).map(([theirs, channel]) => [theirs, { channel }])),
    urgency: mapping.urgency,
  },
};

/** Registers a seed, or finds it registered: the same key, and the same id in its channel, lead to the first one. */
async function intake(call: Call, seed: SeedRequest, index: number): Promise<string> {
  const body = bodyOf(seed, rowMapping);
  const byGridWorker = body.channel === 'grid_worker';
  // No subscriber's number in China begins with 0, so this is nobody's phone.
  const phone = `028-0${String(index + 1).padStart(7, '0')}`;
  const reply = await call(
    byGridWorker ? 'gridWorker' : 'operator',
    'POST',
    'requests',
    byGridWorker ? body : { ...body, requester: { name: `诉求人${index + 1}`, phone } },
    { 'idempotency-key': `replay-${seed.id}` },
  );
  return expected<{ workOrder: { id: string } }>(reply, `request ${seed.id}`).workOrder.id;
}

const articleFor = (knowledge: readonly Article[], category: string | null): string | null =>
  knowledge.find((article) => article.category === category)?.code ?? null;

/** Works through items, `atOnce` of them at a time; the first failure ends it. */
async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

function report(lived: readonly Lived[], seeds: number, seconds: number): number {
  const orders = lived.map(({ order }) => order);
  const placed = orders.filter((o) => o.placement.status === 'placed');
  const pointed = lived.filter(({ seed }) => seed.lat !== null);
  const astray = pointed.filter(({ seed, order }) => !liesIn(order, seed.expect_community, seed.expect_street));
  const unfinished = orders.filter((o) => o.state !== 'closed' && o.state !== 'answered');
  console.log(
    table([
      ['requests', `${seeds}`],
      ['work orders', `${new Set(orders.map((o) => o.id)).size}`],
      ['placed', `${placed.length}`],
      ['unplaced', `${orders.length - placed.length}`],
      ...counted('level', placed, (o) => o.placement.path.at(-1)?.level ?? 'none'),
      ...counted('method', orders, (o) => o.placement.method),
      ...counted('state', orders, (o) => o.state),
      ['as expected', `${pointed.length - astray.length} of ${pointed.length} with a point`],
      ['seconds', seconds.toFixed(1)],
    ]),
  );
  for (const { seed, order } of astray)
    console.log(
      `${seed.id} was placed in ${order.placement.path.map((p) => p.code).join(' > ')}, expected ${seed.expect_community}`,
    );
  for (const order of unfinished) console.log(`order ${order.number} is still ${order.state}`);
  return astray.length + unfinished.length === 0 && lived.length === seeds ? 0 : 1;
}

const liesIn = ({ placement }: Order, ...codes: readonly string[]): boolean =>
  codes.every((code) => placement.path.some((step) => step.code === code));
