import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { demo } from './support/city.ts';

const { app, url } = await demo();

const program = fileURLToPath(new URL('../src/keys.ts', import.meta.url));
const run = (args: readonly string[], env: object = { DATABASE_URL: url }) => {
  const { PATH = '' } = process.env;
  const done = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { PATH, ...env } });
  return { code: done.status, out: done.stdout.trim(), err: done.stderr.trim() };
};
const use = async (key: string) =>
  (await app.inject({ method: 'GET', url: '/v1/units', headers: { authorization: `Bearer ${key}` } })).statusCode;

test('a key made at the console opens the API, is listed, and is ended there', async () => {
  const made = run(['add', '--name', '街道平台', '--role', 'street_centre', '--unit', '510107001']);
  expect(made, made.err).toMatchObject({ code: 0, err: '' });
  const [id = '', key = ''] = made.out.split('\t');
  expect(await use(key)).toBe(200);
  expect(run(['list']).out).toContain(`${id}\tactive\t街道平台\tstreet_centre\t510107001\t-`);
  expect(run(['list']).out).not.toContain(key);
  expect(run(['revoke', id])).toMatchObject({ code: 0, out: `${id}\tended\t街道平台` });
  await expect.poll(() => use(key), { timeout: 5000, interval: 100 }).toBe(401);
});

test('a list whose reader has gone ends quietly', () => {
  const command = `set -o pipefail; '${process.execPath}' '${program}' list | true`;
  const { PATH = '' } = process.env;
  const done = spawnSync('bash', ['--norc', '-c', command], { encoding: 'utf8', env: { PATH, DATABASE_URL: url } });
  expect([done.status, done.stderr]).toEqual([0, '']);
});

test('what is wrong is said in a line, and nothing is made', () => {
  expect(run(['add', '--name', 'x', '--role', 'mayor']).err).toContain('there is no role mayor');
  expect(run(['add', '--name', 'x', '--role', 'operator', '--unit', 'nobody']).err).toContain('unit-unknown');
  expect(run(['add', '--name', 'x', '--role', 'operator', '--expires', 'soon']).err).toBe('not a moment: soon');
  expect(run(['add', '--name', 'x', '--role', 'operator', '--cidr', '10.0.0.0/99']).err).toContain('10.0.0.0/99');
  expect(run(['add', '--name', 'x', '--color', 'red']).err).toContain('--color');
  expect(run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('usage') });
  expect(run(['revoke', 'nobody']).err).toContain('not-found');
  expect(run([]).err).toContain('usage');
  const empty = mkdtempSync(join(tmpdir(), 'gridcall-keys-'));
  expect(run(['list'], { GRIDCALL_DATA_DIR: empty })).toMatchObject({
    code: 1,
    err: expect.stringContaining('no gridcall runs in'),
  });
  expect(run(['list']).out).not.toContain('\tx\t');
}, 60_000);
