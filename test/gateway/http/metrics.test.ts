/** What is counted is what happened, in a form that Prometheus reads. */
import { afterEach, describe, expect, it } from 'vitest';

import { Histogram } from '../../../src/gateway/counters.ts';
import { METRICS, metricsOf } from '../../../src/gateway/http/metrics.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';
import { GatewayWorld, audioFrame, settled, resumption } from '../gateway-world.ts';

const worlds: GatewayWorld[] = [];

afterEach(async () => {
  for (const { gateway } of worlds.splice(0)) await gateway.close();
});

function opened(...facts: ConstructorParameters<typeof GatewayWorld>): GatewayWorld {
  const world = new GatewayWorld(...facts);
  worlds.push(world);
  return world;
}

/** Every sample by its name and labels. */
function samplesOf({ gateway }: GatewayWorld): Readonly<Record<string, number>> {
  const samples = metricsOf(gateway)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    });
  return Object.fromEntries(samples) as Readonly<Record<string, number>>;
}

const GAP = { type: 'gap', channel: 1, fromMs: 100, toMs: 800, cause: 'ringOverflow' } as const;

describe('the metrics of a gateway', () => {
  it('P14.2: count of a gap what was not here already', async () => {
    const world = opened();
    const { client, epoch } = await world.begun();
    for (let seq = 1; seq <= 3; seq += 1) client.audio(epoch);

    client.send({ ...GAP, epoch, fromSeq: 2, toSeq: 8, position: 1_600, samplesLost: 11_200 });
    await settled();

    expect(samplesOf(world)).toMatchObject({
      tenuto_gaps_total: 1,
      tenuto_gap_seconds_total: 0.5,
    });
  });

  it('tell what clients have in its memory', async () => {
    const world = opened();
    const { client, epoch } = await world.begun();
    const empty = samplesOf(world)['tenuto_memory_bytes'];

    world.app.session?.send({ type: 'word', text: 'x'.repeat(50_000) });
    await settled();
    const full = samplesOf(world);
    client.send({ type: 'ack', epoch, committed: 1, maxSeq: 0, ackDelayMs: 0, ranges: [] });
    await settled();

    expect(empty).toBe(0);
    expect(full['tenuto_memory_bytes']).toBeGreaterThan(50_000);
    expect(full['tenuto_memory_max_bytes']).toBe(1_024 ** 3);
    expect(samplesOf(world)['tenuto_memory_bytes']).toBe(0);
  });

  it('count a session: chunks, doubles, gaps, a return, a takeover, its end', async () => {
    const world = opened();
    const { client, welcome } = await world.begun();
    for (let seq = 1; seq <= 3; seq += 1) client.audio(welcome.epoch);
    client.send(audioFrame(welcome.epoch, 2));
    client.send({
      type: 'gap',
      channel: 1,
      epoch: welcome.epoch,
      fromSeq: 4,
      toSeq: 8,
      position: 4_800,
      samplesLost: 24_000,
      fromMs: 300,
      toMs: 1_800,
      cause: 'ringOverflow',
    });
    await settled();
    const there = samplesOf(world);
    client.lose();
    const again = world.client();
    const second = (await again.hello(resumption(welcome, 2))) as WelcomeFrame;
    const other = opened(world.store, world.clock);
    const third = other.client();
    await third.hello(resumption(second, 3));
    again.audio(second.epoch, 9); // which shows this gateway that it owns nothing
    await settled();
    third.send({ type: 'fin', lastSeq: 8 });
    await settled();
    await settled();

    expect(there).toMatchObject({
      'tenuto_sessions{state="attached"}': 1,
      'tenuto_attachments_total{how="begun"}': 1,
      tenuto_chunks_committed_total: 3,
      tenuto_duplicates_total: 1,
      tenuto_gaps_total: 1,
      tenuto_gap_seconds_total: 1.5,
      'tenuto_frames_total{direction="in"}': 6,
    });
    expect(samplesOf(world)).toMatchObject({
      'tenuto_sessions{state="attached"}': 0,
      'tenuto_attachments_total{how="resumed"}': 1,
      'tenuto_sessions_ended_total{why="fenced"}': 1,
      'tenuto_store_answers_total{answer="conflict"}': 1,
      tenuto_chunks_committed_total: 3,
    });
    expect(samplesOf(other)).toMatchObject({
      'tenuto_attachments_total{how="takenOver"}': 1,
      'tenuto_sessions_ended_total{why="finished"}': 1,
      tenuto_chunks_committed_total: 0,
    });
  });

  it('count bytes as they are on the wire, and records as they are in the log', async () => {
    const world = opened();
    const client = world.client();
    const before = samplesOf(world);

    const welcome = (await client.hello()) as WelcomeFrame;
    const hello = samplesOf(world)['tenuto_bytes_total{direction="in"}'] ?? 0;
    client.audio(welcome.epoch);
    await settled();

    const after = samplesOf(world);
    expect(before['tenuto_bytes_total{direction="in"}']).toBe(0);
    expect(after['tenuto_bytes_total{direction="in"}']).toBe(hello + 24 + 3_200);
    expect(after['tenuto_store_bytes_total']).toBeGreaterThan(3_224);
    expect(after['tenuto_commit_seconds_count']).toBe(
      after['tenuto_store_answers_total{answer="committed"}'],
    );
  });

  it('count who waits for a client, whose grace is over, and who is refused, by code', async () => {
    const world = opened();
    const client = world.client();
    await client.hello();
    client.lose();
    const detached = samplesOf(world);
    await world.client().hello({ app: 'nothing' });
    world.clock.advance(121_000);
    await settled();
    world.clock.advance(1_000);
    await settled();

    expect(detached['tenuto_sessions{state="detached"}']).toBe(1);
    expect(samplesOf(world)).toMatchObject({
      'tenuto_sessions{state="detached"}': 0,
      'tenuto_sessions_ended_total{why="expired"}': 1,
      'tenuto_refusals_total{code="4400"}': 1,
      'tenuto_refusals_total{code="4403"}': 0,
    });
  });

  it('count a client that has sent all that it was granted', async () => {
    const world = opened();
    const { client, welcome } = await world.begun();

    for (let seq = 1; seq < welcome.maxSeq; seq += 1) client.audio(welcome.epoch);
    const before = samplesOf(world)['tenuto_credit_stalls_total'];
    client.audio(welcome.epoch);

    expect([before, samplesOf(world)['tenuto_credit_stalls_total']]).toEqual([0, 1]);
  });

  it('are in the text format: each with its help and type, names and units as they should be', () => {
    const lines = metricsOf(opened().gateway).split('\n');

    const isLine =
      /^(# HELP tenuto_[a-z_]+ \S.*|# TYPE tenuto_[a-z_]+ (counter|gauge|histogram)|tenuto_[a-z_]+(\{[a-z]+="[A-Za-z0-9.+]+"\})? [\d.e+-]+|)$/;
    expect(lines.filter((line) => !isLine.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe('');
    for (const { name, type, help } of METRICS) {
      const at = lines.indexOf(`# HELP ${name} ${help}`);
      expect(lines[at + 1]).toBe(`# TYPE ${name} ${type}`);
      expect(lines[at + 2]).toMatch(new RegExp(`^${name}(_bucket)?[ {]`));
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).not.toMatch(/[\\\n]/);
    }
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  });

  it('have as many samples after a storm of strangers as before', async () => {
    const world = opened();
    const before = Object.keys(samplesOf(world));

    for (let stranger = 0; stranger < 50; stranger += 1) {
      const facts = { auth: `ann${stranger}`, app: `app${stranger}`, inst: `i${stranger}` };
      await world.client(`10.0.0.${stranger}`).hello(facts);
    }
    world.client().send(Uint8Array.of(0xff));

    expect(Object.keys(samplesOf(world))).toEqual(before);
  });

  it('have a histogram whose buckets hold all that was within their bound', () => {
    const histogram = new Histogram([1, 10]);

    for (const ms of [0, 1, 1.1, 10, 11, 1e9]) histogram.observe(ms);

    expect(histogram.counts).toEqual([2, 2, 2]);
    expect(histogram.sumMs).toBeCloseTo(1e9 + 23.1);
  });
});
