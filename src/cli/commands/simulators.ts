/** `tenuto simulators`: the providers' stand-ins on this machine, and how the vendors' own clients are pointed at them. */
import { colors } from '../colors.ts';
import type { CliIo } from '../io.ts';
import { aborted } from '../sleep.ts';
import { EXIT_OK } from '../io.ts';
import { Recognisers } from '../recognisers.ts';
import { STAND_IN_FAULTS, STAND_INS, startStandIn } from '../stand-ins.ts';
import type { StandIn, StandInName } from '../stand-ins.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { FaultHappening } from '../../simulators/control/on-demand.ts';
import { FAULTS_PATH } from '../../simulators/control/endpoint.ts';
import { parseFaultList } from '../../simulators/control/fault-list.ts';

export interface SimulatorsOptions {
  /** Of the first one; the next ones follow it. Default: free ones. */
  readonly port?: number;
  readonly tls: boolean;
  readonly speed: number;
  /** What goes wrong by itself; the grammar is in `fault-list.ts`. Default: nothing. */
  readonly faults?: string;
  readonly json: boolean;
}

type SimulatorsIo = Pick<CliIo, 'write' | 'note' | 'signal'>;

const API_KEY = 'local';

interface Door {
  readonly what: string;
  /** What this command line, and most clients, read. */
  readonly environment: Readonly<Record<string, string>>;
  /** For clients that read none of it. */
  readonly snippets: readonly string[];
}

/** Serves until a signal comes. @throws TenutoError PROVIDER_UNKNOWN, FAULT_PLAN_INVALID, PORT_IN_USE or RECOGNISER_UNAVAILABLE. */
export async function runSimulators(
  names: readonly string[],
  options: SimulatorsOptions,
  io: SimulatorsIo,
): Promise<number> {
  const { tls, speed: speedRatio, port } = options;
  const wanted = wantedOf(names);
  const listed = listedFaults(wanted, options.faults);
  const recognisers = new Recognisers();
  const running: StandIn[] = [];
  try {
    for (const [at, name] of wanted.entries()) {
      const simulator = await startStandIn(name, {
        recogniser: recognisers.behind(name),
        apiKeys: [API_KEY],
        speedRatio,
        tls,
        onFault: (happening) => tellFault(name, happening, options, io),
        ...(port === undefined ? {} : { port: port === 0 ? 0 : port + at }),
      });
      running.push(simulator);
      tell(name, simulator.port, options, io);
      for (const { target, request } of listed) if (target === name) simulator.ask(request);
    }
    if (!options.json) io.note('Ctrl-C ends them.');
    await aborted(io.signal);
  } finally {
    await Promise.all(running.map((simulator) => simulator.close()));
    await recognisers.close();
  }
  return EXIT_OK;
}

function wantedOf(names: readonly string[]): readonly StandInName[] {
  const wanted = names.map((name) => {
    const known = STAND_INS.find((one) => one === name);
    if (known !== undefined) return known;
    throw new TenutoError({
      code: 'PROVIDER_UNKNOWN',
      message: `There is no simulator "${name}".`,
      remediation: `Take any of: ${STAND_INS.join(', ')}; flux and speech are part of deepgram.`,
    });
  });
  return wanted.length === 0 ? STAND_INS : [...new Set(wanted)];
}

function listedFaults(wanted: readonly StandInName[], faults: string | undefined) {
  if (faults === undefined || faults === 'none') return [];
  const tables = Object.fromEntries(wanted.map((name) => [name, STAND_IN_FAULTS[name]]));
  return parseFaultList(faults, tables);
}

function tellFault(
  name: StandInName,
  { fault, text }: FaultHappening,
  { json }: SimulatorsOptions,
  io: SimulatorsIo,
): void {
  io.write(json ? JSON.stringify({ type: 'fault', name, fault, text }) : `${name}: ${text}`);
}

function tell(name: StandInName, port: number, { tls, json }: SimulatorsOptions, io: SimulatorsIo) {
  const rest = `${tls ? 's' : ''}://127.0.0.1:${port}`;
  const door = doorOf(name, rest);
  const faultsUrl = `http${rest}${FAULTS_PATH}`;
  if (json) {
    io.write(JSON.stringify({ type: 'simulator', name, port, tls, ...door, faultsUrl }));
    return;
  }
  const variables = Object.entries(door.environment).map(([key, value]) => `${key}=${value}`);
  io.write(`${colors.bold(name)}  ${door.what}, port ${port}`);
  io.write(`  ${variables.join(' ')}`);
  for (const snippet of door.snippets) io.write(`  ${colors.dim(snippet)}`);
  io.write(`  ${colors.dim(`faults on demand: GET and POST ${faultsUrl}`)}`);
  if (tls)
    io.write(
      `  ${colors.dim('NODE_TLS_REJECT_UNAUTHORIZED=0: its certificate is signed by itself')}`,
    );
}

/** @param rest of an address, from behind `http` or `ws`. */
function doorOf(name: StandInName, rest: string): Door {
  const http = `http${rest}`;
  const socket = `ws${rest}`;
  switch (name) {
    case 'openai':
      return {
        what: 'OpenAI Realtime',
        environment: { OPENAI_BASE_URL: `${http}/v1`, OPENAI_API_KEY: API_KEY },
        snippets: [
          `new OpenAI({ apiKey: '${API_KEY}', baseURL: '${http}/v1' })  // its sockets are always TLS: --tls`,
          `new OpenAIRealtimeWebSocket({ url: '${socket}/v1/realtime?model=gpt-realtime' })`,
        ],
      };
    case 'gemini':
      return {
        what: 'Gemini Live and streamGenerateContent',
        environment: {
          GEMINI_BASE_URL: http,
          GOOGLE_GEMINI_BASE_URL: http,
          GEMINI_API_KEY: API_KEY,
        },
        snippets: [
          `new GoogleGenAI({ apiKey: '${API_KEY}', httpOptions: { baseUrl: '${http}' } })`,
        ],
      };
    case 'deepgram':
      return {
        what: 'Deepgram listen v1, Flux, speak over sockets and HTTP',
        environment: { DEEPGRAM_BASE_URL: socket, DEEPGRAM_API_KEY: API_KEY },
        snippets: [
          `new DeepgramClient({ apiKey: '${API_KEY}', environment: { base: '${http}', production: '${socket}', ` +
            `agent: '${socket}', agentRest: '${http}' } })`,
        ],
      };
    case 'whisper':
      return {
        what: "transcription over HTTP, OpenAI's and whisper.cpp's",
        environment: { WHISPER_BASE_URL: `${http}/v1`, WHISPER_API_KEY: API_KEY },
        snippets: [
          `new OpenAI({ apiKey: '${API_KEY}', baseURL: '${http}/v1' }).audio.transcriptions.create(…)`,
          `whisper.cpp: POST ${http}/inference`,
        ],
      };
  }
}
