/** A request about a street light at a point of the demo city. */
export const aLight = (remarkable: object = {}) => ({
  channel: 'hotline',
  kind: 'help',
  category: '城市管理/部件/路灯',
  title: '路灯不亮',
  description: '小区门口路灯不亮',
  location: { lon: 104.037274, lat: 30.571764 },
  requester: { name: '测试甲', phone: '13800001234' },
  ...remarkable,
});
