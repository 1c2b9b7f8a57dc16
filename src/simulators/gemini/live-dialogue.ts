/** What is said in one Live session: the user's turns, the model's answers, its tools, and when it can be taken up. */
import type { Clock } from '../../ports/clock.ts';
import { afterTool } from '../persona/mind.ts';
import type { Mind, Turn } from '../persona/mind.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { openEar } from './ear.ts';
import type { Ear } from './ear.ts';
import type { GeminiFaults } from './faults.ts';
import { textIn } from './json.ts';
import { objectAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { LiveSetup } from './setup.ts';
import { Speaking } from './speaking.ts';

export interface DialogueWorld {
  readonly clock: Clock;
  readonly recogniser: Recogniser | undefined;
  readonly mind: Mind;
  readonly hears: (turn: number) => string;
  readonly speaksAtRatio: number;
  readonly faults: GeminiFaults;
  /** A number that no other call has. */
  nextCall(): number;
  onAudio(samples: number): void;
}

export interface DialogueOptions {
  readonly setup: LiveSetup;
  readonly turns: readonly Turn[];
  readonly world: DialogueWorld;
  readonly send: (frame: JsonObject) => void;
  /** A handle of the session as it stands. */
  readonly handle: (turns: readonly Turn[]) => string;
  readonly onDeaf: () => void;
}

export class LiveDialogue {
  readonly #options: DialogueOptions;
  #turns: readonly Turn[];
  #ear: Ear | null = null;
  #earRateHz = 0;
  #speaking: Speaking | null = null;
  /** Calls that wait for a result. */
  readonly #pending = new Set<string>();
  #results: string[] = [];

  constructor(options: DialogueOptions) {
    this.#options = options;
    this.#turns = options.turns;
  }

  get findsTurns(): boolean {
    return this.#options.setup.findsTurns;
  }

  close(): void {
    this.#speaking?.stop();
    this.#ear?.close();
  }

  hear(pcm: Uint8Array, sampleRateHz: number): void {
    if (this.#ear === null || this.#earRateHz !== sampleRateHz) this.#openEar(sampleRateHz);
    this.#options.world.onAudio(pcm.length / 2);
    this.#ear?.write(pcm);
  }

  flush(): void {
    this.#ear?.flush();
  }

  beginActivity(): void {
    this.#interrupt();
  }

  /** Text of the user's, typed into the stream. */
  takeTurn(text: string): void {
    this.#interrupt();
    this.#turns = [...this.#turns, { role: 'user', text }];
    this.#answer();
  }

  /** Turns are added to the history, and interrupt what is being said. */
  read(turns: readonly Turn[], asks: boolean): void {
    this.#interrupt();
    this.#turns = [...this.#turns, ...turns];
    if (asks) this.#answer();
    else this.#offerHandle(true);
  }

  takeResults(results: readonly JsonObject[]): void {
    for (const result of results) {
      if (!this.#pending.delete(textIn(result, 'id'))) continue;
      const response = objectAt(result, 'response') ?? {};
      const output = response['output'] ?? response;
      this.#results.push(typeof output === 'string' ? output : JSON.stringify(output));
    }
    if (this.#pending.size > 0 || this.#results.length === 0) return;
    const output = this.#results.join(', ');
    this.#results = [];
    this.#say(afterTool(output));
  }

  #openEar(sampleRateHz: number): void {
    const { setup, world, onDeaf, send } = this.#options;
    this.#ear?.close();
    this.#earRateHz = sampleRateHz;
    const options = {
      sampleRateHz,
      findsTurns: setup.findsTurns,
      silenceDurationMs: setup.silenceDurationMs,
      hears: world.hears,
      handlers: {
        onSpeech: () => this.#interrupt(),
        onPiece: (text: string) => {
          if (!setup.writesInput) return;
          for (const piece of piecesOf(text)) {
            send({ serverContent: { inputTranscription: { text: piece } } });
          }
        },
        onTurn: (text: string) => {
          this.#turns = [...this.#turns, { role: 'user', text }];
          this.#answer();
        },
        onDeaf,
      },
    };
    this.#ear = openEar(options, world.recogniser);
  }

  #answer(): void {
    const { world, setup, send } = this.#options;
    const { text, toolCall } = world.mind(this.#turns, setup.tools);
    this.#offerHandle(false);
    if (toolCall === null) {
      this.#say(text);
      return;
    }
    const id = `function-call-${world.nextCall()}`;
    this.#pending.add(id);
    const args = JSON.parse(toolCall.arguments) as unknown;
    send({ toolCall: { functionCalls: [{ name: toolCall.name, args, id }] } });
  }

  #say(text: string): void {
    const { setup, world, send } = this.#options;
    this.#speaking?.stop();
    this.#speaking = new Speaking({
      text,
      asText: setup.speaksText,
      isWritten: setup.writesOutput,
      merges: world.faults.mergesMembers ?? false,
      ratio: world.speaksAtRatio,
      clock: world.clock,
      send: (serverContent) => send({ serverContent }),
      onDone: () => this.#said(text),
    });
  }

  #said(text: string): void {
    const { send, world } = this.#options;
    const { endsAnswersWith = 'both', mergesMembers = false } = world.faults;
    this.#speaking = null;
    this.#turns = [...this.#turns, { role: 'assistant', text }];
    const usageMetadata = { promptTokenCount: 10, responseTokenCount: 5, totalTokenCount: 15 };
    if (mergesMembers && endsAnswersWith === 'both') {
      send({ serverContent: { generationComplete: true, turnComplete: true }, usageMetadata });
    } else {
      if (endsAnswersWith !== 'turnComplete') send({ serverContent: { generationComplete: true } });
      if (endsAnswersWith !== 'generationComplete') {
        send({ serverContent: { turnComplete: true }, usageMetadata });
      }
    }
    this.#offerHandle(true);
  }

  /** What was not said by now never is, and tools that were asked for are not wanted any more. */
  #interrupt(): void {
    const { send } = this.#options;
    if (this.#pending.size > 0) {
      send({ toolCallCancellation: { ids: [...this.#pending] } });
      this.#pending.clear();
      this.#results = [];
    }
    if (this.#speaking === null) return;
    this.#speaking.stop();
    const text = this.#speaking.saidText;
    this.#speaking = null;
    if (text !== '') this.#turns = [...this.#turns, { role: 'assistant', text }];
    send({ serverContent: { interrupted: true } });
    send({ serverContent: { turnComplete: true } });
  }

  /** While an answer is made, or a tool is waited for, there is none. */
  #offerHandle(resumable: boolean): void {
    const { setup, world, send, handle } = this.#options;
    if (!setup.resumption && world.faults.offersHandlesUnasked !== true) return;
    const newHandle = resumable ? handle(this.#turns) : '';
    send({ sessionResumptionUpdate: { newHandle, resumable } });
  }
}

/** Two words at a time, as they are written down: with the space before them. */
function piecesOf(text: string): readonly string[] {
  return ` ${text}`.match(/\s*\S+(?:\s+\S+)?/g) ?? [];
}
