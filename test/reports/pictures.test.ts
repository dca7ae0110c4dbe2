import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Area } from '../../src/domain/area.ts';
import { bars } from '../../src/reports/bars.ts';
import { heatPicture, simplified, stepsOf } from '../../src/reports/heat-picture.ts';

const square = (code: string, name: string, west: number): Area => ({
  code,
  name,
  level: 'street',
  parent: null,
  scheme: 'free',
  shape: [
    [
      [
        [west, 30],
        [west + 1, 30],
        [west + 1, 31],
        [west, 31],
        [west, 30],
      ],
    ],
  ],
});
const nasty = '</title><script>alert(1)</script>"\'&\u0000\ud800';

describe('a heat picture', () => {
  const areas = [square('a', 'A', 100), square('b', nasty, 101), square('c', 'C', 102)];
  const picture = heatPicture({
    title: nasty,
    span: '2026-03-01 – 2026-03-31',
    areas,
    counts: new Map([
      ['a', 1],
      ['b', 20],
      [null, 4],
      ['gone', 2],
    ]),
    elsewhere: 'elsewhere',
    total: 'requests',
  });

  test('draws each area in the colour of its count, with a title of its own, a legend, and what lies elsewhere', () => {
    expect([...picture.matchAll(/<path d="M[^"]+Z" fill="(#\w+)"><title>/g)].map(([, fill]) => fill)).toEqual([
      '#fdbb84',
      '#7f0000',
      '#fff7ec',
    ]);
    expect(picture).toContain('<title>A: 1</title>');
    expect(picture).toContain('elsewhere: 6');
    expect(picture).toContain('≥ 16');
    expect(picture).toContain('2026-03-01 – 2026-03-31  requests 27');
    expect(picture).toContain('role="img"');
  });

  test('nothing that areas are called gets out of its place', () => {
    for (const gone of ['<script', '\u0000', '\ud800']) expect(picture.includes(gone)).toBe(false);
    expect(picture).toContain('&lt;script&gt;');
    const tags = [...picture.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, closes, name = '', empty] of tags)
      if (closes) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
    expect(open).toEqual([]);
  });

  test('of a city without areas, or without requests, is a picture too', () => {
    const empty = { title: '', span: '', counts: new Map(), elsewhere: '', total: '' };
    expect(heatPicture({ ...empty, areas: [] })).toContain('</svg>');
    expect(heatPicture({ ...empty, areas })).toContain('A: 0');
    expect(heatPicture({ ...empty, areas: [{ ...square('x', 'X', 0), shape: null }] })).not.toContain('NaN');
  });
});

test('of many areas those with most bear their names', () => {
  const many = Array.from({ length: 60 }, (_, i) => square(`${i}`, `area ${i}`, i));
  const counts = new Map(many.map(({ code }, i) => [code, i]));
  const drawn = heatPicture({ title: '', span: '', areas: many, counts, elsewhere: '', total: '' });
  const named = [...drawn.matchAll(/aria-hidden="true">(area \d+)</g)].map(([, name]) => name);
  expect(named).toHaveLength(20);
  expect(named).toContain('area 59');
  expect(named).not.toContain('area 39');
});

test('none is a colour of its own, and the one hot spot stands alone, not with whoever comes next', () => {
  expect(stepsOf([0, 0, 23, 4, 1])).toEqual([1, 6, 11, 16, 21]);
  expect(stepsOf([0, 2, 1])).toEqual([1, 2]);
  expect(stepsOf([0, 0])).toEqual([]);
});

test('colours go up in equal steps as far as there is anything, and the last one is reached', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), (counts) => {
      const steps = stepsOf(counts);
      expect(steps.length).toBeLessThanOrEqual(5);
      expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
      const most = Math.max(0, ...counts);
      if (most > 0) expect(steps[0]).toBe(1);
      expect(steps.at(-1) ?? 0).toBeLessThanOrEqual(most);
      const wide = (steps[1] ?? 2) - 1;
      for (const [i, step] of steps.entries()) expect(step).toBe(i * wide + 1);
      if (steps.length > 1) expect(most - (steps.at(-1) ?? 0)).toBeLessThan(wide);
    }),
  );
});

test('a simplified ring keeps its corners and drops only what lies within half a pixel of its sides', () => {
  const ring = Array.from({ length: 400 }, (_, i): [number, number] => {
    const side = Math.floor(i / 100);
    const along = i % 100;
    const wobble = i % 100 === 0 ? 0 : 0.1 * Math.sin(i);
    return (
      (
        [
          [along, wobble],
          [100 - wobble, along],
          [100 - along, 100 - wobble],
          [wobble, 100 - along],
        ] as [number, number][]
      )[side] ?? [0, 0]
    );
  });
  const few = simplified(ring);
  expect(few.length).toBeLessThan(10);
  for (const corner of [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ])
    expect(few).toContainEqual(corner);
  const points = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(
    fc.property(fc.array(points, { minLength: 3, maxLength: 40 }), (some) => {
      for (const point of simplified(some)) expect(some).toContain(point);
    }),
  );
});

test('bars are as long as their counts, and names are cut and escaped', () => {
  const chart = bars('x', nasty, [
    { label: '很长很长很长很长的名字一二三', value: 10, before: 5 },
    { label: nasty, value: 0, before: null },
  ]);
  expect(chart).toContain('width="360.0"');
  expect(chart).toContain('x1="180.0"');
  expect(chart).toContain('很长很长很长很长的名字…');
  expect(chart).not.toContain('<script');
});
