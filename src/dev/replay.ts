import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replayMapped } from './replay-mapped.ts';
import { replaySeeds } from './replay-seeds.ts';

const usage = `npm run replay -- [options] <requests.jsonl>
  leads every written request through the API of a running city, from intake to its end; safe to run again at any time
  --keys <file>       keys and address of the city (default: <GRIDCALL_DATA_DIR or .gridcall>/demo.json)
  --url <address>     the city, where it is not the one in the keys file
  --concurrency <n>   lives led at once (default: 16)

npm run replay -- --map <mapping.json> <requests.csv> --areas <folder of the GeoJSON files the mapping names>
  starts a city of its own, imports another city's map and requests, and compares each placement with the table's own answer
  --data <folder>     where that city is kept (default: a new one that is removed afterwards)`;

/** Reads the command line and runs one of the two replays; 1 where something did not come out as expected. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      keys: { type: 'string' },
      concurrency: { type: 'string', default: '16' },
      map: { type: 'string' },
      areas: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  const concurrency = Number(values.concurrency);
  if (values.help || file === undefined || !Number.isInteger(concurrency) || concurrency < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  if (values.map !== undefined) {
    if (values.areas === undefined) throw new Error('--map needs --areas, the folder of the files the mapping names');
    return replayMapped({ file, mapping: values.map, areas: values.areas, dataDir: values.data ?? null });
  }
  const keysFile = values.keys ?? join(process.env.GRIDCALL_DATA_DIR || '.gridcall', 'demo.json');
  const { url, keys } = JSON.parse(await readFile(keysFile, 'utf8')) as { url: string; keys: Record<string, string> };
  return replaySeeds({ file, url: values.url ?? url, keys, concurrency });
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
