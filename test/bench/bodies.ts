import { demoSeeds } from '../../src/dev/demo-city.ts';

/** A sequence of numbers from 0 to below 1 that is the same in every run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Requests all over the demo city, no two alike: place, words and phone differ, categories are those residents ask about. */
export function bodies(seed: number): () => object {
  const roll = dice(seed);
  const seeds = demoSeeds().requests.filter((s) => s.lat !== null && s.urgency !== '咨询');
  let n = 0;
  return () => {
    const like = seeds[Math.floor(roll() * seeds.length)] as (typeof seeds)[number];
    n += 1;
    return {
      channel: 'hotline',
      kind: 'help',
      category: like.category,
      title: `${like.title} ${seed}-${n}`,
      description: `${seed}-${n} ${like.body}`,
      location: {
        lon: (like.lon ?? 0) + (roll() - 0.5) * 0.02,
        lat: (like.lat ?? 0) + (roll() - 0.5) * 0.02,
        address: like.address,
      },
      // No subscriber's number in China begins with 0, so this is nobody's phone.
      requester: { name: `诉求人${n}`, phone: `028-0${String(n % 10_000_000).padStart(7, '0')}` },
    };
  };
}
