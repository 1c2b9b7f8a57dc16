/** Goes on step by step, and after each step everything that was promised happens before the next. */

/** Taken before anybody takes it away: code in the simulation has no such thing. */
const { setImmediate: atOnce } = globalThis;
/** Node lets promises and what was rejected happen after each immediate: many of them cost one turn of its event loop. */
const STEPS_A_TURN = 128;

/** Until `step` says that it was the last one. What was promised before happens first. */
export function stepThrough(step: () => 'more' | 'last'): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const next = (): void => {
      if (isOver) return;
      isOver = true; // unless there is more
      try {
        if (step() === 'more') isOver = false;
        else resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const turn = (): void => {
      if (isOver) return;
      for (let count = 0; count < STEPS_A_TURN; count += 1) atOnce(next);
      atOnce(turn);
    };
    turn();
  });
}
