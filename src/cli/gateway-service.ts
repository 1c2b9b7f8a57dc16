/** A gateway that runs already, as the service of a recording: `tenuto transcribe --gateway`. */
import type { Environment } from './access.ts';
import { read } from './access.ts';
import type { Services } from './services.ts';
import { TenutoError } from '../ports/errors.ts';
import { isLoopback } from '../ports/loopback.ts';
import { invalid } from '../ports/option-errors.ts';
import { gatewayAddress } from '../protocol/address.ts';
import { gateway } from '../providers/gateway/gateway.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import { startFaultProxy } from '../simulators/faults/proxy.ts';
import type { FaultProxy } from '../simulators/faults/proxy.ts';

export interface GatewayServiceOptions {
  /** Where it listens. Without a path it is `/v1/session`. */
  readonly url: string;
  /** The environment variable that holds the bearer. It is read on every dial. Default: none is sent. */
  readonly tokenEnv?: string;
  /** Others to which it may send its client. Default: none. */
  readonly mayMoveTo?: readonly string[];
  /** Bearer and audio may go to other machines in the clear. Default false. */
  readonly insecure?: boolean;
  /** Put before the gateway. */
  readonly plan: FaultPlan;
  /** How many times real time the recording goes out. */
  readonly speedRatio: number;
  /** Where the proxy of faults listens. Default: a free port. */
  readonly port?: number;
  readonly environment?: Environment;
}

/** By the name of which its results and its faults are told. */
export const GATEWAY = 'gateway';

/** @throws TenutoError OPTION_INVALID for an address that is none, or a variable that holds nothing. */
export async function startGatewayService(options: GatewayServiceOptions): Promise<Services> {
  const { tokenEnv, plan, mayMoveTo = [], insecure = false, environment = {} } = options;
  const url = addressOf(options.url, '--gateway', insecure);
  for (const each of mayMoveTo) addressOf(each, '--may-move-to', insecure);
  if (tokenEnv !== undefined) {
    const token = read(environment, tokenEnv);
    if (token === undefined) throw unset(tokenEnv);
    if (!/^[\x21-\x7e]+$/.test(token.trim())) throw noToken(tokenEnv);
  }
  const proxy = plan.faults.length === 0 ? null : await proxyBefore(url, options);
  if (proxy === null && options.port !== undefined) throw portForNobody();
  const provider = gateway({
    url: proxy === null ? url.href : `${proxy.url}${url.pathname}`,
    // A function may bring another one the next time, so that one refusal is survived.
    mayMoveTo,
    insecure,
    token: () => (tokenEnv === undefined ? '' : (read(environment, tokenEnv)?.trim() ?? '')),
  });

  return {
    candidates: [{ provider }],
    faults: () => proxy?.faults() ?? [],
    pendingFaults: () => proxy?.pending() ?? 0,
    close: async () => {
      await proxy?.close();
    },
  };
}

/** An address that is none is told before anything is started, and without what may be a secret in it. */
function addressOf(text: string, option: string, isInsecure: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['ws:', 'wss:'].includes(url.protocol)) {
    throw invalid(
      `${option} is no address of a gateway.`,
      'Give the one that it prints when it starts, such as ws://127.0.0.1:8765.',
    );
  }
  const { username, password, search, hash, hostname, protocol, host } = url;
  if (username + password + search + hash !== '') {
    throw invalid(
      `${option} has a name, a password, a query or a fragment in it.`,
      'Give scheme, host and port, such as wss://voice.example; a bearer goes into the environment variable that --token-env names.',
    );
  }
  if (protocol === 'ws:' && !isInsecure && !isLoopback(hostname)) {
    throw invalid(
      `ws://${host} is on another machine: everybody on the way could hear, and take the bearer.`,
      'Give a wss: address, or --insecure for a network of your own.',
    );
  }
  return new URL(gatewayAddress(url.href));
}

/** What breaks stands in plain bytes: inside TLS nothing could be seen of it. */
function proxyBefore(
  url: URL,
  { plan, speedRatio, port }: GatewayServiceOptions,
): Promise<FaultProxy> {
  if (url.protocol === 'wss:') {
    throw new TenutoError({
      code: 'OPTION_INVALID',
      message: 'Faults can only be put before a gateway at a ws:// address.',
      remediation: 'Take one on this machine or in your own network, or leave --faults out.',
    });
  }
  return startFaultProxy({
    targetHost: url.hostname.replace(/^\[|\]$/g, ''),
    targetPort: Number(url.port === '' ? 80 : url.port),
    plan,
    timeScaleRatio: speedRatio,
    ...(port === undefined ? {} : { port }),
  });
}

function unset(variable: string): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `The environment variable ${variable} holds no token.`,
    remediation: 'Set it, or name another one with --token-env.',
  });
}

function noToken(variable: string): TenutoError {
  return invalid(
    `The environment variable ${variable} holds a text with a space, a line break or an unusual character in it, and no token.`,
    'Give it the bearer alone, such as a JWT.',
  );
}

function portForNobody(): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: '--port is for a service on this machine, and none is started.',
    remediation: 'Leave --port out; the port of the gateway is part of its address.',
  });
}
