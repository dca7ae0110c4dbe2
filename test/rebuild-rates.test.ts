import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { aLight, demo } from './support/city.ts';
import { allCounted } from './support/kept.ts';

const { call, deps, pool, url } = await demo();

const program = fileURLToPath(new URL('../src/rebuild-rates.ts', import.meta.url));
const run = () => {
  const { PATH = '' } = process.env;
  const done = spawnSync(process.execPath, [program], { encoding: 'utf8', env: { PATH, DATABASE_URL: url } });
  return { code: done.status, out: done.stdout.trim(), err: done.stderr.trim() };
};

test('rebuilding names what had been counted differently, puts it right, and then finds nothing', async () => {
  const made = (await call('operator', 'POST', 'requests', aLight())).body.workOrder;
  await allCounted(deps);
  await pool.query('update measures set solved = 7');
  expect(run()).toEqual({
    code: 1,
    err: '',
    out: `${made.id}: 510107-urban-management solved 7, now 0\n1 orders counted anew, 1 had been counted differently`,
  });
  expect(run()).toMatchObject({ code: 0, out: '1 orders counted anew, 0 had been counted differently' });
});
