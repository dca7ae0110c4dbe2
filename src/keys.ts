import { parseArgs } from 'node:util';
import { clients, endClient, holds, makeClient } from './actions/clients.ts';
import { databaseOf, StartupError } from './config.ts';
import { type Role, roles } from './domain/city.ts';
import { isRefusal, type Refusal, refusals } from './domain/refusal.ts';
import { instant, iso } from './domain/time.ts';
import type { Actor } from './domain/work-order.ts';
import { cidr } from './http/city-shapes.ts';
import { openRuntime } from './runtime.ts';

const usage = `usage: npm run keys -- list
       npm run keys -- add --name <name> --role <role> [--role …] [--unit <code>] [--area <code> …]
                           [--channel <code> …] [--cidr <range> …] [--expires <RFC 3339>]
       npm run keys -- revoke <id>
roles: ${roles.join(' ')}
DATABASE_URL names the database; without it, the one of the gridcall that runs in GRIDCALL_DATA_DIR is used.`;

/** Whoever may start this program may make keys. */
const atTheConsole: Actor = {
  client: 'console',
  name: 'npm run keys',
  roles: ['admin'],
  unit: null,
  areas: null,
  requests: [],
  system: false,
};

// Whoever reads only the first lines of a list has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartupError || error instanceof RangeError || isArgumentError(error))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      role: { type: 'string', multiple: true },
      unit: { type: 'string' },
      area: { type: 'string', multiple: true },
      channel: { type: 'string', multiple: true },
      cidr: { type: 'string', multiple: true },
      expires: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, id] = positionals;
  if (values.help) return print([usage]);
  const wrongRole = values.role?.find((role) => !(roles as readonly string[]).includes(role));
  if (wrongRole !== undefined) throw new StartupError(`there is no role ${wrongRole}\n${usage}`);
  const wrongRange = values.cidr?.find((range) => !cidr.safeParse(range).success);
  if (wrongRange !== undefined) throw new StartupError(`not an address or a range of addresses: ${wrongRange}`);
  const complete =
    command === 'list' ||
    (command === 'add' && values.name !== undefined && values.role !== undefined) ||
    (command === 'revoke' && id !== undefined);
  if (!complete) throw new StartupError(usage);

  const databaseUrl = await databaseOf(process.env);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const { deps, close } = await openRuntime({ databaseUrl, drill: null, log, poolSize: 2 });
  try {
    if (command === 'list') {
      for (const client of await clients(deps))
        print([
          client.id,
          holds(client) ? 'active' : 'ended',
          client.name,
          client.roles.join(','),
          client.unit ?? '-',
          client.expiresAt === null ? '-' : iso(client.expiresAt),
        ]);
      return 0;
    }
    if (command === 'revoke') {
      const ended = await endClient(deps, atTheConsole, id ?? '');
      return isRefusal(ended) ? no(ended) : print([ended.id, 'ended', ended.name]);
    }
    const made = await makeClient(
      deps,
      atTheConsole,
      {
        name: values.name ?? '',
        roles: (values.role ?? []) as Role[],
        unit: values.unit ?? null,
        areas: values.area ?? null,
        channels: values.channel ?? null,
        cidrs: values.cidr ?? [],
        expiresAt: values.expires === undefined ? null : instant(values.expires),
      },
      null,
    );
    if (isRefusal(made)) return no(made);
    return made.kind === 'keyed' ? print([made.client.id, made.key]) : 1;
  } finally {
    await close();
  }
}

function print(columns: readonly string[]): number {
  process.stdout.write(`${columns.join('\t')}\n`);
  return 0;
}

function no({ code, details }: Refusal): number {
  process.stderr.write(`${code}: ${refusals[code][1]} ${JSON.stringify(details)}\n`);
  return 1;
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
