/** What a gateway has done since it began. */
export class Counters {
  framesIn = 0;
  framesOut = 0;
  commits = 0;
  welcomes = 0;
  /** By the code of the refusal. */
  readonly refusals = new Map<number, number>();

  refused(code: number): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
