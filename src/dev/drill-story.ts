import { type Clock, type Event, explained, lineOf, whatStarted } from './drill-lines.ts';
import type { Words } from './drill-words.ts';
import { type Call, codeOf, expected, type Reply } from './replay-calls.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The three kinds of order whose record is told. */
export type Followed = 'work-orders' | 'coordination-orders' | 'supervision-orders';

/**
 * A drill as it is played and told: people act over HTTP, the clock is moved, and whatever the city says of itself after
 * each is printed in its order. `expect` keeps what should have happened and did not.
 */
export type Story = Readonly<{
  /** A person acts with the key of this name; what came of it is told. Throws where it is refused. */
  act<T = Json>(as: string, path: string, body?: object): Promise<T>;
  /** The code with which somebody is refused; null where they are not. */
  refused(as: string, path: string, body: object): Promise<string | null>;
  get<T = Json>(path: string): Promise<T>;
  /** Moves the clock to a moment, tells what happened until then, and fails where the answer comes before it. */
  until(moment: string): Promise<void>;
  follow(what: Followed, id: string): void;
  /** Everything told so far, oldest first. */
  events(): readonly Told[];
  clocks(what: Followed, id: string): Promise<readonly Clock[]>;
  title(words: Words): void;
  expect(words: Words, holds: boolean): void;
}>;

/** An event of the record of an order. */
export type Told = Event & Readonly<{ what: Followed; subject: string }>;

export type Verdict = Readonly<{ story: Story; failed: () => readonly Words[]; checked: () => number }>;

/** Begins a story in a city. `say` prints a line; `names` are the units' names by code. */
export function storyOf(call: Call, names: ReadonlyMap<string, string>, say: (line: string) => void): Verdict {
  const cursors = new Map<string, Readonly<{ what: Followed; id: string; cursor: string }>>();
  const told: Told[] = [];
  const failed: Words[] = [];
  let [keys, checked, day] = [0, 0, ''];

  const get = async <T>(path: string): Promise<T> => expected<T>(await call('shiftLeader', 'GET', path), path);
  const post = (as: string, path: string, body: object): Promise<Reply> =>
    call(as, 'POST', path, body, { 'idempotency-key': `drill-${++keys}`, 'if-match': '*' });
  const clocks = async (what: Followed, id: string): Promise<readonly Clock[]> =>
    (await get<{ items: readonly Clock[] }>(`${what}/${id}/clocks`)).items;

  /** Reads on in one record, page by page. */
  async function news(key: string): Promise<readonly Told[]> {
    const found: Told[] = [];
    for (let from = cursors.get(key); from !== undefined; from = cursors.get(key)) {
      const { what, id, cursor } = from;
      const { items } = await get<{ items: readonly Event[] }>(`${what}/${id}/events?limit=200&cursor=${cursor}`);
      found.push(...items.map((event) => ({ ...event, what, subject: id })));
      cursors.set(key, { ...from, cursor: items.at(-1)?.id ?? cursor });
      if (items.length < 200) break;
    }
    return found;
  }

  function follow(what: Followed, id: string): void {
    const key = `${what}/${id}`;
    if (!cursors.has(key)) cursors.set(key, { what, id, cursor: '0' });
  }

  /** The ladder makes supervision orders by itself: they stand on the order they are about. */
  async function followSupervision(): Promise<void> {
    for (const { what, id } of [...cursors.values()].filter((each) => each.what === 'work-orders')) {
      const order = await get<{ supervisionOrders: readonly { id: string }[] }>(`${what}/${id}`);
      for (const each of order.supervisionOrders) follow('supervision-orders', each.id);
    }
  }

  async function tell(): Promise<void> {
    await followSupervision();
    const fresh = (await Promise.all([...cursors.keys()].map(news))).flat();
    if (fresh.length === 0) return;
    const explaining = new Map<string, readonly Clock[]>();
    for (const { what, subject } of fresh)
      if (!explaining.has(subject)) explaining.set(subject, await clocks(what, subject));
    const started = new Set<string>();
    for (const event of fresh.toSorted((a, b) => Number(a.id) - Number(b.id))) {
      told.push(event);
      const own = explaining.get(event.subject) ?? [];
      if (event.at.slice(0, 10) !== day) say(`\n${dateOf((day = event.at.slice(0, 10)))}`);
      for (const line of lineOf(event, names)) say(line);
      for (const line of explained(event, own, names)) say(line);
      const starts = own.filter((clock) => !started.has(`${event.subject} ${clock.seq}`));
      const { lines, seqs } = whatStarted(event, starts, names);
      for (const seq of seqs) started.add(`${event.subject} ${seq}`);
      for (const line of lines) say(line);
    }
  }

  const story: Story = {
    get,
    clocks,
    follow,
    events: () => told,
    async act<T>(as: string, path: string, body: object = {}): Promise<T> {
      const made = expected<T & Made>(await post(as, path, body), path);
      if (path === 'requests' && made.workOrder !== undefined) follow('work-orders', made.workOrder.id);
      if (path === 'coordination-orders' && made.id !== undefined) follow(path, made.id);
      await tell();
      return made;
    },
    refused: async (as, path, body) => codeOf(await post(as, path, body)),
    async until(moment) {
      const moved = await call('shiftLeader', 'PUT', 'drill/clock', { now: moment });
      expected(moved, `clock to ${moment}`);
      await tell();
    },
    title: ([zh, en]) => say(`\n════ ${zh} ${en} ════`),
    expect(words, holds) {
      checked += 1;
      if (holds) return;
      failed.push(words);
      say(`  ✗ ${words.join(' ')}`);
    },
  };
  return { story, failed: () => failed, checked: () => checked };
}

/** Says how a drill ended: 0 when all that was expected happened, else 1 with what did not. */
export function ending({ failed, checked }: Omit<Verdict, 'story'>, say: (line: string) => void): 0 | 1 {
  if (failed().length === 0) {
    say(`\n演练通过：${checked()} 项预期全部发生。 All ${checked()} things that should have happened did.`);
    return 0;
  }
  say('\n演练未通过，没有发生的： The drill failed. What did not happen:');
  for (const words of failed()) say(`  ✗ ${words.join(' ')}`);
  return 1;
}

type Made = Readonly<{ id?: string; workOrder?: Readonly<{ id: string }> }>;

const weekdays = [
  '周日 Sunday',
  '周一 Monday',
  '周二 Tuesday',
  '周三 Wednesday',
  '周四 Thursday',
  '周五 Friday',
  '周六 Saturday',
];
const dateOf = (date: string): string => `── ${date} ${weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]} ──`;
