/** How long faults strike, before all is well again. */
export const RUN_MS = 180_000;
/** From then on all has to be well again. */
export const CONVERGES_MS = 90_000;
