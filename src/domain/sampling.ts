/** Whether the thing with this id falls into a sample of this share: the same answer every time, drawn from the id's random bits. */
export const sampled = (id: string, share: number): boolean =>
  Number.parseInt(id.slice(-8), 16) / 0x1_0000_0000 < share;
