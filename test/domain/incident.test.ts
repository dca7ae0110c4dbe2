import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBelow } from '../../src/domain/city.ts';
import { contains, type MultiPolygon, type Position } from '../../src/domain/geometry.ts';
import {
  type Incident,
  incidentLife,
  incidentParties,
  incidentStates,
  usualDanger,
} from '../../src/domain/incident.ts';
import { decideIncident, type IncidentCommand, openIncident } from '../../src/domain/incident-decide.ts';
import { dangerIn, meet, watching } from '../../src/domain/incident-meeting.ts';
import { answerRestored, metAs, questionOf } from '../../src/domain/incident-request.ts';
import { reaching, readPolygon } from '../../src/domain/reach.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import type { WorkOrderId } from '../../src/domain/request.ts';
import { theSystem } from '../../src/domain/work-order.ts';
import { at, city, everybody, monday, resident, shiftLeader } from '../support/orders.ts';

const corners: readonly Position[] = [
  [0, 0],
  [4, 0],
  [4, 3],
  [0, 3],
  [0, 0],
];
const polygon: MultiPolygon = [[corners]];
const setting = { city, now: monday, actor: shiftLeader };
const incident = (more: Partial<Incident> = {}): Incident => {
  const asked = {
    id: 'i1',
    number: 'TF1',
    title: 'dark',
    category: 'city/wires',
    reach: { areas: ['DA'], polygon },
    since: monday,
    until: null,
    leadOrderId: 'w1' as WorkOrderId,
    answer: 'we know',
    nextUpdateAt: null,
    danger: usualDanger,
  };
  return { ...openIncident(asked, 'power', setting).incident, ...more };
};
const words: { [A in IncidentCommand['action']]: Extract<IncidentCommand, { action: A }>['said'] } = {
  edit: { answer: 'soon' },
  update: { text: 'soon' },
  attach: { order: 'w2' },
  late: {},
  end: {},
};

describe('the life of an incident', () => {
  const actions = Object.keys(incidentLife) as (keyof typeof incidentLife)[];
  test.each(incidentStates.flatMap((state) => actions.map((action) => ({ state, action }))))(
    'in $state, $action is done by whom the table names and refused to everybody else',
    ({ state, action }) => {
      for (const actor of [...everybody, theSystem]) {
        const outcome = decideIncident(
          incident({ state }),
          { action, said: words[action] } as IncidentCommand,
          'power',
          { ...setting, actor },
        );
        const row = incidentLife[action];
        const may = (row.by as readonly string[]).some((party) => incidentParties(actor).has(party as 'shift'));
        if (!(row.from as readonly string[]).includes(state)) expect(outcome).toMatchObject({ code: 'wrong-state' });
        else if (may) expect(outcome).toMatchObject({ incident: { version: 2 }, facts: [{ unit: 'power' }] });
        else expect(outcome).toMatchObject({ code: 'not-yours' });
      }
    },
  );

  test('shift and centre leaders lead incidents, and nobody else', () => {
    const leads = everybody.filter((actor) => incidentParties(actor).has('shift')).map((actor) => actor.name);
    expect(leads.toSorted()).toEqual(['centre leader', 'shift leader']);
  });

  test('what is told reaches all by one fact, without its words', () => {
    const told = decideIncident(incident(), { action: 'update', said: { text: 'two hours' } }, 'power', setting);
    expect(told).toMatchObject({ facts: [{ type: 'incident_update', body: { update: 1 } }] });
    expect(JSON.stringify(isRefusal(told) ? '' : told.facts)).not.toContain('two hours');
  });
});

describe('where and what', () => {
  test('asking the box first finds what asking the polygon alone does', () => {
    const near = fc.double({ min: -1, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(near, near), { minLength: 3, maxLength: 8 }), near, near, (ring, lon, lat) => {
        const closed = [...ring, ring[0] as Position];
        const shape: MultiPolygon = [[closed]];
        const found = reaching({ areas: [], polygon: shape })({ point: [lon, lat], path: [] });
        expect(found).toBe(contains([lon, lat], shape));
      }),
    );
  });

  test('areas hold all below them; a place without a point is in no polygon', () => {
    const reaches = reaching(incident().reach);
    const path = (...codes: string[]) => codes.map((code) => ({ code }));
    expect(reaches({ point: null, path: path('D', 'DA', 'DA1') })).toBe(true);
    expect(reaches({ point: null, path: path('D', 'DB') })).toBe(false);
    expect(reaches({ point: [4, 3], path: path('D', 'DB') })).toBe(true);
  });

  test('a category is below itself and its path, and never below a name that only begins alike', () => {
    expect([isBelow('a/b', 'a'), isBelow('a', 'a'), isBelow('ab', 'a'), isBelow(null, 'a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    ['no geometry', null],
    ['a point', { type: 'Point', coordinates: [1, 1] }],
    ['an open ring', { type: 'Polygon', coordinates: [corners.slice(0, 4)] }],
    ['a ring off the earth', { type: 'Polygon', coordinates: [corners.map(([x, y]) => [x + 200, y])] }],
    ['words', { type: 'Polygon', coordinates: 'everywhere' }],
    ['more corners than anybody draws', { type: 'Polygon', coordinates: [Array.from({ length: 5001 }, () => [0, 0])] }],
  ])('%s is no polygon', (_what, geometry) => {
    expect(readPolygon(geometry)).toHaveProperty('message');
  });

  const told = {
    category: 'city/wires',
    kind: 'help',
    urgency: 'normal',
    disposition: null,
    diversion: null,
    externalDueAt: null,
    replyTo: null,
    title: 'dark',
    description: 'no light',
    answers: {},
  } as const;
  const here = { point: [1, 1] as const, path: [] };

  test('of several open at one place the one opened last is meant', () => {
    const watches = [incident({ id: 'first' }), incident({ id: 'last' })].map(watching);
    expect(meet(watches, told, here, monday)?.incident.id).toBe('last');
    expect(meet(watches, told, here, at('2026-03-02 08:59'))).toBeNull();
  });

  test('whatever else is said, a word of danger is heard in every text and every answer', () => {
    const someWord = fc.constantFrom(...usualDanger.words);
    const text = fc.string({ maxLength: 30 });
    fc.assert(
      fc.property(
        someWord,
        text,
        text,
        fc.constantFrom('title', 'description', 'answer'),
        (word, before, after, where) => {
          const said = `${before}${word}${after}`;
          const found = dangerIn(
            { ...told, ...(where === 'answer' ? { answers: { since: [1, said] } } : { [where]: said }) },
            usualDanger,
          );
          expect(found).toContain(word);
        },
      ),
    );
  });
});

describe('the question whether it is restored', () => {
  const joined = metAs('r1', 'i1', 'joined', monday);
  const ended = incident({ state: 'ended', endedAt: monday });
  const asked = { now: monday, actor: resident };

  test('is open for those who joined once the incident has ended, and for nobody in danger', () => {
    expect(questionOf(joined, incident())).toBe('not_asked');
    expect(questionOf(joined, ended)).toBe('open');
    expect(questionOf({ ...joined, how: 'danger' }, ended)).toBe('not_asked');
    expect(questionOf({ ...joined, leftAt: monday }, ended)).toBe('not_asked');
  });

  test('holds the first no; the last moment for one is the end of the fifteenth day', () => {
    const no = answerRestored(joined, ended, false, { ...asked, now: at('2026-03-17 23:59') });
    expect(no).toMatchObject({ restored: false });
    expect(answerRestored(no as typeof joined, ended, true, asked)).toMatchObject({ code: 'answer-differs' });
    expect(answerRestored(joined, ended, false, { ...asked, now: at('2026-03-18 00:00') })).toMatchObject({
      code: 'requester-window',
    });
  });
});
