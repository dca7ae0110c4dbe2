import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { uuidv7 } from 'uuidv7';
import type { Mapping } from '../domain/area-file.ts';
import { type AreaOverlay, importAreas } from '../domain/area-import.ts';
import type { Role } from '../domain/city.ts';
import { type Instant, instant } from '../domain/time.ts';
import { announceCity, type CityKind } from '../store/city.ts';
import { addClients, type NewClient, newKey } from '../store/clients.ts';
import { transaction } from '../store/rows.ts';
import { saveVendor } from '../store/vendors.ts';
import { type DemoCity, demoCity } from './demo-city.ts';

/** The keys of the demo city by the name `demo.json` gives them, and the secret the survey vendor signs with. */
export type DemoKeys = Readonly<{ keys: Readonly<Record<string, string>>; vendorSecret: string }>;

const begins = instant('2019-01-01T00:00:00+08:00');

/** How the demo map's own properties read in ours. */
export const demoMapping: Mapping = {
  code: 'code',
  name: 'name',
  parent: 'parent',
  level: { of: 'level', rename: { microgrid: 'grid' } },
  scheme: { const: 'db11-15' },
};

/**
 * Loads the demo city into an empty database and makes a key for every role and every unit. Null where a city is there
 * already. `keep` gets the keys before anything is committed: a city never stands there without its keys being kept.
 */
export async function loadDemo(
  pool: pg.Pool,
  now: Instant,
  keep: (made: DemoKeys) => Promise<void> = async () => {},
): Promise<DemoKeys | null> {
  const city = demoCity();
  const made = await transaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(7305)'); // two processes that start on one empty database
    const { rows } = await tx.query<{ there: boolean }>('select exists (select from city_rows) as there');
    if (rows[0]?.there) return null;
    await writeThings(tx, city, now);
    await writeDirectory(tx, city, now);
    await writeAreas(tx, city, now);
    const keys = demoClients(city).map(({ name, client }) => ({ name, client, ...newKey('demo') }));
    await addClients(tx, keys, now);
    await announceCity(tx);
    const told = {
      keys: Object.fromEntries(keys.map(({ name, key }) => [name, key])),
      vendorSecret: `whsec_${randomBytes(24).toString('base64')}`,
    };
    const vendor = { vendor: 'vendor', secrets: [told.vendorSecret], changedBy: 'demo', changedAt: now };
    await saveVendor(tx, vendor);
    await keep(told);
    return told;
  });
  // Only what was filled: tables that are known to be empty would be planned for as such long after they no longer are.
  if (made !== null) await pool.query('analyze city_rows, areas, area_versions, directory_versions, clients');
  return made;
}

async function writeThings(tx: pg.PoolClient, city: DemoCity, now: Instant): Promise<void> {
  const things: { kind: CityKind; code: string; body: object }[] = [
    ...city.units.map((u) => ({ kind: 'unit' as const, code: u.code, body: u })),
    ...city.posts.map((p) => ({ kind: 'post' as const, code: p.code, body: p })),
    ...city.categories.map((c) => ({ kind: 'category' as const, code: c.code, body: c })),
    ...city.dutyLists.map((d) => ({ kind: 'duty' as const, code: d.line, body: d })),
    ...city.channels.map((c) => ({ kind: 'channel' as const, code: c.code, body: c })),
    ...city.notices.map((n) => ({ kind: 'notice' as const, code: String(n.year), body: n })),
    ...city.knowledge.map((a) => ({ kind: 'article' as const, code: a.code, body: a })),
    ...city.matters.map((m) => ({ kind: 'joint_matter' as const, code: m.code, body: m })),
    ...city.services.map((s) => ({ kind: 'service' as const, code: s.code, body: s })),
    ...city.servicePoints.map((p) => ({ kind: 'service_point' as const, code: p.code, body: p })),
    ...city.indices.map((i) => ({ kind: 'external_index' as const, code: i.code, body: i })),
  ];
  await tx.query(
    `insert into city_rows (kind, code, valid_from, body, changed_by, changed_at)
     select kind, code, $2, body, 'demo', $3 from json_to_recordset($1) as t(kind text, code text, body jsonb)`,
    [JSON.stringify(things), new Date(begins).toISOString(), new Date(now).toISOString()],
  );
}

async function writeDirectory(tx: pg.PoolClient, { directory }: DemoCity, now: Instant): Promise<void> {
  await tx.query(
    `insert into directory_versions (id, name, rows, report, valid_from, state, changed_by, activated_at) values ($1, $2, $3, '{}', $4, 'active', 'demo', $5)`,
    [
      uuidv7(),
      directory.version,
      JSON.stringify(directory.rows),
      new Date(begins).toISOString(),
      new Date(now).toISOString(),
    ],
  );
}

async function writeAreas(tx: pg.PoolClient, { areas: map, levels }: DemoCity, now: Instant): Promise<void> {
  const names = levels.map((l) => l.code);
  // The map is checked by its own tests and would only cost the first start time here.
  const { areas, report } = importAreas(map, { levels: names, mappings: [demoMapping] }, unchecked);
  const id = uuidv7();
  await tx.query(
    `insert into area_versions (id, name, levels, boundary_roads, valid_from, state, report, changed_by, activated_at)
     values ($1, 'demo', $2, '[]', $3, 'active', $4, 'demo', $5)`,
    [id, JSON.stringify(names), new Date(begins).toISOString(), JSON.stringify(report), new Date(now).toISOString()],
  );
  await tx.query(
    `insert into areas (version_id, code, name, level, parent, scheme, shape)
     select $2, code, name, level, parent, scheme, shape from json_populate_recordset(null::areas, $1)`,
    [JSON.stringify(areas), id],
  );
}

const unchecked: AreaOverlay = { overlapM2: () => 0, outsideM2: () => 0, uncoveredM2: () => 0 };

const desks = {
  operator: ['operator'],
  dispatcher: ['dispatcher'],
  shiftLeader: ['shift_leader'],
  gridWorker: ['grid_worker'],
  followUp: ['follow_up_agent'],
  vendor: ['survey_vendor'],
  messageGateway: ['message_gateway'],
  supervisor: ['supervisor'],
  inspector: ['inspector'],
  judge: ['judge'],
  centreLeader: ['centre_leader'],
  legalOffice: ['legal_office'],
  government: ['government'],
  publisher: ['publisher'],
  auditor: ['auditor'],
  admin: ['admin'],
} as const satisfies Record<string, readonly Role[]>;

const atHotline = new Set(['operator', 'dispatcher', 'shiftLeader', 'followUp', 'centreLeader']);

function demoClients({ units, areas }: DemoCity): { name: string; client: NewClient }[] {
  const district = areas.features.find((f) => f.properties.level === 'district')?.properties.code ?? null;
  const blank = { unit: null, areas: null, channels: null, cidrs: [], expiresAt: null };
  const roles = Object.entries(desks).map(([name, roles]) => ({
    name,
    client: {
      ...blank,
      name,
      roles,
      unit: atHotline.has(name) ? 'hotline' : name === 'supervisor' || name === 'government' ? district : null,
      areas: name === 'gridWorker' && district !== null ? [district] : null,
    },
  }));
  const ofUnits = units.map((unit) => ({
    name: `unit:${unit.code}`,
    client: {
      ...blank,
      name: `unit:${unit.code}`,
      unit: unit.code,
      roles: [
        'unit_clerk',
        'unit_leader',
        ...(unit.kind === 'street' ? (['street_centre'] as const) : []),
        ...(unit.kind === 'community' ? (['community_clerk'] as const) : []),
      ] as const,
    },
  }));
  return [...roles, ...ofUnits];
}
