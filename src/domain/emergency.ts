import type { Category } from './city.ts';
import type { EmergencyService } from './request.ts';

/** A hint to the operator that lives may be at stake. It never diverts anything by itself. */
export type EmergencyPrompt = Readonly<{ service: EmergencyService; word: string }>;

/** Words that make an operator think of police, fire, medical help and traffic police. */
const words: Readonly<Record<EmergencyService, readonly string[]>> = {
  '110': ['打架', '抢劫', '持刀', '伤人', '绑架', '失踪'],
  '119': ['着火', '起火', '火灾', '爆炸', '燃气味', '煤气味', '漏气', '被困电梯'],
  '120': ['晕倒', '昏迷', '心脏病', '大出血', '中毒', '没有呼吸'],
  '122': ['车祸', '交通事故', '撞车', '撞人'],
};

/** What in a text prompts for which service, with the category's own words counted for the fire brigade. */
export function emergencyPrompts(text: string, category: Category | undefined): readonly EmergencyPrompt[] {
  const general = Object.entries(words).flatMap(([service, list]) =>
    list.filter((word) => text.includes(word)).map((word) => ({ service: service as EmergencyService, word })),
  );
  const own = (category?.emergencyWords ?? []).filter(
    (word) => text.includes(word) && !general.some((p) => p.word === word),
  );
  return [...general, ...own.map((word) => ({ service: '119' as const, word }))];
}
