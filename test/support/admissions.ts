/** A bureau’s proposal that streets look after public toilets, valid from a day on. */
export const toiletsToStreets = (effectiveAt: string) => ({
  category: '城市管理/部件/公共厕所',
  unitKind: 'street',
  list: 'purchase',
  text: '街道负责辖区公共厕所日常保洁',
  power: '保洁队伍调度权',
  fund: '每座每年两万元',
  staff: '每街道划转一名',
  contract: { number: 'HT-001', between: '区城管局与各街道', text: '年度保洁协议' },
  effectiveAt,
  reason: '街道离现场近',
});
