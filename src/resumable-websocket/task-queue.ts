/** Events come one after the other, and never from within a call of the application's own. */
export class TaskQueue {
  #tasks: (() => void)[] = [];

  post(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length > 1) return;
    queueMicrotask(() => {
      for (let at = 0; at < this.#tasks.length; at += 1) this.#tasks[at]?.();
      this.#tasks = [];
    });
  }
}
