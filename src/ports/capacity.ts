/** What others name is remembered, and never without bound. */

/** To be called after each addition: the oldest goes where there are more than that. */
export function dropOldest(of: Set<string> | Map<string, unknown>, capacity: number): void {
  if (of.size <= capacity) return;
  const [oldest] = of.keys();
  if (oldest !== undefined) of.delete(oldest);
}
