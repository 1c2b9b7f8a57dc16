/** Fewer paths that do the same: none that another one begins with, and few that together take each transition. */
import type { ModelPath } from './path.ts';

type Path = Omit<ModelPath, 'name'>;

/** Leaves out every path that is the beginning of another. */
export function longestPaths(paths: readonly Path[]): readonly Path[] {
  const beginnings = new Set(paths.map(({ steps }) => keyOf(steps.slice(0, -1))));
  const isBeginning = ({ steps }: Path): boolean => beginnings.has(keyOf(steps));
  return paths.filter((path) =>
    path.steps.length === 0 ? paths.length === 1 : !isBeginning(path),
  );
}

/**
 * Takes, again and again, the path with the most transitions that no earlier one took; of equals the shorter, then
 * the earlier. Each path ends at the last transition that it is there for.
 */
export function coveringPaths(paths: readonly Path[]): readonly Path[] {
  const chosen: Path[] = [];
  const taken = new Set<string>();
  for (;;) {
    let best: { readonly path: Path; readonly gain: number; readonly length: number } | null = null;
    for (const path of paths) {
      const { gain, length } = gainOf(path, taken);
      if (gain === 0) continue;
      const isBetter =
        best === null || gain > best.gain || (gain === best.gain && length < best.length);
      if (isBetter) best = { path, gain, length };
    }
    if (best === null) return chosen;
    const path = { ...best.path, steps: best.path.steps.slice(0, best.length) };
    for (const { edges } of [path.start, ...path.steps.map(({ to }) => to)]) {
      for (const { id } of edges) taken.add(id);
    }
    chosen.push(path);
  }
}

function gainOf(path: Path, taken: ReadonlySet<string>): { gain: number; length: number } {
  const fresh = new Set(path.start.edges.map(({ id }) => id).filter((id) => !taken.has(id)));
  let length = 0;
  path.steps.forEach(({ to }, index) => {
    const before = fresh.size;
    for (const { id } of to.edges) if (!taken.has(id)) fresh.add(id);
    if (fresh.size > before) length = index + 1;
  });
  return { gain: fresh.size, length };
}

function keyOf(steps: Path['steps']): string {
  return JSON.stringify(steps.map(({ label }) => label));
}
