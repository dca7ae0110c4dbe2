import type { AreaTree } from './area.ts';
import { groundOf, isUnder } from './city.ts';
import { nameOf } from './decide.ts';
import type { Setting } from './obstacles.ts';
import { unitRoles } from './parties.ts';
import { type Refusal, refuse } from './refusal.ts';
import { speaksForHotline } from './supervision.ts';
import { dateOf, type Instant, type LocalDate } from './time.ts';
import type { Sight } from './visibility.ts';
import type { Actor, Evidence, Fact } from './work-order.ts';

/** A public-benefit activity (公益活动), something done for people (实事), a visit to the front line (一线考察). */
export const recordKinds = ['activity', 'deed', 'visit'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Who went: a name with unit and post, as they were. */
export type Visitor = Readonly<{ name: string; unit: string; post: string | null }>;

/**
 * An entry of the ledger of what units do among residents, on a day of the city. `words` says what was done, or what a visit
 * found; `about` is the unit that was visited, `undertakingId` what was asked of it by a date. Nothing in it is published but
 * its count. A wrong entry is withdrawn, and counts no more.
 */
export type FieldRecord = Readonly<{
  id: string;
  kind: RecordKind;
  unit: string;
  area: string | null;
  areaPath: readonly string[];
  on: LocalDate;
  title: string;
  words: string;
  participants: number | null;
  hours: number | null;
  visitors: readonly Visitor[];
  about: string | null;
  workOrderIds: readonly string[];
  evidence: readonly Evidence[];
  undertakingId: string | null;
  recordedBy: Fact['actor'];
  recordedAt: Instant;
  withdrawn: Readonly<{ by: string; at: Instant; reason: string }> | null;
}>;

/** What somebody records; `unit` null is their own, `area` null that which the unit stands for, where it stands for one. */
export type RecordDraft = Omit<
  FieldRecord,
  'id' | 'unit' | 'areaPath' | 'undertakingId' | 'recordedBy' | 'recordedAt' | 'withdrawn'
> &
  Readonly<{ unit: string | null }>;

type Recording = Setting & Readonly<{ tree: AreaTree }>;
type Recorded = Readonly<{ kind: 'recorded'; record: FieldRecord; fact: Fact }>;

/** Writes an entry down, for one's own unit or one under it, of a day that has come. */
export function recordInField(draft: RecordDraft, id: string, setting: Recording): Recorded | Refusal {
  const { actor, city, now, tree } = setting;
  const unit = draft.unit ?? actor.unit;
  if (unit === null || !city.units.has(unit)) return refuse('unit-unknown', { units: [unit] });
  const named = [...draft.visitors.map((visitor) => visitor.unit), ...(draft.about === null ? [] : [draft.about])];
  const unknown = named.filter((code) => !city.units.has(code));
  if (unknown.length > 0) return refuse('unit-unknown', { units: unknown });
  const area = draft.area ?? groundOf(city.units.get(unit));
  if (area !== null && !tree.byCode.has(area)) return refuse('area-unknown');
  if (!mayRecord(actor, { unit, area }, setting)) return refuse('not-yours', { unit });
  if (draft.on > dateOf(now)) return refuse('in-the-future');
  if (draft.kind === 'visit' && draft.words.trim() === '') return refuse('text-missing');
  const record: FieldRecord = {
    ...draft,
    id,
    unit,
    area,
    areaPath: area === null ? [] : tree.path(area).map(({ code }) => code),
    undertakingId: null,
    recordedBy: nameOf(actor),
    recordedAt: now,
    withdrawn: null,
  };
  return { kind: 'recorded', record, fact: factOf('field_recorded', record, setting) };
}

/** Takes a wrong entry out of the count; it stays in the ledger with the reason. */
export function withdrawRecord(record: FieldRecord, reason: string, setting: Recording): Recorded | Refusal {
  const { actor, now } = setting;
  const isOwn = record.recordedBy.client === actor.client && record.recordedBy.name === actor.name;
  if (!writesFor(actor, record.unit, setting) && !(isOwn && isInOwnGrids(actor, record.area, setting)))
    return refuse('not-yours');
  if (record.withdrawn !== null) return refuse('entry-withdrawn');
  if (reason.trim() === '') return refuse('reason-missing');
  const withdrawn = { ...record, withdrawn: { by: actor.name, at: now, reason } };
  return { kind: 'recorded', record: withdrawn, fact: factOf('field_record_withdrawn', withdrawn, setting) };
}

/** Whoever writes for the unit, and a grid worker in the own grids, who takes back only what they wrote themselves. */
const mayRecord = (actor: Actor, { unit, area }: Pick<FieldRecord, 'unit' | 'area'>, setting: Recording): boolean =>
  writesFor(actor, unit, setting) || isInOwnGrids(actor, area, setting);

/** Whether somebody writes for a unit: its own people and those above it, inspectors and the government for every one. */
function writesFor(actor: Actor, unit: string, { city }: Pick<Recording, 'city'>): boolean {
  const has = (role: Actor['roles'][number]) => actor.roles.includes(role);
  if (has('inspector') || has('government') || speaksForHotline(actor, unit, city)) return true;
  const isUnits = [...unitRoles, 'supervisor' as const].some(has);
  return isUnits && actor.unit !== null && isUnder(city, unit, actor.unit);
}

const isInOwnGrids = ({ roles, areas }: Actor, area: string | null, { tree }: Pick<Recording, 'tree'>): boolean =>
  roles.includes('grid_worker') && (areas === null || (area !== null && areas.some((own) => tree.isWithin(area, own))));

/** Whether an entry is within sight: of its unit, of the unit it is about, or of whose area it lies in. The query says it again. */
export const seesRecord = (
  { all, units, areas }: Pick<Sight, 'all' | 'units' | 'areas'>,
  { unit, about, areaPath }: Pick<FieldRecord, 'unit' | 'about' | 'areaPath'>,
): boolean =>
  all ||
  units.includes(unit) ||
  (about !== null && units.includes(about)) ||
  areaPath.some((code) => areas.includes(code));

/** No word of it and nobody's name stand in the record of facts. */
const factOf = (type: string, record: FieldRecord, { actor, now }: Setting): Fact => {
  const { kind, unit, area, on, about } = record;
  return { type, at: now, actor: nameOf(actor), unit: about ?? unit, body: { kind, unit, area, on, about } };
};

/** What is counted of entries: how many of each kind, and who took part in how many hours of activities and deeds. */
export type RecordCounts = Readonly<Record<(typeof recordCounts)[number], number>>;
export const recordCounts = ['activities', 'deeds', 'visits', 'participants', 'hours'] as const;

const noRecords: RecordCounts = { activities: 0, deeds: 0, visits: 0, participants: 0, hours: 0 };

/** The sum of counts; hours in hundredths exactly. */
export const sumOfRecords = (all: readonly RecordCounts[]): RecordCounts =>
  all.reduce(
    (sum, each) => ({
      activities: sum.activities + each.activities,
      deeds: sum.deeds + each.deeds,
      visits: sum.visits + each.visits,
      participants: sum.participants + each.participants,
      hours: Math.round((sum.hours + each.hours) * 100) / 100,
    }),
    noRecords,
  );
