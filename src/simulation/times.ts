/** How long faults strike, before all is well again. */
export const RUN_MS = 180_000;
