import { expect, test } from 'vitest';
import { instant } from '../../src/domain/time.ts';
import { announce } from '../../src/store/announce.ts';
import { recordFacts } from '../../src/store/facts.ts';
import { listening, type NoticeChannel } from '../../src/store/notices.ts';
import { transaction } from '../../src/store/rows.ts';
import { freshDatabase } from '../support/database.ts';

const { pool, url } = await freshDatabase();
const soon = { timeout: 10_000, interval: 20 };

test('what a transaction announces is heard once it is committed, and not at all when it is undone', async () => {
  const notices = listening(url, { warn: () => {} });
  await notices.ready();
  const heard: string[] = [];
  for (const channel of ['queue', 'facts'] satisfies NoticeChannel[])
    notices.on(channel, (payload) => void heard.push(`${channel} ${payload}`));
  const undone = transaction(pool, async (tx) => {
    await announce(tx, ['undone'], true);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await transaction(pool, async (tx) => {
    await announce(tx, ['one'], false);
    await announce(tx, ['one', 'two'], true);
    await pool.query("select pg_notify('queue', 'before the commit')");
  });
  await expect.poll(() => heard, soon).toEqual(['queue before the commit', 'queue one', 'queue two', 'facts ']);
  await announce(pool, ['alone'], false);
  await expect.poll(() => heard.at(-1), soon).toBe('queue alone');
  await notices.close();
});

test('a transaction that writes facts holds no notice of its own, so commits do not wait for one another', async () => {
  const { rows } = await pool.query(
    "select tgname from pg_trigger where tgrelid = 'facts'::regclass and not tgisinternal",
  );
  expect(rows).toEqual([]);
});

test('facts about anything, not of work orders alone, are told of once they are committed', async () => {
  const notices = listening(url, { warn: () => {} });
  await notices.ready();
  const heard: string[] = [];
  notices.on('facts', (payload) => void heard.push(payload));
  const actor = { client: 'test', name: 'test', unit: null };
  const fact = { type: 'configured', at: instant('2026-03-02T09:00:00+08:00'), actor, unit: null, body: {} };
  const about = { subject: 'city', subjectId: '00000000-0000-7000-8000-000000000000' };
  await transaction(pool, (tx) => recordFacts(tx, about, [fact]));
  await expect.poll(() => heard, soon).toEqual(['']);
  await notices.close();
});
