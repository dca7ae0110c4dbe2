import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Post } from '../../src/domain/city.ts';
import { cyclesEnding, isHeadOf, type PostRow, termsOf } from '../../src/domain/dossier.ts';
import type { Instant } from '../../src/domain/time.ts';
import { at } from '../support/orders.ts';

const post = (holderA: string, more: Partial<Post> = {}): Post => ({
  code: 'water-leader',
  unit: 'water',
  name: 'head',
  role: 'unit_leader',
  holderA,
  holderB: 'bei',
  acting: 'A',
  areas: [],
  skills: [],
  ...more,
});
const [january, march, may, july] = ['2026-01-01', '2026-03-01', '2026-05-01', '2026-07-01'].map((day) =>
  at(`${day} 00:00`),
) as [Instant, Instant, Instant, Instant];
const brief = (rows: readonly PostRow[], from = january, to = july) =>
  termsOf(rows, { from, to }).map(({ holder, since, until, span }) => [holder, since, until, span.from, span.to]);

describe('who headed a unit', () => {
  test('W4b a change of the holder ends a term, a change of anything else about the post does not', () => {
    const rows = [
      { post: post('jia'), since: 0 as Instant, until: march },
      { post: post('jia', { name: 'director' }), since: march, until: may },
      { post: post('yi'), since: may, until: null },
    ];
    expect(brief(rows)).toEqual([
      ['jia', 0, may, january, may],
      ['yi', may, null, may, july],
    ]);
  });
  test('W4b whoever stands in has that time, and is not confused with whom they stand in for', () => {
    const rows = [
      { post: post('jia'), since: january, until: march },
      { post: post('jia', { acting: 'B' }), since: march, until: may },
      { post: post('jia'), since: may, until: null },
    ];
    expect(brief(rows).map(([holder]) => holder)).toEqual(['jia', 'bei', 'jia']);
  });
  test('W4b who left before the span or came after it is not in it', () => {
    const rows = [
      { post: post('jia'), since: january, until: march },
      { post: post('yi'), since: march, until: may },
    ];
    expect(brief(rows, march, may).map(([holder]) => holder)).toEqual(['yi']);
    expect(brief(rows, may, july)).toEqual([]);
  });
  test('W4b terms of one post lie within the span, follow one another and never overlap, whatever rows there were', () => {
    const row = fc.record({ days: fc.integer({ min: 1, max: 90 }), holder: fc.constantFrom('jia', 'yi', 'bing') });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), fc.integer({ min: 0, max: 200 }), (given, offset) => {
        let since = january;
        const rows = given.map(({ days, holder }): PostRow => {
          const until = (since + days * 86_400_000) as Instant;
          const made = { post: post(holder), since, until };
          since = until;
          return made;
        });
        const span = { from: (january + offset * 86_400_000) as Instant, to: july };
        const terms = termsOf(rows, span);
        for (const [i, term] of terms.entries()) {
          expect(term.span.from).toBe(Math.max(term.since, span.from));
          expect(term.span.to).toBeLessThanOrEqual(span.to);
          const next = terms[i + 1];
          if (next !== undefined) expect([next.span.from, next.holder === term.holder]).toEqual([term.span.to, false]);
        }
        const last = rows.at(-1)?.until ?? span.from;
        const counted = terms.reduce((sum, term) => sum + term.span.to - term.span.from, 0);
        expect(counted).toBe(Math.max(0, Math.min(last, span.to) - span.from));
      }),
    );
  });
  test('heads are who hold the leader’s post, or the one post asked about', () => {
    expect(isHeadOf(post('jia'), 'water', null)).toBe(true);
    expect(isHeadOf(post('jia', { role: 'unit_clerk' }), 'water', null)).toBe(false);
    expect(isHeadOf(post('jia', { role: 'unit_clerk' }), 'water', 'water-leader')).toBe(true);
    expect(isHeadOf(post('jia'), 'roads', 'water-leader')).toBe(false);
  });
});

test('a half year of the mutual review belongs to the span in which it ends', () => {
  expect(cyclesEnding({ from: january, to: july })).toEqual(['2026-H1']);
  expect(cyclesEnding({ from: at('2025-12-31 00:00'), to: july })).toEqual(['2025-H2', '2026-H1']);
  expect(cyclesEnding({ from: march, to: may })).toEqual([]);
  expect(cyclesEnding({ from: may, to: at('2027-02-01 00:00') })).toEqual(['2026-H1', '2026-H2']);
});
