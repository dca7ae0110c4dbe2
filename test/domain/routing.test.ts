import { describe, expect, test } from 'vitest';
import type { City } from '../../src/domain/city.ts';
import { admits, matching, route, unitOfLevel } from '../../src/domain/routing.ts';
import { city, inside } from '../support/orders.ts';

const path = (code?: string) => inside(code).path.map((step) => step.code);
const category = (code: string) => city.categories.get(code);
const to = (code: string, area?: string, within: City = city) =>
  route(within, within.categories.get(code), path(area), 'placed');

describe('the directory', () => {
  test.each([
    ['city/light', 'DA1g', 'lights', 'the city’s own row'],
    ['city/light', 'DB', 'power', 'a row for the street goes before it'],
    ['city/light', 'DB1', 'property-a', 'one for the community goes before both'],
    ['city/tree', 'DA1g', 'lights', 'a row of its own category'],
  ])('%s in %s goes to %s: %s', (code, area, unit) => {
    expect(to(code, area)).toMatchObject({ status: 'decided', unit, reason: null });
  });

  test('asks for the most specific category first, and only then for the most specific area', () => {
    const row = {
      ...matching(city, 'city/light', path())[0],
      category: 'city',
      area: 'DA1',
      unit: 'water',
      line: 'wide',
    };
    const wider = { ...city, directory: { version: '2', rows: [row as never, ...city.directory.rows] } };
    expect(to('city/light', 'DA1g', wider).unit).toBe('lights');
    expect(to('city/lost', 'DA1g', wider).unit).toBe('water');
    expect(to('city/lost', 'DB', wider)).toMatchObject({ status: 'undecided', reason: 'no-directory-row' });
  });

  test('names the row, its version and its duty basis', () => {
    expect(to('city/tree').row).toEqual({
      line: 'row city/tree everywhere',
      dutyBasis: 'duty of city/tree',
      category: 'city/tree',
      area: null,
      version: 'directory-1',
    });
    expect(to('city/tree').tier).toBe('hard');
  });

  test('names the other units a matter takes', () => {
    expect(to('city/flood').coHandlers).toEqual(['water', 'enforcement']);
  });

  test('N43 small matters start at the community, ordinary ones at the street of the place', () => {
    expect(to('city/litter').unit).toBe('community-a1');
    expect(to('city/litter', 'DB1').unit).toBe('community-b1');
    expect(to('city/hawkers').unit).toBe('street-a');
    expect(to('city/hawkers', 'DB').unit).toBe('street-b');
  });

  test('a matter placed above the level that does it is left to a dispatcher, with the unit above as candidate', () => {
    expect(to('city/litter', 'DB')).toMatchObject({
      status: 'undecided',
      unit: null,
      reason: 'level-not-reached',
      candidates: [{ unit: 'street-b' }],
    });
  });

  test('an administrative act is never routed to a community', () => {
    expect(to('city/building')).toMatchObject({
      status: 'undecided',
      reason: 'administrative-act',
      candidates: [{ unit: 'street-a' }],
    });
  });

  test.each([
    ['city/lost', 'no-directory-row'],
    ['city/kiosk', 'retired'],
    ['nothing', 'category-missing'],
  ])('%s is left to a dispatcher: %s', (code, reason) => {
    expect(to(code)).toMatchObject({ status: 'undecided', unit: null, reason });
  });

  test('an unplaced matter waits for its place, with whom it would go to; one that needs none does not', () => {
    expect(route(city, category('city/light'), [], 'unplaced')).toMatchObject({
      reason: 'place-missing',
      candidates: [{ unit: 'lights' }],
    });
    expect(route(city, category('people/pension'), [], 'not_needed')).toMatchObject({ unit: 'water' });
  });

  test('the unit of a level is the one that serves the area, whatever its own code', () => {
    expect(unitOfLevel(city, 'community', path())?.code).toBe('community-a1');
    expect(unitOfLevel(city, 'district', path())?.code).toBe('district');
    expect(unitOfLevel(city, 'community', path('DB'))).toBeUndefined();
  });
});

describe('the admission guard', () => {
  const admission = (unit: string, code: string) => {
    const found = city.units.get(unit);
    if (found === undefined) throw new Error(unit);
    return admits(city, found, code);
  };

  test('W14 a street or community is given what stands on its list, and nothing else', () => {
    expect(admission('community-a1', 'city/litter')).toEqual({ refused: false });
    expect(admission('street-a', 'city/hawkers')).toEqual({ refused: false });
    expect(admission('community-a1', 'city/hawkers')).toMatchObject({ refused: true, line: null });
    expect(admission('street-a', 'people/pension')).toMatchObject({ refused: true, line: null });
  });

  test('W6 what the negative list names is refused with its line', () => {
    expect(admission('community-a1', 'city/building')).toMatchObject({ refused: true, line: 'community 9' });
  });

  test('a line for the matter itself goes before a line for the branch it is on', () => {
    expect(admission('street-a', 'city/building')).toMatchObject({ refused: true, line: 'street 9' });
    expect(admission('street-a', 'city/buildings-of-others')).toEqual({ refused: false });
  });

  test('other units have no list', () => {
    expect(admission('lights', 'people/pension')).toEqual({ refused: false });
    expect(admission('enforcement-a', 'city/building')).toEqual({ refused: false });
  });
});
