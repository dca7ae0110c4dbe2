import { type Call, calling, expected } from './replay-calls.ts';
import { table } from './replay-report.ts';
import { ordinaryCalls, outage, power, type SurgeCall, surgeCalls } from './surge-calls.ts';

/** A running drill, how many call, and how many of them at once. */
export type Surge = Readonly<{
  url: string;
  keys: Readonly<Record<string, string>>;
  calls: number;
  concurrency: number;
}>;

type Created = Readonly<{
  request: { id: string; number: string; queryCode: string; workOrderId: string; urgency: string };
  workOrder: { id: string; state: string };
  incident: { id: string; joined: boolean; answer: string } | null;
}>;
type Incident = Readonly<{
  id: string;
  number: string;
  workOrder: { id: string };
  counts: Record<'joined' | 'danger' | 'asked' | 'restored' | 'notRestored' | 'unanswered', number>;
}>;
type Taken = Readonly<{ sent: SurgeCall; made: Created }>;

const desks = ['operator', 'dispatcher', 'shiftLeader'] as const;
const unit = 'utility-power';
const answer = '已知该片区停电，供电公司正在抢修。';
const update = '抢修人员已到场，预计一小时内恢复供电。';
const sampled = 30;

/** Plays a power cut from the first call to the last answer, prints what came of it, and says whether all of it came out. */
export async function playSurge({ url, keys, calls, concurrency }: Surge): Promise<boolean> {
  const call = calling(url, keys);
  const intake = intakes(call, concurrency);
  const few = Math.max(10, Math.ceil(calls / 5));
  await intake(ordinaryCalls(Math.ceil(few / 4), 3)); // the first ones find everything cold
  const ordinary = await intake(ordinaryCalls(few));

  const incident = expected<Incident>(
    await call('shiftLeader', 'POST', 'incidents', opening, { 'idempotency-key': 'surge' }),
    'the incident',
  );
  const sent = surgeCalls(calls);
  const surge: Measured = { made: [], tookMs: [] };
  const byPart: number[] = [];
  const part = Math.ceil(calls / 12);
  for (let from = 0; from < calls; from += part) {
    const [took] = await Promise.all([
      intake(sent.slice(from, from + part).map(({ body }) => body)),
      ...(from === 0 ? [work(call, incident)] : []),
    ]);
    surge.made.push(...took.made);
    surge.tookMs.push(...took.tookMs);
    byPart.push(rank(took.tookMs, 0.5));
    expected(await call('admin', 'POST', 'drill/clock/advance', { by: 'PT5M' }), 'five minutes');
  }
  const taken = sent.map((each, i): Taken => ({ sent: each, made: surge.made[i] as Created }));

  const joined = taken.filter(({ made }) => made.incident?.joined);
  const dangers = taken.filter(({ made }) => made.incident?.joined === false && made.request.urgency === 'urgent');
  const asIs = taken.filter(({ made }) => made.incident === null);
  const told = await tellAll(call, incident, joined);
  const asked = await askAll(call, incident, joined);
  const counts = asked.incident.counts;

  const faults = [
    [new Set(taken.map(({ made }) => made.request.number)).size === calls, 'not every call has a number of its own'],
    [taken.every(({ made }) => /^\d{6}$/.test(made.request.queryCode)), 'not every call has a query code'],
    [taken.every(asExpected), 'a call went another way than it should'],
    [joined.every(({ made }) => made.request.workOrderId === incident.workOrder.id), 'a call joined another order'],
    [counts.joined === joined.length && counts.danger === dangers.length, 'the incident counts otherwise'],
    [told.read === told.of, 'an update did not reach everybody'],
    [told.sent === joined.length + dangers.length, 'not every telephone was told of the update'],
    [counts.asked === joined.length && asked.sent === joined.length, 'the end did not ask everybody'],
    [counts.restored === asked.yes && counts.notRestored === asked.no, 'answers are counted otherwise'],
    [asked.opened === asked.no, 'a "no" opened no order'],
  ].flatMap(([holds, fault]) => (holds ? [] : [`FAULT: ${String(fault)}`]));

  const [p50, p99] = [0.5, 0.99].map((share) => [rank(surge.tookMs, share), rank(ordinary.tookMs, share)] as const) as [
    readonly [number, number],
    readonly [number, number],
  ];
  console.log(
    table([
      ['calls', `${calls} in one hour of the city, ${concurrency} at once`],
      ['numbered', `${new Set(taken.map(({ made }) => made.request.number)).size}`],
      ['joined', `${joined.length} to ${incident.number}, on one order`],
      ['urgent orders', `${dangers.length} where danger or life support was told`],
      ['orders of their own', `${asIs.length} from outside, or about something else`],
      ['update', `one, read by ${told.read} of ${told.of} asked, sent to ${told.sent} telephones`],
      ['end', `asked ${counts.asked}; yes ${counts.restored}, no ${counts.notRestored}, left ${counts.unanswered}`],
      ['orders by a no', `${asked.opened}, of them urgent ${asked.urgent}`],
      ['intake, surge', `p50 ${p50[0].toFixed(1)} ms, p99 ${p99[0].toFixed(1)} ms`],
      [
        'first and last',
        `p50 ${(byPart[0] ?? 0).toFixed(1)} ms and ${(byPart.at(-1) ?? 0).toFixed(1)} ms of its twelve parts`,
      ],
      ['intake, ordinary', `p50 ${p50[1].toFixed(1)} ms, p99 ${p99[1].toFixed(1)} ms, ${few} requests`],
      ['ratio', `p50 ${(p50[0] / p50[1]).toFixed(2)}, p99 ${(p99[0] / p99[1]).toFixed(2)}`],
    ]),
  );
  for (const fault of faults) console.log(fault);
  return faults.length === 0;
}

const opening = {
  title: '机投桥片区停电',
  category: power,
  polygon: outage,
  leadUnit: unit,
  urgency: 'urgent',
  answer,
};

type Measured = Readonly<{ made: Created[]; tookMs: number[] }>;

/** Registers requests in the order given, so many at once, each by the next desk, and times each. */
function intakes(call: Call, concurrency: number) {
  let n = 0;
  return async (bodies: readonly object[]): Promise<Measured> => {
    const measured: Measured = { made: [], tookMs: [] };
    let next = 0;
    const client = async (): Promise<void> => {
      for (let i = next++; i < bodies.length; i = next++) {
        const key = { 'idempotency-key': `surge-${++n}` };
        const began = performance.now();
        const reply = await call(desks[i % desks.length] as string, 'POST', 'requests', bodies[i], key);
        measured.tookMs.push(performance.now() - began);
        measured.made[i] = expected<Created>(reply, 'a request');
      }
    };
    await Promise.all(Array.from({ length: concurrency }, client));
    return measured;
  };
}

/** The lead unit takes the order on while the calls come in: they do not keep it out. */
async function work(call: Call, { workOrder }: Incident): Promise<void> {
  const actions = `work-orders/${workOrder.id}/actions`;
  const whatever = { 'if-match': '*' };
  expected(await call(`unit:${unit}`, 'POST', `${actions}/sign`, {}, whatever), 'signing');
  const note = { text: '已派出抢修队', public: false, mark: 'make_safe' };
  expected(await call(`unit:${unit}`, 'POST', `${actions}/note`, note, whatever), 'a note');
}

/** The message gateway sends what waits, and says how many that were. */
async function sendAll(call: Call): Promise<number> {
  type Claims = Readonly<{ claims: readonly Readonly<{ token: number; message: { id: string } }>[] }>;
  for (let sent = 0; ; ) {
    const { claims } = expected<Claims>(
      await call('messageGateway', 'POST', 'messages/claims', { max: 50 }),
      'messages',
    );
    if (claims.length === 0) return sent;
    await Promise.all(
      claims.map(async ({ token, message: { id } }) =>
        expected(await call('messageGateway', 'POST', `messages/${id}/sent`, { token }), 'a message sent'),
      ),
    );
    sent += claims.length;
  }
}

/** One update; what a sample of residents reads with the own request. */
async function tellAll(call: Call, { id }: Incident, joined: readonly Taken[]) {
  const key = { 'idempotency-key': 'surge-update' };
  expected(await call('shiftLeader', 'POST', `incidents/${id}/updates`, { text: update }, key), 'the update');
  const views = await Promise.all(
    sampleOf(joined).map(({ made }) => call('operator', 'POST', 'lookup', proofOf(made))),
  );
  const read = views.filter((view) => {
    const { publicNotes } = expected<{ publicNotes: readonly { text: string }[] }>(view, 'a look-up');
    return publicNotes.some(({ text }) => text === update);
  });
  return { read: read.length, of: views.length, sent: await sendAll(call) };
}

/** The end; of a sample two of three say yes, the others no, and some of them tell of danger. */
async function askAll(call: Call, { id }: Incident, joined: readonly Taken[]) {
  expected(await call('shiftLeader', 'POST', `incidents/${id}/end`, { text: '已恢复供电。' }), 'the end');
  const sent = await sendAll(call);
  const sample = sampleOf(joined);
  const saysNo = sample.filter((_, i) => i % 3 === 0);
  const answers = sample.map(({ made }, i) =>
    call('operator', 'POST', 'lookup/restored', {
      ...proofOf(made),
      restored: i % 3 !== 0,
      ...(i % 9 === 0 ? { words: '我家插座冒烟' } : {}),
    }),
  );
  for (const reply of await Promise.all(answers)) expected(reply, 'an answer');
  const own = await Promise.all(
    saysNo.map(async ({ made }) => {
      const reply = await call('operator', 'GET', `requests/${made.request.id}`);
      return expected<{ workOrder: { id: string; number: string; urgency: string } }>(reply, 'a request').workOrder;
    }),
  );
  const opened = own.filter((order, i) => order.number === saysNo[i]?.made.request.number);
  return {
    incident: expected<Incident>(await call('shiftLeader', 'GET', `incidents/${id}`), 'the incident'),
    sent,
    yes: sample.length - saysNo.length,
    no: saysNo.length,
    opened: opened.length,
    urgent: opened.filter(({ urgency }) => urgency === 'urgent').length,
  };
}

const asExpected = ({ sent, made: { incident, request } }: Taken): boolean => {
  if (sent.expected === 'joins') return incident?.joined === true && incident.answer === answer;
  if (sent.expected === 'danger') return incident?.joined === false && request.urgency === 'urgent';
  return incident === null;
};

const proofOf = ({ request: { number, queryCode } }: Created) => ({ number, code: queryCode });

/** Some from the whole of it, evenly. */
const sampleOf = (all: readonly Taken[]): readonly Taken[] =>
  all.filter((_, i) => i % Math.max(1, Math.floor(all.length / sampled)) === 0).slice(0, sampled);

function rank(tookMs: readonly number[], share: number): number {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
