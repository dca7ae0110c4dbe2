import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');

/** What the README types at the prompt, and what it says comes back. A command goes on while its lines are indented. */
const examples = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) => {
  const steps: { command: string; output: string }[] = [];
  for (const line of block.trimEnd().split('\n')) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: '' });
    else if (last && line.startsWith('    ')) last.command += `\n${line}`;
    else if (last) last.output += `${line}\n`;
  }
  return steps;
});

const folder = await mkdtemp(join(tmpdir(), 'gridcall-readme-'));
await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it, or its files stay elsewhere
const server = spawn(process.execPath, ['src/main.ts'], {
  cwd: root,
  env: { ...process.env, PORT: '0', GRIDCALL_DATA_DIR: join(folder, '.gridcall'), DATABASE_URL: '', REDIS_URL: '' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
afterAll(async () => {
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

const url = await new Promise<string>((done, failed) => {
  createInterface({ input: server.stdout }).on('line', (line) => {
    const at = /^ready (http\S+)$/.exec(line)?.[1];
    if (at !== undefined) done(at);
  });
  server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
});

test('every route that a table of the README names is one, or the end of one', async () => {
  const { paths } = JSON.parse(await readFile(join(root, 'openapi/openapi.json'), 'utf8')) as { paths: object };
  const rows = readme.split('\n').filter((line) => line.startsWith('| ') && line.includes('`/'));
  const named = rows.flatMap((row) => [...row.matchAll(/`(\/[^`]+)`/g)].map(([, path = '']) => path));
  expect(named.length).toBeGreaterThan(80);
  expect(named.filter((path) => !Object.keys(paths).some((known) => known.endsWith(path)))).toEqual([]);
});

test('the README names every key of the demo city, and no other', async () => {
  const demo = JSON.parse(await readFile(join(folder, '.gridcall/demo.json'), 'utf8')) as { keys: object };
  const names = Object.keys(demo.keys);
  const [, table = ''] = /Name of its key \|\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  const named = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, n]) => n));
  expect(named.filter((name) => name !== 'unit:' && !names.includes(name ?? ''))).toEqual([]);
  expect(names.filter((name) => !name.startsWith('unit:') && !named.includes(name))).toEqual([]);
});

test('the README’s examples give, in order and word for word, what it shows', async () => {
  expect(examples.length).toBeGreaterThan(15);
  const marker = '=== done ===';
  const script = examples.map(({ command }) => `${command}\necho "${marker}"`).join('\n');
  const printed = await new Promise<string>((done, failed) => {
    const bash = execFile('bash', ['-e'], { cwd: folder, maxBuffer: 10_000_000 }, (error, stdout, stderr) =>
      error ? failed(new Error(`${stderr}\n${stdout.slice(-500)}`)) : done(stdout),
    );
    bash.stdin?.end(script.replaceAll('http://127.0.0.1:8080', url));
  });
  const outputs = printed.split(`${marker}\n`);
  expect(examples.map(({ command }, i) => ({ command, output: outputs[i] }))).toEqual(examples);
}, 60_000);
