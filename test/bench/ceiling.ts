import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { drive } from './load.ts';

/** Statements of one transaction. `:n` stands for a number that is new each time, `:u` for a uuid made of it. */
export type Script = readonly string[];

export type Ceiling = Readonly<{ by: string; perSecond: number }>;

/** How many transactions a second PostgreSQL itself makes of a script, and who measured it. */
export async function ceilingOf(
  databaseUrl: string,
  script: Script,
  { clients, seconds }: Readonly<{ clients: number; seconds: number }>,
): Promise<Ceiling> {
  const pgbench = spawnSync('pgbench', ['--version'], { encoding: 'utf8' });
  if (pgbench.status === 0) return { by: 'pgbench', perSecond: withPgbench(databaseUrl, script, { clients, seconds }) };
  return { by: 'pg client', perSecond: await withClients(databaseUrl, script, { clients, seconds }) };
}

const uuidOf = (n: string): string => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}::bigint), 12, '0'))::uuid`;

function withPgbench(
  databaseUrl: string,
  script: Script,
  { clients, seconds }: Readonly<{ clients: number; seconds: number }>,
): number {
  const folder = mkdtempSync(join(tmpdir(), 'gridcall-pgbench-'));
  try {
    const file = join(folder, 'script.sql');
    const statements = script.map((s) => `${s.replaceAll(':u', uuidOf(':n'))};`);
    // Each client counts in a range of its own, upwards, as version 7 uuids do.
    writeFileSync(
      file,
      ['\\set k :k + 1', '\\set n (:client_id + 1) * 10000000 + :k', 'begin;', ...statements, 'commit;', ''].join('\n'),
    );
    const args = [
      '-n',
      '-M',
      'prepared',
      '-c',
      `${clients}`,
      '-j',
      '2',
      '-T',
      `${Math.ceil(seconds)}`,
      '-D',
      'k=0',
      '-f',
      file,
    ];
    const said = execFileSync('pgbench', [...args, databaseUrl], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return Number(/tps = ([\d.]+)/.exec(said)?.[1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withClients(
  databaseUrl: string,
  script: Script,
  { clients, seconds }: Readonly<{ clients: number; seconds: number }>,
): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      return client;
    }),
  );
  const counts = connections.map(() => 0);
  const statements = script.map((text, i) => ({
    name: `ceiling ${i}`,
    text: text.replaceAll(':u', uuidOf('$1')).replaceAll(':n', '$1::bigint'),
    numbered: /:[un]/.test(text),
  }));
  const { perSecond } = await drive(
    async (worker) => {
      const client = connections[worker] as pg.Client;
      const n = (worker + 1) * 10_000_000 + (counts[worker] = (counts[worker] ?? 0) + 1);
      await client.query('begin');
      for (const { name, text, numbered } of statements)
        await client.query({ name, text, values: numbered ? [n] : [] });
      await client.query('commit');
      return true;
    },
    { atOnce: clients, seconds },
  );
  await Promise.all(connections.map((client) => client.end()));
  return perSecond;
}
