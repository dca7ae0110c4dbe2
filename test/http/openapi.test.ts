import { expect, test } from 'vitest';
import { demo } from '../support/city.ts';

const { app } = await demo();
const document = app.swagger() as unknown as {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

test('the committed OpenAPI document is what the routes say', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../openapi/openapi.json');
});

test('every operation says what it does, what it answers, and that it may fail with a problem document', () => {
  expect(operations.length).toBeGreaterThan(20);
  for (const { name, operation } of operations) {
    expect(operation.summary, name).toBeTruthy();
    expect(
      Object.keys(operation.responses).some((status) => /^[23]/.test(status)),
      name,
    ).toBe(true);
    expect(operation.responses.default, name).toMatchObject({ content: { 'application/problem+json': {} } });
  }
});
