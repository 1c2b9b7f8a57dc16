/** Everything that is promised happens before this resolves: a macrotask runs when no microtask is left. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
