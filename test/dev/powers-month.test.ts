import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../src/dev/powers-month.ts', import.meta.url));

test('G8 a month of a street’s calls, played as a user would: the summary says what happened', {
  timeout: 180_000,
}, async () => {
  const child = spawn(process.execPath, [program, '--tenth'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect(said).toContain('20 units, 21 calls, 366 cases, 99 % closed (362 of 366)');
  expect(code).toBe(0);
});
