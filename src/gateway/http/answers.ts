/** What the gateway answers to plain HTTP: whether it lives, whether it takes clients, and how many there are. */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { metricsOf } from './metrics.ts';
import type { Measured } from './metrics.ts';
import { hasCredential, pathOf } from './upgrade.ts';
import { GATEWAY_PATH } from '../../protocol/address.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

const TEXT = 'text/plain; charset=utf-8';
/** Prometheus' text format, as its documentation names it ("Exposition formats"). */
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

export function respond(
  gateway: Measured,
  { url = '/', method = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const { status, body, type = TEXT } = answerTo(gateway, url, method);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 426 ? { upgrade: 'websocket' } : {}),
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    // Nobody needs a body here: what is sent along is not waited for.
    ...(method === 'GET' || method === 'HEAD' ? {} : { connection: 'close' }),
  });
  response.end(method === 'HEAD' ? '' : body);
}

function answerTo(gateway: Measured, url: string, method: string): Answer {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'method not allowed\n' };
  if (hasCredential(url)) return { status: 400, body: 'no credential belongs in an address\n' };
  switch (pathOf(url)) {
    case '/healthz':
      return { status: 200, body: 'ok\n' };
    case '/readyz':
      return readinessOf(gateway);
    case '/metrics':
      return { status: 200, body: metricsOf(gateway), type: PROMETHEUS };
    case GATEWAY_PATH:
      return { status: 426, body: 'upgrade required\n' };
    default:
      return { status: 404, body: 'not found\n' };
  }
}

function readinessOf({ readiness }: Measured): Answer {
  return { status: readiness === 'ready' ? 200 : 503, body: `${readiness}\n` };
}
