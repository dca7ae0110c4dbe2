import { demoSeeds } from './demo-city.ts';

/** What a call of the surge should lead to. */
export type Expected = 'joins' | 'danger' | 'own';
export type SurgeCall = Readonly<{ body: object; expected: Expected }>;

/** A sequence of numbers from 0 to below 1 that is the same in every run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const [lon, lat] = [104.037274, 30.571764] as const;
const half = 0.008;
/** Where the power is out: some 1.5 by 1.8 km of the demo city. */
export const outage = {
  type: 'Polygon',
  coordinates: [
    [
      [lon - half, lat - half],
      [lon + half, lat - half],
      [lon + half, lat + half],
      [lon - half, lat + half],
      [lon - half, lat - half],
    ],
  ],
} as const;
export const power = '公用事业/供电';

const words = [
  '整栋楼都停电了',
  '突然没电了，什么时候能来',
  '小区停电，电梯停了',
  '停电两个小时了',
  '店里没电，冰柜要化了',
];
const dangers = [
  { description: '老人在家用呼吸机，停电了' },
  { description: '家里有制氧机，只有一点备用电' },
  { description: '电梯停电，有人被困' },
  { description: '配电箱冒烟' },
  { answers: { lifeSupport: '是' } },
];

const phone = (n: number): string => `028-0${String(n % 10_000_000).padStart(7, '0')}`; // no subscriber's number begins so

/**
 * The calls of one power cut in the order they come: of a hundred about three tell of danger, seven come from outside the
 * dark streets, two are about water, all others join.
 */
export function surgeCalls(count: number, seed = 1): readonly SurgeCall[] {
  const roll = dice(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  return Array.from({ length: count }, (_, i) => {
    const within = (share: number): number => (roll() * 2 - 1) * half * share;
    const inside = { lon: lon + within(0.999), lat: lat + within(0.999) };
    const body = (more: object) => ({
      channel: 'hotline',
      kind: roll() < 0.2 ? 'consult' : 'help',
      category: power,
      title: '停电',
      description: `${pick(words)}（${i + 1}）`,
      location: inside,
      requester: { name: `诉求人${i + 1}`, phone: phone(i + 1) },
      ...more,
    });
    const kind = roll();
    if (kind < 0.03) return { body: body(pick(dangers)), expected: 'danger' };
    if (kind < 0.1) {
      const outside = { lon: lon + half * (1.05 + roll()), lat: lat + within(1) };
      return { body: body({ location: outside }), expected: 'own' };
    }
    if (kind < 0.12) return { body: body({ category: '公用事业/供水', title: '停水' }), expected: 'own' };
    return { body: body({}), expected: 'joins' };
  });
}

/** Ordinary requests all over the city, of the categories residents ask about, no two alike. */
export function ordinaryCalls(count: number, seed = 2): readonly object[] {
  const roll = dice(seed);
  const seeds = demoSeeds().requests.filter((each) => each.lat !== null && each.urgency !== '咨询');
  return Array.from({ length: count }, (_, i) => {
    const like = seeds[Math.floor(roll() * seeds.length)] as (typeof seeds)[number];
    return {
      channel: 'hotline',
      kind: 'help',
      category: like.category,
      title: `${like.title} ${seed}-${i}`,
      description: `${seed}-${i} ${like.body}`,
      location: {
        lon: (like.lon ?? 0) + (roll() - 0.5) * 0.02,
        lat: (like.lat ?? 0) + (roll() - 0.5) * 0.02,
        address: like.address,
      },
      requester: { name: `诉求人${i}`, phone: phone(5_000_000 + i) },
    };
  });
}
