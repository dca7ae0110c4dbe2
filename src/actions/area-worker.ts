import { parentPort } from 'node:worker_threads';
import type { Area } from '../domain/area.ts';
import { type ImportOptions, type ImportReport, importAreas } from '../domain/area-import.ts';
import type { Position } from '../domain/geometry.ts';
import { areaOverlay } from '../store/area-overlap.ts';

/** First the bytes of an import come, then, once its envelope was judged, how to read it. */
export type AreaTask = Readonly<{ bytes: Uint8Array }> | Readonly<{ options: ImportOptions }>;

/** What goes back: the import without its features, or null for what is no JSON object; then areas as JSON texts. */
export type AreaAnswer =
  | Readonly<{ envelope: Readonly<Record<string, unknown>> | null; features: number }>
  | Readonly<{ chunks: readonly string[]; report: ImportReport }>;

let features: readonly unknown[] = [];

parentPort?.on('message', (task: AreaTask) => {
  if ('options' in task) {
    parentPort?.postMessage(check(task.options));
    return;
  }
  try {
    parentPort?.postMessage(open(task.bytes));
  } catch {
    parentPort?.postMessage(unreadable); // nested so deeply that it cannot be handed over
  }
});

const unreadable: AreaAnswer = { envelope: null, features: 0 };

/** Features may stand in the import itself, in its `collection`, or in several `collections`. */
function open(bytes: Uint8Array): AreaAnswer {
  const parsed = read(bytes);
  if (!isRecord(parsed)) return unreadable;
  const { features: _own, collection, collections, ...envelope } = parsed;
  const all = [parsed, collection, ...(Array.isArray(collections) ? (collections as unknown[]) : [])];
  features = all.flatMap((each) =>
    isRecord(each) && Array.isArray(each.features) ? (each.features as unknown[]) : [],
  );
  return { envelope, features: features.length };
}

function read(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

const perChunk = 2_000_000;

function check(options: ImportOptions): AreaAnswer {
  const read = features.map(storable);
  const { areas, report } = importAreas(
    { type: 'FeatureCollection', features: read },
    options,
    areaOverlay(firstPosition(read) ?? [104, 30]),
  );
  const chunks: string[] = [];
  let chunk: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (chunk.length > 0) chunks.push(`[${chunk.join()}]`);
    chunk = [];
    length = 0;
  };
  for (const area of areas) {
    const text = JSON.stringify(area satisfies Area);
    chunk.push(text);
    length += text.length;
    if (length > perChunk) flush();
  }
  flush();
  return { chunks, report };
}

/** The same feature with texts that can be kept: no NUL, no halves of characters. */
function storable(feature: unknown): unknown {
  if (!isRecord(feature) || !isRecord(feature.properties)) return feature;
  const properties = Object.fromEntries(
    Object.entries(feature.properties).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value,
    ]),
  );
  return { ...feature, properties };
}

/** Any corner: what is compared should lie near it. */
function firstPosition(given: readonly unknown[]): Position | null {
  for (const feature of given) {
    let at: unknown = isRecord(feature) && isRecord(feature.geometry) ? feature.geometry.coordinates : null;
    while (Array.isArray(at) && Array.isArray(at[0])) at = at[0] as unknown;
    if (Array.isArray(at) && Number.isFinite(at[0]) && Number.isFinite(at[1])) return [Number(at[0]), Number(at[1])];
  }
  return null;
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
