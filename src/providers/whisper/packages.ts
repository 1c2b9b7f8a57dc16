/**
 * How the detectors' packages are found and loaded: when they are first needed. On phones `packages.react-native.ts` stands in
 * this file's place (`react-native` in package.json), since what their bundler and their engine do not know would keep an
 * application from being built.
 */

export interface DetectorPackages {
  load(name: string): Promise<unknown>;
  /** The address of a package's main file. */
  locate(name: string): string;
  loadFvad(): Promise<unknown>;
}

export const installed: DetectorPackages = {
  load: (name) => import(name) as Promise<unknown>,
  locate: (name) => (import.meta as unknown as { resolve(name: string): string }).resolve(name),
  // @ts-expect-error The package has no types.
  loadFvad: () => import('@echogarden/fvad-wasm') as Promise<unknown>,
};
