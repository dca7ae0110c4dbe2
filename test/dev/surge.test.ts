import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { surgeCalls } from '../../src/dev/surge-calls.ts';

const script = fileURLToPath(new URL('../../src/dev/surge.ts', import.meta.url));

test('a power cut is played from the first call to the last answer, and every call came out as it should', async () => {
  const child = spawn(process.execPath, [script, '--calls', '180', '--concurrency', '6'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, said).toBe(0);
  const expected = surgeCalls(180).map((call) => call.expected);
  const count = (what: string): number => expected.filter((each) => each === what).length;
  expect(count('danger')).toBeGreaterThan(0);
  expect(said).toMatch(/^numbered +180$/m);
  expect(said).toMatch(new RegExp(`^joined +${count('joins')} to TF\\d+`, 'm'));
  expect(said).toMatch(new RegExp(`^urgent orders +${count('danger')} `, 'm'));
  const told = count('joins') + count('danger');
  expect(said).toMatch(new RegExp(`^update +one, read by 30 of 30 asked, sent to ${told} telephones$`, 'm'));
  expect(said).toMatch(new RegExp(`^end +asked ${count('joins')}; yes 20, no 10, left ${count('joins') - 30}$`, 'm'));
  expect(said).toMatch(/^orders by a no +10, of them urgent 4$/m);
  expect(said).not.toContain('FAULT');
}, 120_000);
