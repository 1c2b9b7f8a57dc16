/** In the place of `packages.ts` on phones, which have no WebAssembly and load no package while they run. */
import type { DetectorPackages } from './packages.ts';

const refuse = (): never => {
  throw new Error('React Native has no WebAssembly: give a detector of your own as "vad"');
};

export const installed: DetectorPackages = {
  load: () => Promise.resolve().then(refuse),
  locate: refuse,
  loadFvad: () => Promise.resolve().then(refuse),
};
