/** `1 turn`, `2 turns`: for a person. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Milliseconds while they say more than seconds do. */
export function lasting(ms: number): string {
  if (ms === Infinity) return 'as long as it takes';
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`;
}
