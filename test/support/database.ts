import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';

/**
 * A database of the caller's own, copied from the migrated template. Its pool ends with the test file, the database
 * with the test run. `empty` gives one without any table instead.
 */
export async function freshDatabase({ empty = false } = {}): Promise<{ url: string; pool: pg.Pool }> {
  const { adminUrl, template, prefix } = inject('postgres');
  const name = `${prefix}${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${name} template ${empty ? 'template0' : template}`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = name;
  const pool = new pg.Pool({ connectionString: url.href });
  afterAll(() => pool.end());
  return { url: url.href, pool };
}
