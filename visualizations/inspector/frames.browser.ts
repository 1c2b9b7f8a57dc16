/** What the page asks of the browser's clock. */

/** Runs it once before the next frame, however often it is asked for until then. */
export function oncePerFrame(run: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    // A page in the background has no frames, and must not be out of date when it is looked at.
    const ask = document.hidden
      ? (then: () => void) => setTimeout(then, 250)
      : requestAnimationFrame;
    ask(() => {
      isAsked = false;
      run();
    });
  };
}
