import { expect, test } from 'vitest';
import { after, instant, minutes } from '../../src/domain/time.ts';
import { beginAttempt, finishAttempt, knownAttempts } from '../../src/store/idempotency.ts';
import { freshDatabase } from '../support/database.ts';

const { pool } = await freshDatabase();
const monday = instant('2026-03-02T09:00:00+08:00');
const nextWeek = after(monday, minutes(7 * 24 * 60));
const attempt = (key: string) => ({ client: 'desk', key, hash: 'h' });
const answer = { status: 201, headers: {}, body: Buffer.from('first') };

test('a running attempt holds its key in real time, however the city’s clock jumps', async () => {
  expect(await beginAttempt(pool, attempt('a'), monday)).toBe(true);
  expect(await beginAttempt(pool, attempt('a'), nextWeek)).toBe(false);
  await pool.query("update idempotency set leased_until = now() - interval '1 second' where key = 'a'");
  expect(await beginAttempt(pool, attempt('a'), monday), 'its process died').toBe(true);
  expect(await beginAttempt(pool, attempt('a'), monday)).toBe(false);
});

test('an answer is kept for 72 hours of the city, and the key is free then', async () => {
  await beginAttempt(pool, attempt('b'), monday);
  await finishAttempt(pool, attempt('b'), answer);
  const known = async (now = monday) => (await knownAttempts(pool, [attempt('b')], now))[0]?.kind;
  expect(await beginAttempt(pool, attempt('b'), after(monday, minutes(71 * 60)))).toBe(false);
  expect([await known(), await known(nextWeek)]).toEqual(['done', 'new']);
  expect(await beginAttempt(pool, attempt('b'), nextWeek)).toBe(true);
  expect(await known(nextWeek)).toBe('running');
});
