/** What a unit is told, by stream or by push. */
export const unitEvents = ['queued', 'updated', 'urged', 'supervised', 'called'] as const;
export type UnitEvent = (typeof unitEvents)[number];

/** In these the body's `to` names a person or a body, not a state. */
const elsewhere: ReadonlySet<string> = new Set(['assign', 'refer']);

/** What a fact addressed to a unit means to it: work came in, somebody presses, commands or calls, or something moved on. */
export function unitEvent({
  type,
  subject,
  body,
}: Readonly<{ type: string; subject: string; body: Readonly<Record<string, unknown>> }>): UnitEvent {
  if (type === 'urge' || type === 'urged' || type === 'ring') return 'urged';
  if (/^(supervis|measure)/.test(type) || /^(supervis|graded_measure)/.test(subject)) return 'supervised';
  if (/^(coordinat|call|grid_call)/.test(type) || subject.startsWith('coordinat')) return 'called';
  const comes = (body.to === 'dispatched' || body.to === 'rework') && body.from !== body.to;
  return comes && !elsewhere.has(type) ? 'queued' : 'updated';
}
