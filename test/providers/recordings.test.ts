/** Recorded traffic of the services, as it came over the wire: all of it is read, and answered as its client did. */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Provider } from '../../src/providers/contract.ts';
import { problemsIn } from './recordings-facts.ts';
import { openaiScript } from './recordings-openai.ts';
import { play } from './recordings-player.ts';
import type { Played } from './recordings-player.ts';
import { readRecordings } from './recordings-reader.ts';
import type { Recording } from './recordings-reader.ts';
import { scenes } from './recordings-scenes.ts';
import { services, serviceOf, socketsOf } from './recordings-services.ts';

const folder = path.resolve(
  process.env['TENUTO_RECORDINGS'] ?? path.join(import.meta.dirname, '../../../shared/fixtures'),
);
const files = existsSync(folder) ? readRecordings(folder) : [];
const recordings = files.flatMap(socketsOf);
if (recordings.length === 0) tell(`No recordings in ${folder}: the documented ones alone.`);

/** What is nobody's that we know is read all the same, and asked of nobody. */
function played(recording: Recording): Played {
  const script = services[serviceOf(recording) ?? ''];
  if (script !== undefined) return play(recording, script(recording));
  const asked = () => ({ ask: 'unknown', what: 'a frame of an unknown service' }) as const;
  return play(recording, { ...openaiScript(recording), asked });
}

/** As it is, and reads nothing. */
function deaf(provider: Provider): Provider {
  return {
    ...provider,
    openStream: (format, memory) => {
      const stream = provider.openStream(format, memory);
      stream.decode = () => [];
      return stream;
    },
  };
}

/** For whoever reads the output: what is at hand differs from one machine to another. */
function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tableOf(files: readonly Recording[], all: readonly Played[]): string {
  const rows = all.map((one, at) => {
    const ignored = [...one.ignored].map(([what, count]) => `${what} ×${count}`).join(', ');
    return [
      `${files[at]?.name ?? ''} (${files[at]?.otherLines ?? 0} other lines)`,
      `${one.received} received, ${one.parsed} parsed, ignored: ${ignored || 'none'}`,
      `${one.compared} sent alike, without an order: ${one.withoutOrder.join(', ') || 'none'}`,
      `only ours: ${[...one.extraFrames, ...one.extraKeys].join(', ') || 'none'}`,
    ].join('\n    ');
  });
  return rows.join('\n');
}

describe.each([
  ['a documented conversation', scenes],
  ['a recorded conversation', recordings],
] as const)('%s', (_title, all) => {
  it.runIf(all.length === 0)('is not at hand', () => {
    expect(all).toEqual([]);
  });

  it.each(all.map((recording) => [recording.name, recording] as const))(
    '%s: is read whole, and every frame is accounted for',
    (_name, recording) => {
      const { received, parsed, ignored, events } = played(recording);

      expect(
        parsed + [...ignored.values()].reduce((sum, count) => sum + count, 0),
      ).toBeGreaterThanOrEqual(received);
      for (const event of events) expectSound(event);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>)['type']).toBe(undefined);
    },
  );

  it.each(all.map((recording) => [recording.name, recording] as const))(
    '%s: is told as its frames have it',
    (_name, recording) => {
      const problems = problemsIn(serviceOf(recording), recording, played(recording));

      expect(problems).toEqual([]);
    },
  );

  it.each(all.map((recording) => [recording.name, recording] as const))(
    '%s: is missed where an adapter reads nothing of it',
    (_name, recording) => {
      const service = serviceOf(recording);
      const script = services[service ?? '']?.(recording);
      if (script === undefined) return;

      const unread = play(recording, { ...script, provider: deaf(script.provider) });

      expect(problemsIn(service, recording, unread)).not.toEqual([]);
    },
  );

  it.each(all.map((recording) => [recording.name, recording] as const))(
    '%s: has us send what its client sent, in that order and shape',
    (_name, recording) => {
      const { differences } = played(recording);

      expect(differences).toEqual([]);
    },
  );
});

/** Whatever comes of a recording can be worked with. */
function expectSound(event: Played['events'][number]): void {
  for (const [name, value] of Object.entries(event)) {
    const isPlace = /Sample$|^samples$/.test(name);
    if (isPlace) expect(Number.isSafeInteger(value) && Number(value) >= 0, name).toBe(true);
  }
  if (event.kind === 'transcript')
    expect(event.endSample).toBeGreaterThanOrEqual(event.startSample);
  if (event.kind === 'audio') expect(event.bytes.length % 2).toBe(0);
  if (event.kind === 'failed') expect(event.failure.detail.length).toBeLessThanOrEqual(200);
}

describe('the recordings', () => {
  it.each(files.map(({ name, complaint }) => [name, complaint] as const))(
    '%s: is a recording, and its frames are found',
    (_name, complaint) => {
      expect(complaint).toBe(null);
    },
  );

  it('are told of in a table', () => {
    const all = recordings.map(played);

    if (all.length > 0) tell(tableOf(recordings, all));

    expect(all).toHaveLength(recordings.length);
  });

  it('are known by their frames where their folder says nothing', () => {
    const found = scenes.map((scene) => serviceOf({ ...scene, name: 'turns/unknown.jsonl' }));

    expect(found).toEqual(scenes.map(serviceOf));
  });

  it('may go over several sockets', () => {
    const [scene] = scenes as readonly [Recording];
    const twice = { ...scene, steps: [...scene.steps, ...scene.steps] };

    const sockets = socketsOf(twice);

    expect(sockets.map(({ steps }) => steps)).toEqual([scene.steps, scene.steps]);
  });
});
