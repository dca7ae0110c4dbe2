import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** What a folder of src may import: other folders, packages, packages for their types alone, and Node's own modules. */
type Rule = Readonly<{
  folders: readonly string[];
  packages: readonly (string | RegExp)[];
  types?: readonly string[];
  node: boolean;
}>;

const http = ['fastify', /^@fastify\//, 'fastify-type-provider-zod', 'zod', 'prom-client', 'standardwebhooks'];
const rules: Readonly<Record<string, Rule>> = {
  domain: { folders: [], packages: [], node: false },
  store: {
    folders: ['domain'],
    packages: ['drizzle-orm', 'pg', 'flatbush', 'gcoord', 'clipper2-ts', 'uuidv7', 'sharp'],
    node: true,
  },
  channels: { folders: ['domain'], packages: ['csv-parse', 'csv-stringify', 'fflate'], node: true },
  reports: { folders: ['domain', 'store'], packages: [], node: false },
  // The pool passes through; asking it anything is the store's part, or a report's. A report never writes.
  actions: { folders: ['domain', 'reports', 'store'], packages: ['uuidv7'], types: ['pg'], node: true },
  http: { folders: ['domain', 'actions', 'reports', 'channels'], packages: http, node: true },
  jobs: {
    folders: ['domain', 'actions', 'channels', 'reports', 'store'],
    packages: ['bullmq', 'ioredis', 'standardwebhooks', 'uuidv7'],
    node: true,
  },
  dev: {
    folders: ['domain', 'store', 'channels', 'reports', 'actions', 'http', 'jobs', 'top'],
    packages: [/./],
    node: true,
  },
  // config, keys, rebuild-rates, log, runtime, app and main put the parts together; main alone reaches into dev.
  top: {
    folders: ['domain', 'store', 'channels', 'reports', 'actions', 'http', 'jobs', 'top'],
    packages: [/./],
    node: true,
  },
};
const composers = new Set(['config.ts', 'keys.ts', 'rebuild-rates.ts', 'log.ts', 'runtime.ts', 'app.ts', 'main.ts']);

type Source = Readonly<{ path: string; folder: string; text: string }>;
type Import = Readonly<{ from: string; target: string; typeOnly: boolean }>;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : 'top');

const sources = (root: string): readonly Source[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(root, file).replaceAll('\\', '/');
      return { path, folder: folderOf(path), text: readFileSync(file, 'utf8') };
    });

/** Whatever a source pulls in: import and export from, import for its effect, and import(). */
const importsOf = ({ path, text }: Source): readonly Import[] =>
  [...text.matchAll(/(?:^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*|^\s*import\s*|\bimport\(\s*)(['"])([^'"]+)\1/gm)].map(
    ([statement, , target = '']) => ({ from: path, target, typeOnly: /^\s*import type\b/.test(statement) }),
  );

/** What is wrong with an import, in words, or null. */
function fault({ from, target, typeOnly }: Import): string | null {
  const rule = rules[folderOf(from)];
  if (rule === undefined) return `${from}: no rule for its folder`;
  if (target.startsWith('.')) {
    const inside = relative(src, resolve(src, dirname(from), target)).replaceAll('\\', '/');
    if (inside.startsWith('..')) return `${from} leaves src: ${target}`;
    const folder = folderOf(inside);
    if (rules[folder] === undefined) return `${from} imports ${target}: no rule for that folder`;
    const allowed =
      folder === folderOf(from) || rule.folders.includes(folder) || (from === 'main.ts' && folder === 'dev');
    return allowed ? null : `${from} imports ${inside}`;
  }
  if (isBuiltin(target)) return rule.node ? null : `${from} imports ${target}`;
  const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
  const known = rule.packages.some((p) => (typeof p === 'string' ? p === name : p.test(name)));
  return known || (typeOnly && rule.types?.includes(name)) ? null : `${from} imports the package ${name}`;
}

const faults = (all: readonly Source[]): readonly string[] =>
  all.flatMap((source) => importsOf(source).flatMap((each) => fault(each) ?? []));

/** Words by which the city's rules would wait, or look at a clock, a die or the environment. */
const impure = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bDate\(\s*\)/,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\bcrypto\b/,
  /\bprocess\./,
  /\bawait\b/,
  /\basync\b/,
  /\bPromise\b/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bfetch\(/,
];
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, '');
const impurities = (all: readonly Source[]): readonly string[] =>
  all
    .filter(({ folder }) => folder === 'domain')
    .flatMap(({ path, text }) =>
      impure.filter((word) => word.test(withoutComments(text))).map((word) => `${path}: ${word.source}`),
    );

/** Names that two prepared statements have: a connection that knows the one refuses the other. */
const sharedNames = (all: readonly Source[]): readonly string[] => {
  const names = all.flatMap(({ text }) =>
    [...text.matchAll(/\bname: (['`])(.+?)\1,\s*text\b/g)].map(([, , name]) => name),
  );
  return names.filter((name, i) => names.indexOf(name) < i).map(String);
};

const all = sources(src);
const source = (path: string, text: string): Source => ({ path, folder: folderOf(path), text });

describe('the source', () => {
  test('is all there to be looked at', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all.map(({ folder }) => folder))).toContain('domain');
    expect(all.flatMap(importsOf).length).toBeGreaterThan(200);
  });

  test('has a rule for every folder, and only the composing files outside one', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => rules[name] === undefined)).toEqual([]);
    expect(all.filter((s) => s.folder === 'top' && !composers.has(s.path)).map(({ path }) => path)).toEqual([]);
  });

  test('imports what each folder may, and nothing else', () => {
    expect(faults(all)).toEqual([]);
  });

  test('gives every prepared statement a name of its own', () => {
    expect(sharedNames(all)).toEqual([]);
  });

  test('keeps time, chance, waiting and the environment out of the city’s rules', () => {
    expect(impurities(all)).toEqual([]);
  });
});

describe('the guard', () => {
  test.each([
    ['domain/a.ts', "import { x } from '../store/rows.ts';"],
    ['domain/a.ts', "import type { x } from 'zod';"],
    ['domain/a.ts', "import { x } from 'node:fs';"],
    ['domain/a.ts', "const x = await import('../dev/demo-city.ts');"],
    ['domain/a.ts', "export * from '../actions/act.ts';"],
    ['domain/a.ts', "import {\n  x,\n  y,\n} from '../actions/act.ts';"],
    ['http/a.ts', "import '../store/rows.ts';"],
    ['store/a.ts', "import { x } from '../actions/act.ts';"],
    ['jobs/a.ts', "import { x } from '../http/who.ts';"],
    ['app.ts', "import { x } from './dev/demo-city.ts';"],
    ['actions/a.ts', "import { x } from '../app.ts';"],
    ['actions/a.ts', "import { Queue } from 'bullmq';"],
    ['actions/a.ts', "import pg from 'pg';"],
    ['elsewhere/a.ts', "import { x } from '../domain/time.ts';"],
    ['http/a.ts', "import { x } from '../elsewhere/a.ts';"],
    ['http/a.ts', "import { x } from '../../test/support/city.ts';"],
  ])('%s: %j is refused', (path, text) => {
    expect(faults([source(path, text)])).toHaveLength(1);
  });

  test.each(['Date.now()', 'new Date()', 'Math.random()', 'process.env', 'await x', 'setTimeout(x)', 'crypto.x'])(
    'the city’s rules may not say %s',
    (text) => {
      expect(impurities([source('domain/a.ts', `const y = ${text};`)])).not.toEqual([]);
    },
  );

  test('two statements of one name are found', () => {
    const twice = "{ name: 'load', text: 'select 1' }, {\n  name: 'load',\n  text,\n}";
    expect(sharedNames([source('store/a.ts', twice)])).toEqual(['load']);
  });

  test('a moment given in numbers is no clock, and a comment is no code', () => {
    expect(impurities([source('domain/a.ts', '/** Never Math.random. */ new Date(at); // await')])).toEqual([]);
  });
});
