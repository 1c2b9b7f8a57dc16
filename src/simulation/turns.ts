/** The turns of the event loop, by which a simulation lets promises happen. */

/** Taken before the guards take it away: nobody else in a simulation has it. */
const { setImmediate: atOnce } = globalThis;

/** Resolves when everything that was promised has happened: no microtask is left. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    atOnce(resolve);
  });
}
