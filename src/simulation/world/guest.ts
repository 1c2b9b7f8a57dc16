/** A client that the world knows nothing of but what it is given, and what it is watched by: an application's own. */
import { Access } from './access.ts';
import type { Client, ClientParts } from './client.ts';
import type { Look } from './look.ts';
import { SimulatedSignals } from './network-signals.ts';
import { AudioChecks } from '../checks/audio-checks.ts';
import { Dials } from '../checks/dials.ts';
import { SocketChecks } from '../checks/socket-checks.ts';
import { SimulatedProcess } from '../process.ts';
import { checkedClient, checkFunction, checkSpan } from '../simulate-options.ts';
import type { ClientFactory, SimulatedClient, SimulatedPlace } from '../simulate.types.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import { invalid } from '../../ports/option-errors.ts';
import { ResumableSocket } from '../../resumable-websocket/resumable-socket.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import { Session } from '../../session/session.ts';

/** @param name of the client that expects it. */
export type Expecting = (look: Look, name: string) => void;

type Checks = AudioChecks | SocketChecks;

export class Guest implements Client {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly signals = new SimulatedSignals();
  wallOffsetMs = 0;
  readonly #parts: ClientParts;
  readonly #make: ClientFactory;
  readonly #expect: Expecting;
  readonly #checks: Checks[] = [];
  readonly #sessions: Session[] = [];
  readonly #dials = new Dials();
  #client: SimulatedClient | null = null;
  #bearers = 0;
  readonly #repeating = new Set<unknown>();
  #isFinishing = false;
  #isFinished = false;

  constructor(parts: ClientParts, make: ClientFactory, expect: Expecting) {
    const { index, clock, random } = parts;
    this.#parts = parts;
    this.#make = make;
    this.#expect = expect;
    this.name = `client ${index + 1}`;
    this.process = new SimulatedProcess(this.name, clock, () => {
      for (const checks of this.#checks) checks.look();
    });
    this.access = new Access({
      ...parts,
      process: this.process,
      random: random.fork('network'),
      address: `10.0.${index}.1`,
      onDial: () => this.#dialled(),
    });
  }

  get isOver(): boolean {
    const sockets = this.#checks.filter((checks) => checks instanceof SocketChecks);
    return this.process.isDead || (this.#isFinished && sockets.every(({ isClosed }) => isClosed));
  }

  get brought(): Client['brought'] {
    const ledgers = this.#sessions.map(({ ledger }) => ledger);
    return {
      chunks: ledgers.reduce((sum, { captured }) => sum + captured, 0),
      gapChunks: ledgers.reduce((sum, { gap }) => sum + gap, 0),
    };
  }

  get checks(): Client['checks'] {
    return {
      storeLost: () => undefined,
      expectOver: (owed) => this.#expectOver(owed),
    };
  }

  start(): void {
    this.process.run(() => {
      this.#client = checkedClient(this.name, () => this.#make(this.#place()));
    });
  }

  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    for (const timer of this.#repeating) this.process.clearTimeout(timer);
    for (const checks of this.#checks) if (checks instanceof SocketChecks) checks.closes();
    const failed = (error: unknown): void => {
      this.#parts.report.violated('I19', `${this.name} could not finish: ${String(error)}`);
    };
    void this.#finished()
      .catch(failed)
      .then(() => {
        for (const checks of this.#checks) if (checks instanceof AudioChecks) checks.over();
        this.#isFinished = true;
      });
  }

  async #finished(): Promise<void> {
    await this.#client?.finish();
  }

  pause(isPaused: boolean): boolean {
    if (this.#client?.pause === undefined) return false;
    this.#client.pause(isPaused);
    return true;
  }

  kill(): void {
    this.process.kill();
    this.access.hangUp();
    for (const checks of this.#checks) checks.killed();
  }

  #dialled(): void {
    const { report } = this.#parts;
    if (this.isOver) report.violated('I12', `${this.name} dials after its end`);
    report.tell(this.name, 'dials');
    const wrong = this.#dials.add(this.process.nowMs());
    if (wrong !== null) report.violated('I12', `${this.name}: ${wrong}`);
  }

  #expectOver(owed: string): void {
    if (this.process.isDead) return;
    if (!this.#isFinished) {
      const left = this.#sessions.reduce((sum, { ledger }) => sum + ledger.buffered, 0);
      const why = [owed, left === 0 ? '' : `${left} chunks are left`].filter((each) => each !== '');
      const words = why.length === 0 ? '' : `: ${why.join(', and ')}`;
      this.#parts.report.violated('I10', `${this.name} has not finished${words}`);
    }
    for (const each of this.#checks) each.expectOver(owed);
  }

  #watch(what: Session | ResumableSocket): void {
    const { report } = this.#parts;
    if (what instanceof ResumableSocket) {
      this.#checks.push(new SocketChecks(this.name, what, report, this.process));
      return;
    }
    if (!(what instanceof Session)) {
      throw invalid(
        'place.watch was given neither a session nor a ResumableWebSocket.',
        'Give what createSession or new ResumableWebSocket made.',
      );
    }
    this.#sessions.push(what);
    this.#checks.push(new AudioChecks(this.name, what, null, report, this.process));
  }

  #place(): SimulatedPlace {
    const { index, random, url, mayMoveTo, wallMs } = this.#parts;
    const clock = this.process;
    const gateway = {
      url,
      mayMoveTo,
      token: () => `client-${index}/${(this.#bearers += 1)}`,
      wallClock: () => wallMs() + this.wallOffsetMs,
    };
    const session = {
      transport: this.access,
      network: new NetworkMonitor({ signals: this.signals, clock }),
      admission: createAdmission(),
      clock,
      random: random.fork('session'),
    };
    const { transport, network } = session;
    const { token, wallClock } = gateway;
    return {
      index,
      name: this.name,
      clock,
      random: random.fork('application'),
      gateway,
      session,
      socket: {
        ...{ mode: 'gateway', transport, network, clock, token, wallClock, mayMoveTo },
        random: random.fork('socket'),
      },
      every: (ms, work) => {
        checkSpan('place.every(ms)', ms, 1);
        checkFunction('place.every(ms, work)', work);
        this.#every(ms, work);
      },
      watch: (what) => {
        this.#watch(what);
        return what;
      },
      expect: (look) => {
        checkFunction('place.expect(look)', look);
        this.#expect(look, this.name);
      },
    };
  }

  #every(ms: number, work: () => void): void {
    const timer = this.process.setTimeout(() => {
      this.#repeating.delete(timer);
      work();
      if (!this.#isFinishing) this.#every(ms, work);
    }, ms);
    this.#repeating.add(timer);
  }
}
