import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A city in a process of its own, with the keys it wrote down. */
export type CityProcess = Readonly<{
  url: string;
  keys: Readonly<Record<string, string>>;
  child: ChildProcess;
  close: () => Promise<void>;
}>;

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const before = new URL('../node-version.mjs', import.meta.url).href;

/** Starts the program on a free port with its files in `dataDir`; throws what it said when it does not come up. */
export async function startCity(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<CityProcess> {
  const child = spawn(process.execPath, ['--max-semi-space-size=8', '--import', before, ...nodeOptions, main], {
    env: { ...process.env, PORT: '0', GRIDCALL_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readiness(child);
  const { keys } = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as Pick<CityProcess, 'keys'>;
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { url, keys, child, close };
}

/** The address in the line `ready http://…`. */
function readiness(child: ChildProcess): Promise<string> {
  let heard = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      heard = (heard + chunk).slice(-4000);
      const url = /^ready (\S+)$/m.exec(heard)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the city did not start: ${heard}`)));
  });
}
