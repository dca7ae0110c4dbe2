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
    areas,
    counts: new Map([
      ['a', 1],
      ['b', 20],
      [null, 4],
      ['gone', 2],
    ]),
    elsewhere: 'elsewhere',
    labelled: true,
  });

  test('draws each area in the colour of its count, with a title of its own, a legend, and what lies elsewhere', () => {
    expect([...picture.matchAll(/<path d="M[^"]+Z" fill="(#\w+)"><title>/g)].map(([, fill]) => fill)).toEqual([
      '#fdd49e',
      '#fdbb84',
      '#fff7ec',
    ]);
    expect(picture).toContain('<title>A: 1</title>');
    expect(picture).toContain('elsewhere: 6');
    expect(picture).toContain('≥ 20');
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
    const empty = { title: '', counts: new Map(), elsewhere: '', labelled: true };
    expect(heatPicture({ ...empty, areas: [] })).toContain('</svg>');
    expect(heatPicture({ ...empty, areas })).toContain('A: 0');
    expect(heatPicture({ ...empty, areas: [{ ...square('x', 'X', 0), shape: null }] })).not.toContain('NaN');
  });
});

test('colours begin where counts differ: each of them is used, and none twice for one count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), (counts) => {
      const steps = stepsOf(counts);
      expect(steps.length).toBeLessThanOrEqual(5);
      expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
      for (const step of steps) expect(counts).toContain(step);
      if (counts.some((count) => count > 0)) expect(steps[0]).toBe(Math.min(...counts.filter((count) => count > 0)));
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
