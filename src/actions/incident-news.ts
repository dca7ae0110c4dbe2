import { uuidv7 } from 'uuidv7';
import type { Incident } from '../domain/incident.ts';
import { newsOf } from '../domain/messages.ts';
import { openMessages, overtakeNews, toldOf } from '../store/messages.ts';
import type { Queryable } from '../store/rows.ts';
import type { Deps } from './deps.ts';

/**
 * Puts what a change of an incident means to everybody it has met into the message gateway's queue: an update reaches all,
 * one message a telephone, and the end asks each who joined whether it is restored.
 */
export async function tellNews(tx: Queryable, { now }: Deps, before: Incident, after: Incident): Promise<void> {
  const news = newsOf(before, after);
  if (news === null) return;
  const at = now();
  await overtakeNews(tx, after.id, at);
  const told = await toldOf(tx, after.id, news.kind === 'restored');
  const messages = told.map((requestId) => ({ id: uuidv7(), requestId, ...news }));
  await openMessages(tx, after.leadOrderId, at, messages);
}
