import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Call, calling, expected } from './replay-calls.ts';
import type { Order } from './replay-life.ts';
import { counted, table } from './replay-report.ts';
import { answerOf, bodyOf, type Row, type RowMapping } from './replay-rows.ts';
import { startCity } from './replay-server.ts';

/** How another city's files read in ours. `validFrom` has a date for each time the map is to be activated. */
type CityMapping = Readonly<{
  areas: Readonly<{
    name: string;
    levels: readonly string[];
    files: readonly string[];
    mappings: readonly object[];
    validFrom: readonly string[];
    acceptWarnings: string;
  }>;
  requests: RowMapping;
}>;

type Compared = Readonly<{ row: Row; placement: Order['placement']; answer: string | null; pointed: boolean }>;

/**
 * Starts a city of its own in `dataDir`, or in a folder that is removed afterwards, imports the map in the folder `areas` and
 * the rows of the CSV `file` as `mapping` says, and compares each placed row with the answer in the table.
 * 0 when none differs, else 1.
 */
export async function replayMapped({
  file,
  mapping,
  areas,
  dataDir,
}: Readonly<{ file: string; mapping: string; areas: string; dataDir: string | null }>): Promise<number> {
  const map = JSON.parse(await readFile(mapping, 'utf8')) as CityMapping;
  const rows = parse(await readFile(file), { columns: true, bom: true, skip_empty_lines: true }) as Row[];
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'gridcall-replay-')));
  if (dataDir === null) await chmod(folder, 0o755); // as root, PostgreSQL's own user has to reach it
  const began = performance.now();
  try {
    const city = await startCity(folder, { DATABASE_URL: '' });
    try {
      const call = calling(city.url, city.keys);
      await importAreas(call, map, areas);
      const compared = await importRows(call, map, rows, basename(file));
      return report(compared, (performance.now() - began) / 1000);
    } finally {
      await city.close();
    }
  } finally {
    if (dataDir === null) await rm(folder, { recursive: true, force: true });
  }
}

async function readMap(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`--areas is the folder of the map: ${path} cannot be read`, { cause: error });
  }
}

/** Activates the map at each of its dates, so that it also stands over the versions the city began with. */
async function importAreas(call: Call, { areas }: CityMapping, folder: string): Promise<void> {
  const { name, levels, mappings, files, validFrom, acceptWarnings } = areas;
  const collections = await Promise.all(
    files.map(async (each) => JSON.parse(await readMap(join(folder, each))) as object),
  );
  for (const from of validFrom) {
    const made = expected<{ versionId: string; report: { blocking: readonly object[]; counts: object } }>(
      await call(
        'admin',
        'POST',
        'areas/import',
        { name, validFrom: from, levels, mappings, collections },
        { 'idempotency-key': `replay areas ${name} ${from}` },
      ),
      'import of the areas',
    );
    if (made.report.blocking.length > 0) throw new Error(`the map is refused: ${JSON.stringify(made.report.blocking)}`);
    const reply = await call('admin', 'POST', `areas/versions/${made.versionId}/activate`, { acceptWarnings });
    if (reply.status !== 409) expected(reply, 'activation of the areas');
    console.log(`areas valid from ${from}: ${JSON.stringify(made.report.counts)}`);
  }
}

async function importRows(call: Call, map: CityMapping, rows: readonly Row[], name: string): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const [i, row] of rows.entries()) {
    const body = bodyOf(row, map.requests) as { location?: { lon?: number; lat?: number } };
    const reply = await call('operator', 'POST', 'requests', body, { 'idempotency-key': `replay ${name} ${i}` });
    const { workOrder } = expected<{ workOrder: Order }>(reply, `row ${i + 1}`);
    const pointed = body.location?.lon !== undefined && body.location.lat !== undefined;
    compared.push({ row, placement: workOrder.placement, answer: answerOf(row, map.requests), pointed });
  }
  return compared;
}

function report(compared: readonly Compared[], seconds: number): number {
  const judged = compared.filter(({ pointed, answer }) => pointed && answer !== null);
  const astray = judged.filter(({ placement, answer }) => !placement.path.some(({ code }) => code === answer));
  console.log(
    table([
      ['requests', `${compared.length}`],
      ...counted('status', compared, ({ placement }) => placement.status),
      ...counted('method', compared, ({ placement }) => placement.method),
      ['compared', `${judged.length} with coordinates and an answer of the table`],
      ['disagreements', `${astray.length}`],
      ['seconds', seconds.toFixed(1)],
    ]),
  );
  for (const { row, placement, answer } of astray)
    console.log(
      `${String(Object.values(row)[0])}: placed in ${placement.path.map(({ code }) => code).join(' > ') || 'no area'}, the table says ${answer}`,
    );
  return astray.length === 0 ? 0 : 1;
}
