import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ending, storyOf } from '../../src/dev/drill-story.ts';

const drill = fileURLToPath(new URL('../../src/dev/drill.ts', import.meta.url));

/** What the drill says, one line after the other, and how it ends. */
async function play(...args: string[]): Promise<{ code: number; lines: readonly string[] }> {
  const child = spawn(process.execPath, [drill, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, lines: said.split('\n') };
}

test('a month in seconds: the gas leak and the case nobody wants happen as they should, and say why', {
  timeout: 120_000,
}, async () => {
  const { code, lines } = await play();
  const said = lines.join('\n');
  expect(code, said).toBe(0);
  expect(said).not.toContain('✗');
  let from = 0;
  for (const happened of [
    '02:10:00  ⏰  电话呼叫 rung（B 岗 post B holder-utility-gas-clerk-b）',
    '02:20:00  ⏰  电话呼叫 rung（值班领导 duty leader holder-utility-gas-leader-a）',
    '02:30:00  ⏰  请值班长人工确认',
    '人工确认 acknowledged by a human',
    '请求协办 assist given',
    '超时自动签收 signed by timeout',
    '退单改派 returned',
    '指定承办 designated',
    '吹哨 coordination issued',
    '逾期未到场 silent',
    '督办 supervised（日常督办 daily）',
    '升级督办 next grade（挂牌督办 listed）',
    '吹哨单办结 coordination closed',
    '回访结论 concluded（返工 rework）',
    '回访结论 concluded（办结 closed）',
    '演练通过',
  ]) {
    const at = said.indexOf(happened, from);
    expect(at, `${happened} after ${lines.at(said.slice(0, from).split('\n').length - 1)}`).toBeGreaterThan(-1);
    from = at + 1;
  }
  // Every instant has its reason: the rung with its policy, or the clock with what it counted.
  expect(said).toMatch(/阶梯 rung sign_limit \(default-1\)，签收时限 to sign 区水务局 03-02 14:30 到期 due/);
  expect(said).toMatch(
    /返工时限 to rework 区水务局: .*3 个工作日 working days \(default-1\)，不计 not counted .*休息日 weekend/,
  );
});

test('what did not happen is named, and the drill ends with 1', () => {
  const lines: string[] = [];
  const { story, ...verdict } = storyOf(
    () => Promise.reject(new Error('nobody is asked')),
    new Map(),
    (line) => lines.push(line),
  );
  story.expect(['到期自动签收', 'signed by timeout'], true);
  expect(ending(verdict, (line) => lines.push(line))).toBe(0);
  story.expect(['由街道督办', 'supervised by the street'], false);
  expect(ending(verdict, (line) => lines.push(line))).toBe(1);
  expect(lines.at(-1)).toBe('  ✗ 由街道督办 supervised by the street');
});

test('arguments it does not know end it with 2, before anything is started', async () => {
  expect(await play('--days', '3')).toMatchObject({ code: 2 });
});
