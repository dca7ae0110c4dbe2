import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../config.ts';
import { makeFolder } from './embedded-files.ts';
import type { DemoKeys } from './load-demo.ts';

const fileIn = (dataDir: string): string => join(dataDir, 'demo.json');

/** Writes where the demo city answers and its keys into the data directory, for our user alone; complete or not at all. */
export async function writeDemoFile(dataDir: string, url: string, { keys, vendorSecret }: DemoKeys): Promise<void> {
  const file = fileIn(dataDir);
  try {
    await makeFolder(dataDir);
    await writeFile(`${file}.new`, `${JSON.stringify({ url, keys, vendorSecret }, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(`data directory ${dataDir} cannot be written (${code})`, { cause: error });
  }
}

/** Writes where the city answers now into the file of an earlier start; where there is none nothing is written. */
export async function refreshDemoFile(dataDir: string, url: string): Promise<void> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => null);
  if (text === null) return;
  const before = JSON.parse(text) as DemoKeys & { url: string };
  if (before.url !== url) await writeDemoFile(dataDir, url, before);
}
