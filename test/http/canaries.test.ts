import { expect, test } from 'vitest';
import { fireDue } from '../../src/actions/fire-timers.ts';
import { fold } from '../../src/domain/folding.ts';
import { nameSpellings, personName, phoneNumber, phoneSpellings, type Spelling } from '../support/canaries.ts';
import { aLight, demo } from '../support/city.ts';

const { act, call, clock, deps, pool } = await demo();
const unit = 'unit:510107-urban-management';
const many = 1000;

/** One text: a number and a name of nobody, each in one of its spellings, and where in it they stand. */
const canary = (n: number) => {
  const phone = phoneSpellings[n % phoneSpellings.length] as Spelling;
  const name = nameSpellings[n % nameSpellings.length] as Spelling;
  const [number, person] = [phoneNumber(n), personName(n)];
  const words = { phone: phone.write(number), name: name.write(person) };
  const isShown = phone.fate !== 'held' && name.fate !== 'held';
  const text = `路灯不亮，${words.name}已说过多次，请打${words.phone}说明情况`;
  return { n, phone, name, number, person, words, isShown, text };
};
const canaries = Array.from({ length: many }, (_, n) => canary(n));

const everyPage = async (board: string): Promise<string[]> => {
  const pages: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body, text }: { body: { nextCursor: string | null }; text: string } = await call(
      null,
      'GET',
      `public/${board}?limit=200${cursor && `&cursor=${cursor}`}`,
    );
    pages.push(text);
    cursor = body.nextCursor;
  }
  return pages;
};
const fireAll = async (moment: string): Promise<void> => {
  clock.set(moment);
  while ((await fireDue(deps)) > 0);
};

test('none of a thousand numbers and names reaches a page or a feed, but those whose spelling is told to be missed', async () => {
  const made = await call('operator', 'POST', 'requests/batch', {
    items: canaries.map(({ n, text, number, person }) =>
      aLight({
        externalId: `canary-${n}`,
        // Some stand in the title, some go on from there into the text.
        title: n % 3 === 0 ? text.slice(0, 20) : '路灯不亮',
        description: n % 3 === 0 ? text.slice(20) : text,
        requester: { name: person, phone: number },
      }),
    ),
  });
  expect(made.body.results.filter((r: { status: number }) => r.status !== 201)).toEqual([]);
  // What the ladder does meanwhile is not asked here.
  await pool.query('update clocks set next_rung_at = null');
  await fireAll('2026-03-09T23:59:59+08:00');
  await fireAll('2026-03-11T18:00:00+08:00');

  // What a unit writes about the result is screened as well.
  const worked = canaries.filter(({ n, isShown }) => n % 20 === 0 && isShown).slice(0, 30);
  for (const { n, text } of worked) {
    const found = await call('operator', 'GET', `requests?number=${made.body.results[n].number}`);
    const id = found.body.items[0].workOrderId;
    await act(unit, id, 'sign');
    await act(unit, id, 'contact', { how: '电话', whom: '诉求人', outcome: 'reached' });
    const handed = { result: 'explained', text, evidence: [{ stage: 'after', text }], requesterTold: true };
    expect((await act(unit, id, 'submit', handed)).status).toBe(200);
    await act('operator', id, 'review', { passed: true });
    await act('gridWorker', id, 'verify', { passed: true });
    const { followUps } = (await call('operator', 'GET', `work-orders/${id}`)).body;
    await call('followUp', 'POST', 'follow-ups/claims', { max: 50, lease: 60 });
    const answer = { contacted: true, solved: 'yes', satisfaction: 'satisfied' };
    await call('followUp', 'POST', `follow-ups/${followUps[0].id}/answer`, answer);
  }
  await fireAll('2026-03-12T18:00:00+08:00');

  const problems = await everyPage('problems');
  const results = await everyPage('results');
  const feeds = [
    (await call(null, 'GET', 'public/problems.atom')).text,
    (await call(null, 'GET', 'public/results.atom')).text,
    (await call(null, 'GET', 'public/communities/510107012008/feed.atom')).text,
  ];
  const count = (pages: string[]) => pages.reduce((sum, page) => sum + JSON.parse(page).items.length, 0);
  const shown = canaries.filter(({ isShown }) => isShown).length;
  expect([count(problems), count(results)]).toEqual([shown - worked.length, worked.length]);
  expect(feeds.every((feed) => feed.includes('<entry>'))).toBe(true);

  const texts = [...problems, ...results].flatMap((page) =>
    JSON.parse(page).items.map((item: Readonly<Record<string, unknown>>) =>
      JSON.stringify([item.title, item.text, item.result, item.evidence]),
    ),
  );
  const all = fold([...texts, ...feeds].join('\n'));
  const isThere = (words: string) => all.tight.includes(fold(words).tight);
  const leaked = (of: 'phone' | 'name', spellings: readonly Spelling[]) =>
    Object.fromEntries(
      spellings.map((spelling) => {
        const those = canaries.filter((each) => each[of] === spelling);
        return [spelling.name, those.filter(({ words }) => isThere(words[of])).length > 0 ? 'seen' : 'nowhere'];
      }),
    );
  const told = (spellings: readonly Spelling[]) =>
    Object.fromEntries(spellings.map(({ name, fate }) => [name, fate === 'missed' ? 'seen' : 'nowhere']));
  expect(leaked('phone', phoneSpellings)).toEqual(told(phoneSpellings));
  expect(leaked('name', nameSpellings)).toEqual(told(nameSpellings));
  expect(canaries.filter(({ number }) => all.tight.includes(number))).toEqual([]);
  expect(canaries.filter(({ person }) => all.plain.includes(person))).toEqual([]);
}, 240_000);
