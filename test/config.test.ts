import { expect, test } from 'vitest';
import { readConfig, StartupError } from '../src/config.ts';

const complaint = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  return '';
};

test('an empty environment serves one city on this machine alone', () => {
  expect(readConfig({ PATH: '/bin', PORT: '' })).toEqual({
    port: 8080,
    metricsPort: null,
    host: '127.0.0.1',
    roles: new Set(['api', 'worker']),
    databaseUrl: null,
    databaseReplicaUrl: null,
    redisUrl: null,
    dataDir: '.gridcall/',
    drill: null,
    demo: false,
    publicUrl: null,
    webhookAllow: [],
    logLevel: 'warn',
  });
});

test('every setting is read', () => {
  expect(
    readConfig({
      PORT: '0',
      METRICS_PORT: '9464',
      HOST: '::1',
      ROLES: ' worker ',
      DATABASE_URL: 'postgres://u:p@db/grid',
      DATABASE_REPLICA_URL: 'postgresql://u:p@replica/grid',
      REDIS_URL: 'rediss://cache:6380',
      GRIDCALL_DATA_DIR: '/srv/grid',
      GRIDCALL_DRILL: '2026-03-02T09:00:00+08:00',
      GRIDCALL_PUBLIC_URL: 'https://12345.example.gov.cn/hotline/',
      GRIDCALL_DEMO: '1',
      GRIDCALL_WEBHOOK_ALLOW: '127.0.0.1, ::1',
      LOG_LEVEL: 'silent',
    }),
  ).toEqual({
    port: 0,
    metricsPort: 9464,
    host: '::1',
    roles: new Set(['worker']),
    databaseUrl: 'postgres://u:p@db/grid',
    databaseReplicaUrl: 'postgresql://u:p@replica/grid',
    redisUrl: 'rediss://cache:6380',
    dataDir: '/srv/grid',
    drill: Date.parse('2026-03-02T01:00:00Z'),
    publicUrl: 'https://12345.example.gov.cn/hotline',
    demo: true,
    webhookAllow: ['127.0.0.1', '::1'],
    logLevel: 'silent',
  });
});

test('every wrong setting is named, one to a line, and no value is repeated', () => {
  const lines = complaint({
    PORT: '65536',
    ROLES: 'api,janitor',
    DATABASE_URL: 'mysql://root:secret@db/grid',
    REDIS_URL: 'secret',
    GRIDCALL_DRILL: 'tomorrow',
    GRIDCALL_DEMO: 'yes',
    GRIDCALL_WEBHOOK_ALLOW: '127.0.0.1,localhost',
    GRIDCALL_DATADIR: '/srv',
    LOG_LEVEL: 'loud',
  }).split('\n');
  expect(new Set(lines.map((line) => line.split(':')[0]))).toEqual(
    new Set([
      'DATABASE_URL',
      'GRIDCALL_DATADIR',
      'GRIDCALL_DEMO',
      'GRIDCALL_DRILL',
      'GRIDCALL_WEBHOOK_ALLOW',
      'LOG_LEVEL',
      'PORT',
      'REDIS_URL',
      'ROLES',
    ]),
  );
  expect(lines).toHaveLength(9);
  expect(lines.join()).not.toMatch(/secret|janitor|loud/);
});

test.each(['-1', '80a', '1.5', '99999', ' '])('PORT %j is refused', (PORT) => {
  expect(complaint({ PORT })).toBe('PORT: must be a port, 0 to 65535');
});

test.each(['2026-03-02T09:00:00', '2026-03-02', '0', 'now'])('a drill cannot start at %j', (GRIDCALL_DRILL) => {
  expect(complaint({ GRIDCALL_DRILL })).toMatch(/^GRIDCALL_DRILL: /);
});

test('a drill starts at the real time when asked with 1, and never in production', () => {
  expect(readConfig({ GRIDCALL_DRILL: '1' }).drill).toBe('now');
  expect(complaint({ GRIDCALL_DRILL: '1', NODE_ENV: 'production' })).toMatch(/^GRIDCALL_DRILL: .*production$/);
});

test('the settings cannot be changed afterwards', () => {
  const config = readConfig({ GRIDCALL_WEBHOOK_ALLOW: '127.0.0.1' });
  expect(Object.isFrozen(config) && Object.isFrozen(config.webhookAllow)).toBe(true);
});
